// A live conversation: the page of plain forms, with bubbles that appear at once and say honestly how far they are.
import { Line } from "./talk-line.js";
import { Outbox, uuid7 } from "./talk-outbox.js";

const talk = document.querySelector("[data-talk]");
const one = (selector) => talk.querySelector(selector);
const log = one("[role=log]");
const list = one(".talk");
const form = one("[data-compose]");
const blank = one("template[data-bubble]").content.firstElementChild;
const end = one("#end");
const newButton = one("[data-new]");
const word = (name) => talk.getAttribute(`data-word-${name}`);
const room = Number(talk.dataset.room);
const outbox = new Outbox(talk.dataset.me, room);
let readSeq = Number(talk.dataset.read);
let atEnd = true;

// Bubbles.

const bubbleOf = (seq) => list.querySelector(`[data-seq="${seq}"]`);
const waitingOf = (cid) => list.querySelector(`[data-cid="${CSS.escape(cid)}"]`);

function fill(bubble, m) {
  bubble.id = `m${m.s}`;
  bubble.dataset.seq = m.s;
  bubble.dataset.cid = m.cid;
  bubble.className = ["say", m.mine && "mine", m.gone && "gone"].filter(Boolean).join(" ");
  const author = bubble.querySelector(".author");
  author.querySelector("bdi").textContent = m.mine ? word("you") : m.name;
  author.classList.toggle("visually-hidden", m.mine || author.classList.contains("visually-hidden"));
  quote(bubble.querySelector(".quote"), m.re && { name: m.re.name, text: m.re.b || word("gone") });
  bubble.querySelector(".body").replaceChildren(...(m.gone ? [word("gone")] : m.parts.map(piece)));
  const time = bubble.querySelector("time");
  time.dateTime = m.ts;
  time.textContent = m.time;
  bubble.querySelector(".edited").hidden = !m.edited || m.gone;
  bubble.querySelector("details.menu").hidden = m.gone;
  point(bubble, m);
  showState(bubble);
}

// Text, or a link in it; nothing is ever parsed as HTML.
function piece([words, address]) {
  if (!address) return words;
  const link = Object.assign(document.createElement("a"), { href: address, rel: "nofollow noopener ugc", target: "_blank", dir: "ltr" });
  link.textContent = words;
  return link;
}

function quote(box, quoted) {
  box.hidden = !quoted;
  if (!quoted) return;
  box.querySelector("bdi").textContent = quoted.name;
  box.querySelector("[dir=auto]").textContent = quoted.text;
}

function point(bubble, m) {
  const links = Object.fromEntries([...bubble.querySelectorAll("[data-does]")].map((link) => [link.dataset.does, link]));
  if (links.reply) links.reply.href = `?reply=${m.id}#compose`;
  if (links.step) links.step.search = `?step=${encodeURIComponent(textOf(bubble).slice(0, 140))}`;
  if (m.mine) links.unread?.remove();
  else links.unread?.setAttribute("formaction", links.unread.getAttribute("formaction").replace(/\/\d+\//, `/${m.id}/`));
  if (!links.edit) return;
  if (m.mine) links.edit.href = links.edit.getAttribute("href").replace(/\/\d+\//, `/${m.id}/`);
  else links.edit.remove();
}

const textOf = (bubble) => bubble.querySelector(".body").textContent.replace(/\s+/g, " ").trim();

function showState(bubble) {
  const mine = bubble.matches(".mine:not(.gone)");
  bubble.querySelector(".state").textContent = mine ? `· ${word(Number(bubble.dataset.seq) <= readSeq ? "read" : "sent")}` : "";
}

function showWaiting(entry) {
  let bubble = waitingOf(entry.cid);
  if (bubble?.dataset.seq) return; // it has arrived
  if (!bubble) {
    bubble = blank.cloneNode(true);
    bubble.dataset.cid = entry.cid;
    bubble.querySelector(".author").classList.add("visually-hidden");
    bubble.querySelector(".author bdi").textContent = word("you");
    bubble.querySelector(".body").textContent = entry.body;
    quote(bubble.querySelector(".quote"), entry.quoted);
    bubble.querySelector("details.menu").hidden = true;
    list.append(bubble);
    one("[data-empty]")?.remove();
  }
  bubble.className = `say mine ${entry.failed ? "failed" : "waiting"}`;
  const state = bubble.querySelector(".state");
  if (!entry.failed) state.textContent = word(line.isOpen ? "sending" : "waiting");
  else state.replaceChildren(word(entry.failed) ?? word("failed"), " ", button("retry", () => tryAgain(entry)), " ", button("take-back", () => takeBack(entry)));
}

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
  waitingOf(entry.cid)?.remove();
  field.value = [entry.body, field.value].filter(Boolean).join("\n");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
}

// The log, in the order of the room; what waits stands below.

function place(bubble, m) {
  const after = [...list.querySelectorAll(".say[data-seq]")].findLast((other) => Number(other.dataset.seq) < m.s && other !== bubble);
  if (after) after.after(bubble);
  else list.prepend(bubble);
  const lastDay = [...list.querySelectorAll("[data-day]")].findLast((day) => day.compareDocumentPosition(bubble) & Node.DOCUMENT_POSITION_FOLLOWING);
  if (lastDay?.dataset.day === m.day) return;
  const day = Object.assign(document.createElement("li"), { className: "day", textContent: m.day_words });
  day.dataset.day = m.day;
  bubble.before(day);
}

function apply(m, k) {
  outbox.drop(m.cid);
  const shown = bubbleOf(m.s);
  if (shown) return fill(shown, m);
  if (k !== "message" && Number(list.querySelector("[data-seq]")?.dataset.seq ?? 0) > m.s) return undefined; // further up
  const stay = atEnd;
  const bubble = waitingOf(m.cid) ?? blank.cloneNode(true);
  bubble.dataset.seq = m.s;
  place(bubble, m);
  fill(bubble, m);
  one("[data-empty]")?.remove();
  if (!m.mine) showTyping(null);
  if (stay || m.mine) toEnd();
  else newButton.hidden = false;
  const snippet = document.querySelector(".thread-list [aria-current] .snippet");
  if (snippet) snippet.textContent = (m.mine ? `${word("you")}: ` : "") + textOf(bubble);
  saveRead();
  return undefined;
}

function toEnd() {
  end.scrollIntoView({ block: "end" });
  scrollTo({ top: document.documentElement.scrollHeight });
}

// What I have read: said when the end of the talk is in view of somebody who looks.

let reading = 0;
function saveRead() {
  if (document.visibilityState !== "visible") return;
  if (!atEnd && !document.hasFocus()) return;
  clearTimeout(reading); // further up it is in sight (`dl`) but not read
  reading = setTimeout(() => line.give({ t: atEnd ? "rd" : "dl", r: room, s: line.head }), 1000);
}

new IntersectionObserver(([entry]) => {
  atEnd = entry.isIntersecting;
  if (!atEnd) return;
  newButton.hidden = true;
  saveRead();
}, { rootMargin: "0px 0px 160px 0px" }).observe(end);
new ResizeObserver(() => atEnd && toEnd()).observe(one(".compose-dock"));
document.addEventListener("visibilitychange", saveRead);
newButton.addEventListener("click", toEnd);
one("[data-first]")?.addEventListener("click", ({ currentTarget }) => {
  atEnd = false; // or the smaller dock would draw us back
  currentTarget.remove();
});

// Somebody is writing.

let typingOff = 0;
function showTyping(name) {
  const box = one("[data-typing]");
  clearTimeout(typingOff);
  box.hidden = !name;
  if (!name) return;
  box.querySelector("bdi").textContent = name;
  typingOff = setTimeout(() => showTyping(null), 12_000);
}

// Who is here. Without a connection nobody knows.

const here = new Map();
function showHere({ u, name, on }) {
  if (on) here.set(u, name);
  else here.delete(u);
  const box = one("[data-here]");
  box.hidden = !here.size;
  const names = new Intl.ListFormat(document.documentElement.lang).format(here.values());
  box.querySelector("bdi").textContent = box.dataset.here === "one" ? "" : names;
  box.querySelector("span").textContent = word(here.size > 1 ? "are-here" : "is-here");
}

// The line.

function showConnection(state) {
  if (state !== "open") [...here.keys()].forEach((u) => showHere({ u, on: false }));
  const signedOut = one("[data-signed-out]");
  if (state === "signed-out") signedOut.hidden = false;
  if (state === "open" || state === "polling") signedOut.hidden = true;
  one("[data-offline]").hidden = state !== "closed" || !signedOut.hidden || (line.tries < 2 && navigator.onLine);
  outbox.all().forEach(showWaiting);
  if (state === "open") saveRead();
}

const line = new Line({
  room,
  me: Number(talk.dataset.me),
  head: Number(talk.dataset.head),
  changesUrl: talk.dataset.changes,
  sendUrl: form?.action.replace(/#.*/, ""),
  form,
  outbox,
  on: {
    change: apply,
    read: (seq) => {
      readSeq = Math.max(readSeq, seq);
      list.querySelectorAll(".say.mine[data-seq]").forEach(showState);
    },
    typing: (frame) => showTyping(frame.on ? frame.name : null),
    presence: showHere,
    sent: (frame) => {
      one("[data-status]").textContent = word("sent");
      const bubble = waitingOf(frame.cid);
      if (!bubble || bubble.dataset.seq) return;
      bubble.classList.remove("waiting");
      bubble.querySelector("time").textContent = frame.time;
      bubble.querySelector(".state").textContent = `· ${word("sent")}`;
    },
    refused: (frame) => {
      const entry = outbox.get(frame.cid);
      if (entry) showWaiting(outbox.put({ ...entry, failed: frame.code }));
    },
    state: showConnection,
  },
});

// Writing.

const field = form?.elements.body;
const replying = one("[data-replying]");
let typedAt = 0;

form?.addEventListener("submit", (event) => {
  event.preventDefault();
  const body = field.value.trim();
  if (!body) return;
  const quoted = replying.hidden ? null : { name: replying.querySelector("bdi").textContent, text: replying.querySelector("[dir=auto]").textContent };
  showWaiting(outbox.put({ cid: uuid7(), body, re: Number(form.elements.reply_to.value) || null, quoted }));
  field.value = "";
  field.dispatchEvent(new Event("input", { bubbles: true }));
  answer(null);
  toEnd();
  line.flush();
  field.focus();
});

field?.addEventListener("keydown", (event) => {
  const finger = matchMedia("(pointer: coarse)").matches;
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing && !finger) {
    event.preventDefault();
    form.requestSubmit();
  }
  if (event.key === "Escape") answer(null);
});

field?.addEventListener("input", () => {
  const writing = field.value !== "";
  if (writing && Date.now() - typedAt < 8000) return;
  if (!writing && !typedAt) return;
  typedAt = writing ? Date.now() : 0;
  line.give({ t: "ty", r: room, on: writing });
});

function answer(quoted) {
  if (!replying) return;
  form.elements.reply_to.value = quoted?.id ?? "";
  quote(replying, quoted);
  if (quoted) field.focus();
}

list.addEventListener("click", (event) => {
  const reply = event.target.closest("[data-does=reply]");
  if (!reply || !form) return;
  event.preventDefault();
  const bubble = reply.closest(".say");
  bubble.querySelector("details.menu").open = false;
  answer({ id: new URLSearchParams(reply.search).get("reply"), name: bubble.querySelector(".author bdi").textContent, text: textOf(bubble).slice(0, 140) });
});
one("[data-unreply]")?.addEventListener("click", (event) => {
  event.preventDefault();
  answer(null);
});

// Earlier messages come in above, without a word from the screen reader and without a jump.

talk.addEventListener("click", async (event) => {
  const older = event.target.closest("[data-older]");
  if (!older) return;
  event.preventDefault();
  older.setAttribute("aria-busy", "true");
  const answered = await fetch(older.href);
  if (!answered.ok || answered.redirected) return location.assign(older.href);
  const page = new DOMParser().parseFromString(await answered.text(), "text/html");
  const height = document.documentElement.scrollHeight;
  log.setAttribute("aria-live", "off");
  const firstDay = list.querySelector("[data-day]");
  const rows = [...page.querySelectorAll(".talk > li")];
  if (rows.some((row) => row.dataset.day === firstDay?.dataset.day)) firstDay.remove();
  list.prepend(...rows);
  one(".talk-history").replaceChildren(...page.querySelector(".talk-history").childNodes);
  scrollBy({ top: document.documentElement.scrollHeight - height });
  setTimeout(() => log.removeAttribute("aria-live"), 500);
  return undefined;
});

// Their clock.

const digits = document.documentElement.lang === "fa" ? "fa-u-nu-arabext" : "en-GB";
setInterval(() => {
  for (const clock of document.querySelectorAll("[data-clock]"))
    clock.textContent = new Intl.DateTimeFormat(digits, { hour: "2-digit", minute: "2-digit", timeZone: clock.dataset.clock }).format();
}, 20_000);

outbox.all().forEach(showWaiting);
if (!location.hash || location.hash === "#end") toEnd();
