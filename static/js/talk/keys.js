// The messages as one stop of the Tab key: arrows go from one to the next, Tab into what can be done with it, Esc back to where
// one writes.
import { furnish } from "./bubble.js";
import { field, list } from "./page.js";

const STOPS = "a[href], button, summary, audio";
const all = () => [...list.querySelectorAll(".say")];
let current = null;

function hold(bubble, on) {
  bubble.tabIndex = on ? 0 : -1;
  for (const stop of bubble.querySelectorAll(STOPS)) {
    if (on) stop.removeAttribute("tabindex");
    else stop.tabIndex = -1;
  }
}

function choose(bubble) {
  if (current !== bubble && current) hold(current, false);
  current = bubble;
  if (bubble) hold(bubble, true);
}

function look() {
  const bubbles = all();
  bubbles.filter((bubble) => bubble !== current).forEach((bubble) => hold(bubble, false));
  if (!current?.isConnected || !list.contains(document.activeElement)) choose(bubbles.at(-1));
}

let looking = 0;
new MutationObserver(() => {
  cancelAnimationFrame(looking);
  looking = requestAnimationFrame(look);
}).observe(list, { childList: true, subtree: true });
look();

list.addEventListener("focusin", ({ target }) => {
  const bubble = target.closest(".say");
  if (bubble) choose(bubble);
});

list.addEventListener("keydown", (event) => {
  const here = event.target.closest(".say");
  if (!here) return;
  if (event.key === "Escape" && !here.querySelector("details[open]")) field?.focus();
  if (event.target !== here) return; // in a menu or a link
  const bubbles = all();
  const at = bubbles.indexOf(here);
  const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: bubbles.length - 1 }[event.key];
  const menu = here.querySelector("details.menu:not([hidden])");
  if (event.key === "Enter" && menu) {
    event.preventDefault();
    furnish(here);
    menu.open = true;
    menu.querySelector(".menu-panel a, .menu-panel button").focus();
  }
  if (!bubbles[to]) return;
  event.preventDefault();
  bubbles[to].focus();
});
