// What is still on its way to the server, below everything else, with an honest word about how far it is.
import { toast } from "../toasts.js";
import { bubbleOfCid, newBubble, quote, showTopic } from "./bubble.js";
import { showFiles } from "./files.js";
import { announce, field, line, list, one, outbox, talk, topic, word } from "./page.js";
import { toEnd } from "./reading.js";
import { putBack } from "./upload.js";

export function showWaiting(entry) {
  if (topic && entry.th?.id !== topic) return;
  let bubble = bubbleOfCid(entry.cid);
  if (bubble?.dataset.seq) return; // it has arrived
  if (!bubble) {
    bubble = newBubble();
    bubble.dataset.cid = entry.cid;
    bubble.setAttribute("aria-live", "off"); // one knows one's own words; that they are sent is said once
    bubble.querySelector(".author").classList.add("visually-hidden");
    bubble.querySelector(".author bdi").textContent = word("you");
    bubble.querySelector(".body").textContent = entry.body;
    showTopic(bubble, entry.th);
    quote(bubble.querySelector(".quote"), entry.quoted);
    showFiles(bubble, entry.files ?? []);
    bubble.querySelector("details.menu").hidden = true;
    list.append(bubble);
    one("[data-empty]")?.remove();
  }
  bubble.className = `say mine ${entry.failed ? "failed" : "waiting"}`;
  const state = bubble.querySelector(".state");
  if (!entry.failed) state.textContent = word(line.carries ? "sending" : "waiting");
  else state.replaceChildren(word(entry.failed) ?? word("failed"), " ", button("retry", () => tryAgain(entry)), " ", button("take-back", () => takeBack(entry)));
}

const isMessage = (entry) => (entry.t ?? "m") === "m";

export const showAllWaiting = () => outbox.all().filter(isMessage).forEach(showWaiting);

function button(name, act) {
  const made = Object.assign(document.createElement("button"), { type: "button", className: "small", textContent: word(name) });
  made.addEventListener("click", act);
  return made;
}

function tryAgain({ failed, ...entry }) {
  showWaiting(outbox.put(entry));
  line.flush();
}

// The words come back to where one writes; where one cannot write any more, into the clipboard.
async function takeBack(entry) {
  if (!field) await navigator.clipboard.writeText(entry.body);
  outbox.takeBack(entry.cid);
  bubbleOfCid(entry.cid)?.remove();
  if (!field) {
    toast(word("copied"));
    return;
  }
  putBack(entry.files ?? []);
  field.value = [entry.body, field.value].filter(Boolean).join("\n");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
}

line.on("sent", (entry, frame) => {
  if (!isMessage(entry)) return;
  announce(word("sent"));
  showSent(frame.cid, frame.time);
});

function showSent(cid, time = "") {
  const bubble = bubbleOfCid(cid);
  if (!bubble || bubble.dataset.seq) return;
  bubble.classList.remove("waiting");
  bubble.querySelector("time").textContent = time;
  bubble.querySelector(".state").textContent = `· ${word("sent")}`;
}

// What happens in another tab of the same person.
outbox.onput = (entry) => isMessage(entry) && showWaiting(entry);
outbox.onsent = (cid) => showSent(cid);
outbox.ongone = (cid) => bubbleOfCid(cid)?.matches(":not([data-seq])") && bubbleOfCid(cid).remove();

// A browser that stores nothing: said. What would be lost with the page is asked about before it is left.
outbox.onunkept = () => (one("[data-unkept]").hidden = false);
if (outbox.isUnkept) outbox.onunkept();
addEventListener("beforeunload", (event) => outbox.wouldLose() && event.preventDefault());

// The server keeps it until a coordinator has looked; there it is changed or dropped.
function showHeld(entry) {
  showWaiting(entry);
  const see = Object.assign(document.createElement("a"), { href: talk.dataset.later, textContent: word("see-held") });
  bubbleOfCid(entry.cid).querySelector(".state").replaceChildren(word("held"), " ", see);
  outbox.drop(entry.cid, { gone: entry.cid });
  toEnd();
}

line.on("refused", (entry, frame) => {
  if (isMessage(entry) && frame.code === "held") showHeld(entry);
  else if (isMessage(entry)) showWaiting(outbox.put({ ...entry, failed: frame.code }));
});
