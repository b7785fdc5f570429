// The log, in the order of the room.
import { toast } from "../toasts.js";
import { bubbleOf, bubbleOfCid, fill, newBubble, textOf } from "./bubble.js";
import { announce, line, list, one, outbox, talk, topic, word } from "./page.js";
import { isAtEnd, offerEnd, saveRead, toEnd } from "./reading.js";

const log = one("[role=log]");
const dayBefore = (bubble) =>
  [...list.querySelectorAll("[data-day]")].findLast((day) => day.compareDocumentPosition(bubble) & Node.DOCUMENT_POSITION_FOLLOWING);

function place(bubble, m) {
  const after = [...list.querySelectorAll(".say[data-seq]")].findLast((other) => Number(other.dataset.seq) < m.s && other !== bubble);
  if (after) after.after(bubble);
  else list.prepend(bubble);
  if (dayBefore(bubble)?.dataset.day === m.day) return;
  const day = Object.assign(document.createElement("li"), { className: "day", textContent: m.day_words });
  day.dataset.day = m.day;
  bubble.before(day);
}

function apply(m, kind) {
  outbox.drop(m.cid);
  if (topic && m.th?.id !== topic && !bubbleOf(m.s)) return undefined; // of something else
  if (kind === "message" && !m.mine) count(m.name);
  const shown = bubbleOf(m.s);
  if (shown) return fill(shown, m);
  if (kind !== "message" && Number(list.querySelector("[data-seq]")?.dataset.seq ?? 0) > m.s) return undefined; // further up
  const stay = isAtEnd();
  const bubble = bubbleOfCid(m.cid) ?? newBubble();
  bubble.dataset.seq = m.s;
  place(bubble, m);
  fill(bubble, m);
  one("[data-empty]")?.remove();
  if (stay || m.mine) toEnd();
  else offerEnd();
  const snippet = document.querySelector(".thread-list [aria-current] .snippet");
  if (snippet) snippet.textContent = m.call ? one("[data-call]").dataset.wordTalked : (m.mine ? `${word("you")}: ` : "") + textOf(bubble);
  saveRead();
  return undefined;
}

line.on("change", apply);

// One new message is read out as it comes. Many at once are summed up: "5 new messages from Sara".
const BURST_MS = 1000;
const names = new Intl.ListFormat(document.documentElement.lang);
const digits = new Intl.NumberFormat(document.documentElement.lang);
let burst = [];
let lastAt = 0;
let summing = 0;

line.on("missed", (many) => many > 1 && (lastAt = Date.now()));

function count(name) {
  const many = Date.now() - lastAt < BURST_MS;
  lastAt = Date.now();
  if (!many) return;
  hush();
  burst.push(name);
  clearTimeout(summing);
  summing = setTimeout(sumUp, BURST_MS);
}

function sumUp() {
  const who = names.format([...new Set(burst)].map((name) => `\u2068${name}\u2069`));
  announce(word(burst.length > 1 ? "new-many" : "new-one").replace("{n}", digits.format(burst.length)).replace("{who}", who));
  burst = [];
  speak();
}

const hush = () => log.setAttribute("aria-live", "off");
const speak = () => setTimeout(() => burst.length || log.removeAttribute("aria-live"), 500);

// Earlier messages come in above, without a word from the screen reader and without a jump.
talk.addEventListener("click", async (event) => {
  const older = event.target.closest("[data-older]");
  if (!older) return;
  event.preventDefault();
  older.setAttribute("aria-busy", "true");
  const answered = await fetch(`${older.href}&bare`).catch(() => null);
  older.removeAttribute("aria-busy");
  if (!answered) return toast(word("no-line"), "warning");
  if (!answered.ok || answered.redirected) return location.assign(older.href);
  const page = new DOMParser().parseFromString(await answered.text(), "text/html");
  const height = document.documentElement.scrollHeight;
  hush();
  const firstDay = list.querySelector("[data-day]");
  const rows = [...page.querySelectorAll(".talk > li")];
  if (rows.some((row) => row.dataset.day === firstDay?.dataset.day)) firstDay.remove();
  list.prepend(...rows);
  one(".talk-history").replaceChildren(...page.querySelector(".talk-history").childNodes);
  scrollBy({ top: document.documentElement.scrollHeight - height });
  speak();
  return undefined;
});

/** What this device keeps of what was said before the page begins, without a word from the screen reader. */
export function showEarlier(frames) {
  const first = Number(list.querySelector("[data-seq]")?.dataset.seq ?? Infinity);
  const here = ({ m }) => m.s < first && (!topic || m.th?.id === topic);
  const earlier = new Map(frames.filter(here).map((frame) => [frame.m.s, frame])); // each as it is now
  hush();
  for (const { m, w } of [...earlier.values()].sort((a, b) => a.m.s - b.m.s)) {
    const bubble = newBubble();
    const told = { ...m, ...w, mine: m.u === line.me };
    bubble.dataset.seq = m.s;
    place(bubble, told);
    fill(bubble, told);
  }
  speak();
}
