// What is pinned for everybody: a line above the conversation, a mark on the message.
import { line, one, word } from "./page.js";

const language = document.documentElement.lang;
const count = new Intl.NumberFormat(language === "fa" ? "fa-u-nu-arabext" : language);
const bar = one("[data-pins]");
const pinned = new Set(bar.dataset.pins.split(" ").filter(Boolean).map(Number));
let [told] = pinned; // whose words the line shows: the latest pin

export function showPin(bubble, on) {
  bubble.querySelector("[data-pinned]").hidden = !on;
  const button = bubble.querySelector("[data-does=pin]");
  if (!button) return; // announcements
  button.name = on ? "off" : "on";
  button.querySelector("span").textContent = word(on ? "unpin" : "pin");
}

line.on("change", (m, kind) => {
  if (m.pin && kind === "pin") pinned.add((told = m.id));
  if (!m.pin) pinned.delete(m.id);
  bar.hidden = !pinned.size;
  bar.querySelector("[data-pins-count]").textContent = count.format(pinned.size);
  if (m.id === told) bar.querySelector(".snippet").textContent = m.pin && !m.gone ? m.parts.map(([words]) => words).join("").slice(0, 90) : "";
});
