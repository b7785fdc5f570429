// One message as it stands in the log. Nothing of it is ever parsed as HTML.
import { line, list, one, talk, word } from "./page.js";
import { showFiles } from "./files.js";
import { trace } from "./call-trace.js";
import { showPin } from "./pins.js";
import { showSigns } from "./signs.js";

const blank = one("template[data-bubble]").content.firstElementChild;
let readSeq = Number(talk.dataset.read);

export const newBubble = () => blank.cloneNode(true);
export const bubbleOf = (seq) => list.querySelector(`[data-seq="${seq}"]`);
export const bubbleOfCid = (cid) => list.querySelector(`[data-cid="${CSS.escape(cid)}"]`);
export const bubbleOfId = (id) => list.querySelector(`[data-id="${id}"]`);
export const textOf = (bubble) => bubble.querySelector(".body").textContent.replace(/\s+/g, " ").trim();

export function fill(bubble, m) {
  bubble.id = `m${m.s}`;
  bubble.dataset.seq = m.s;
  bubble.dataset.cid = m.cid;
  bubble.dataset.id = m.id;
  bubble.dataset.rev = m.rev;
  if (m.mine) bubble.setAttribute("aria-live", "off");
  bubble.className = ["say", m.mine && "mine", m.gone && "gone", m.call && "call"].filter(Boolean).join(" ");
  const author = bubble.querySelector(".author");
  author.querySelector("bdi").textContent = m.mine ? word("you") : m.name;
  author.classList.toggle("visually-hidden", m.mine || author.classList.contains("visually-hidden"));
  showTopic(bubble, m.gone ? null : m.th);
  quote(bubble.querySelector(".quote"), m.re && { name: m.re.name, text: m.re.b || word("gone"), seq: m.re.s });
  bubble.querySelector(".body").replaceChildren(...(m.gone ? [word(m.hidden ? "hidden" : "gone")] : m.call ? trace(m) : m.parts.map(piece)));
  if (m.gone) list.querySelectorAll(`[data-quoted][href$="#m${m.s}"] [dir=auto]`).forEach((words) => (words.textContent = word(m.hidden ? "hidden" : "gone")));
  showFiles(bubble, m.gone ? [] : m.files);
  const time = bubble.querySelector("time");
  time.dateTime = m.ts;
  time.textContent = m.time;
  bubble.querySelector(".edited").hidden = !m.edited || m.gone;
  bubble.querySelector("details.menu").hidden = m.gone || Boolean(m.call);
  point(bubble, m);
  showSigns(bubble, m.x);
  showPin(bubble, m.pin);
  showState(bubble);
}

export function showTopic(bubble, th) {
  if (th && th.open !== false) bubble.dataset.topic = th.id; // where an answer goes
  else delete bubble.dataset.topic;
  const link = bubble.querySelector(".topic");
  link.hidden = !th;
  link.href = th ? `?topic=${th.id}` : "";
  link.querySelector("bdi").textContent = th?.title ?? "";
}

// Text, or a link in it.
function piece([words, address]) {
  if (!address) return words;
  if (address === "@") return Object.assign(document.createElement("b"), { className: "called", textContent: words, dir: "auto" });
  const link = Object.assign(document.createElement("a"), { href: address, rel: "nofollow noopener ugc", target: "_blank", dir: "ltr" });
  link.textContent = words;
  return link;
}

export function quote(box, quoted) {
  box.hidden = !quoted;
  if (!quoted) return;
  box.querySelector("bdi").textContent = quoted.name;
  const link = box.querySelector("[data-quoted]");
  if (link && quoted.seq) link.href = `?before=${quoted.seq + 25}#m${quoted.seq}`;
  box.querySelector("[dir=auto]").textContent = quoted.text;
}

// What can be done with a message that came with the page: drawn when it is asked for.
export function furnish(bubble) {
  const panel = bubble.querySelector(".menu-panel");
  if (panel.querySelector("[data-does]")) return;
  panel.replaceWith(blank.querySelector(".menu-panel").cloneNode(true));
  point(bubble, { id: bubble.dataset.id, mine: bubble.matches(".mine"), th: !bubble.querySelector(".topic").hidden });
  showPin(bubble, !bubble.querySelector("[data-pinned]").hidden);
  showKept(bubble, !bubble.querySelector("[data-kept]").hidden);
}

list.addEventListener("click", ({ target }) => {
  const menu = target.closest("summary")?.parentElement;
  if (menu?.matches(".menu")) furnish(menu.closest(".say"));
});

export function showKept(bubble, on) {
  bubble.querySelector("[data-kept]").hidden = !on;
  const button = bubble.querySelector("[data-does=save]");
  button.name = on ? "off" : "on";
  button.querySelector("span").textContent = word(on ? "unkeep" : "keep");
}

// What can be done with it leads to this message.
function point(bubble, m) {
  const links = Object.fromEntries([...bubble.querySelectorAll("[data-does]")].map((link) => [link.dataset.does, link]));
  if (links.reply) links.reply.href = `?reply=${m.id}#compose`;
  const words = encodeURIComponent(textOf(bubble).slice(0, 140));
  if (links.step) links.step.search = `?step=${words}&origin=message:${m.id}`;
  if (links.session) links.session.search = `?topic=${words}&origin=message:${m.id}`;
  for (const button of bubble.querySelectorAll("[formaction]"))
    button.setAttribute("formaction", button.getAttribute("formaction").replace(/\/\d+\//, `/${m.id}/`));
  if (links.topic) links.topic.href = links.topic.getAttribute("href").replace(/\/\d+\//, `/${m.id}/`);
  if (m.th) links.topic?.remove();
  if (links.report) links.report.href = links.report.getAttribute("href").replace(/\/\d+\//, `/${m.id}/`);
  if (m.mine) for (const link of [links.unread, links.report]) link?.remove();
  if (!links.edit) return;
  if (m.mine) links.edit.href = links.edit.getAttribute("href").replace(/\/\d+\//, `/${m.id}/`);
  else links.edit.remove();
}

export function showState(bubble) {
  const mine = bubble.matches(".mine:not(.gone)");
  const state = bubble.querySelector(".state");
  const words = mine ? `· ${word(Number(bubble.dataset.seq) <= readSeq ? "read" : "sent")}` : "";
  if (state.textContent !== words) state.textContent = words; // or it were read out again
}

line.on("read", (seq) => {
  readSeq = Math.max(readSeq, seq);
  list.querySelectorAll(".say.mine[data-seq]").forEach(showState);
});

// A quoted message that is on the page is shown without leaving it.
list.addEventListener("click", (event) => {
  const seq = event.target.closest("[data-quoted]")?.hash.slice(2);
  if (!seq || !bubbleOf(seq)) return;
  event.preventDefault();
  location.hash = `m${seq}`;
});
