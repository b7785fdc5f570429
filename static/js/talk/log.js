// The log, in the order of the room.
import { bubbleOf, bubbleOfCid, fill, newBubble, textOf } from "./bubble.js";
import { line, list, one, outbox, talk, word } from "./page.js";
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
  if (snippet) snippet.textContent = (m.mine ? `${word("you")}: ` : "") + textOf(bubble);
  saveRead();
  return undefined;
}

line.on("change", apply);

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
