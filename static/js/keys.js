// Keys for those who like them, told behind the "?" of every page. None works while somebody writes or a dialog is open; a
// screen reader takes its own keys before a page hears of them; and everybody can switch them off.
import { openPalette } from "./palette.js";

const AFTER_G_MS = 1500;
const WRITES = "input, textarea, select, [contenteditable], [role=listbox]";
const ROWS = "main :is(.list > li, .thread-list > li, tbody > tr)";
const on = "keys" in document.documentElement.dataset;
const mac = /Mac|iPhone|iPad/.test(navigator.platform);
let afterG = -Infinity; // when it was pressed: a page that was busy hears of it later

// The letter on the key in a Latin alphabet; where another alphabet is set, the letter at this place on an English keyboard.
const letterOf = ({ key, code }) => (/^[a-z]$/i.test(key) ? key.toLowerCase() : /^Key[A-Z]$/.exec(code)?.[0][3].toLowerCase());

const stopIn = (row) => (row.matches("[tabindex]") ? row : row.querySelector("a[href], button, summary"));

// Of a conversation the messages, of any other page the rows of its lists.
function rows() {
  const talk = [...document.querySelectorAll(".talk > .say")];
  return (talk.length ? talk : [...document.querySelectorAll(ROWS)]).filter((row) => row.checkVisibility() && stopIn(row));
}

const place = (all) => all.findLastIndex((row) => row.contains(document.activeElement));

function step(by) {
  const all = rows();
  const at = place(all);
  const begins = all[0]?.matches(".say") || by < 0 ? all.length - 1 : 0;
  const row = all[at < 0 ? begins : at + by];
  if (row) stopIn(row).focus();
}

function done() {
  const all = rows();
  all[place(all)]?.querySelector("[data-done]")?.click();
}

function compose() {
  const field = document.querySelector("[data-compose] textarea");
  if (field) field.focus();
  else openPalette({ writing: true });
}

function help() {
  const panel = document.querySelector("details.help");
  if (!panel) return;
  panel.open = true;
  const keys = panel.querySelector("details.keys");
  keys.open = true;
  keys.querySelector("summary").focus();
}

const ACTS = { c: compose, e: done, j: () => step(1), k: () => step(-1) };

function heard(event) {
  const letter = letterOf(event);
  if ((mac ? event.metaKey : event.ctrlKey) && letter === "k" && !event.altKey && !event.shiftKey) return openPalette;
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest(WRITES)) return null;
  if (event.key === "?" || event.key === "؟") return help;
  if (event.shiftKey) return null;
  if (event.timeStamp - afterG < AFTER_G_MS) {
    afterG = -Infinity;
    const link = document.querySelector(`.rail [data-key="${letter}"]`);
    return link && (() => link.click());
  }
  if (letter === "g") return () => (afterG = event.timeStamp);
  return ACTS[letter];
}

if (on) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || document.querySelector("dialog:modal")) return;
    const act = heard(event);
    if (!act) return;
    event.preventDefault();
    act();
  });
}
