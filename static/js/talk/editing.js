// Changing one's last words where they were written: arrow up begins, Enter saves, Esc leaves them as they are.
import { act } from "./acts.js";
import { bubbleOfId } from "./bubble.js";
import { field, form, line, list, one, word } from "./page.js";

const WINDOW_MS = 15 * 60_000;
const bar = one("[data-editing]");
const why = one("[data-editing-why]");
const sure = one("[data-sure]");
let edited = null; // the message, and what stood in the field before

const mayChange = (bubble) => Date.now() - Date.parse(bubble.querySelector("time").dateTime) < WINDOW_MS;

function write(words) {
  field.value = words;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
}

function begin(bubble, words = bubble.querySelector(".body").textContent, reason = "") {
  const id = Number(bubble.dataset.id);
  edited = { id, rev: Number(bubble.dataset.rev), draft: edited?.draft ?? field.value, words };
  list.querySelector(".edited-now")?.classList.remove("edited-now");
  bubble.classList.add("edited-now");
  bar.hidden = false;
  why.textContent = reason;
  write(words);
}

function leave() {
  bubbleOfId(edited.id)?.classList.remove("edited-now");
  bar.hidden = true;
  const { draft } = edited;
  edited = null;
  write(draft);
}

function save() {
  const body = field.value.trim();
  const { id, rev, words } = edited;
  if (!body) return ask();
  leave();
  if (body !== words) act({ t: "e", id, rev, body });
  return undefined;
}

function ask() {
  sure.returnValue = "";
  one("[data-sure-words]").textContent = edited.words;
  sure.showModal();
}

sure?.addEventListener("close", () => {
  if (!edited || sure.returnValue !== "yes") return field.focus();
  const { id } = edited;
  leave();
  return act({ t: "d", id });
});

form?.addEventListener("submit", (event) => {
  if (!edited) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  save();
}, { capture: true });

field?.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && edited) {
    event.stopImmediatePropagation();
    leave();
  }
  if (event.key !== "ArrowUp" || field.value || edited) return;
  const last = [...list.querySelectorAll(".say.mine[data-id]:not(.gone, .call)")].at(-1);
  if (!last || !mayChange(last)) return;
  event.preventDefault();
  begin(last);
});

list.addEventListener("click", (event) => {
  const link = event.target.closest("[data-does=edit]");
  if (!link || !form) return;
  event.preventDefault();
  const bubble = link.closest(".say");
  bubble.querySelector("details.menu").open = false;
  begin(bubble);
});

// What can no longer be changed is not offered.
list.addEventListener("toggle", ({ target }) => {
  const link = target.open && target.querySelector("[data-does=edit]");
  if (link) link.hidden = !mayChange(target.closest(".say"));
}, { capture: true });

one("[data-unedit]")?.addEventListener("click", leave);
one("[data-delete]")?.addEventListener("click", ask);

// Changed on another device meanwhile: the words come back to the field, on top of those that stand there now.
line.on("refused", (entry, { code }) => {
  const bubble = entry.t === "e" && code === "stale" && form && bubbleOfId(entry.id);
  if (bubble) begin(bubble, entry.body, word("stale"));
});
