// Who is here. Without a connection nobody knows.
import { line, one, word } from "./page.js";

const here = new Map();
const box = one("[data-here]");

function show() {
  box.hidden = !here.size;
  const names = new Intl.ListFormat(document.documentElement.lang).format([...here.values()].map((name) => `\u2068${name}\u2069`));
  box.querySelector("bdi").textContent = box.dataset.here === "one" ? "" : names;
  box.querySelector("span").textContent = word(here.size > 1 ? "are-here" : "is-here");
}

line.on("presence", ({ u, name, on }) => {
  if (on) here.set(u, name);
  else here.delete(u);
  show();
});

line.on("state", (state) => {
  if (state === "open") return;
  here.clear();
  show();
});
