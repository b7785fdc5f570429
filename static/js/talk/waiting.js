// What is still on its way to the server, below everything else, with an honest word about how far it is.
import { bubbleOfCid, newBubble, quote } from "./bubble.js";
import { showFiles } from "./files.js";
import { field, line, list, one, outbox, word } from "./page.js";
import { putBack } from "./upload.js";

export function showWaiting(entry) {
  let bubble = bubbleOfCid(entry.cid);
  if (bubble?.dataset.seq) return; // it has arrived
  if (!bubble) {
    bubble = newBubble();
    bubble.dataset.cid = entry.cid;
    bubble.querySelector(".author").classList.add("visually-hidden");
    bubble.querySelector(".author bdi").textContent = word("you");
    bubble.querySelector(".body").textContent = entry.body;
    quote(bubble.querySelector(".quote"), entry.quoted);
    showFiles(bubble, entry.files ?? []);
    bubble.querySelector("details.menu").hidden = true;
    list.append(bubble);
    one("[data-empty]")?.remove();
  }
  bubble.className = `say mine ${entry.failed ? "failed" : "waiting"}`;
  const state = bubble.querySelector(".state");
  if (!entry.failed) state.textContent = word(line.isOpen ? "sending" : "waiting");
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

function takeBack(entry) {
  outbox.drop(entry.cid);
  bubbleOfCid(entry.cid)?.remove();
  putBack(entry.files ?? []);
  field.value = [entry.body, field.value].filter(Boolean).join("\n");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
}

line.on("sent", (entry, frame) => {
  if (!isMessage(entry)) return;
  one("[data-status]").textContent = word("sent");
  const bubble = bubbleOfCid(frame.cid);
  if (!bubble || bubble.dataset.seq) return;
  bubble.classList.remove("waiting");
  bubble.querySelector("time").textContent = frame.time;
  bubble.querySelector(".state").textContent = `· ${word("sent")}`;
});

line.on("refused", (entry, frame) => {
  if (isMessage(entry)) showWaiting(outbox.put({ ...entry, failed: frame.code }));
});
