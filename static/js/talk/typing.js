// Somebody is writing: said by the field while it fills, shown until it is over or twelve seconds old.
import { field, line, low, one, room } from "./page.js";

const SAY_MS = 8_000;
const SHOW_MS = 12_000;
const box = one("[data-typing]");
let saidAt = 0;
let off = 0;

function show(name) {
  clearTimeout(off);
  box.hidden = !name;
  if (!name) return;
  box.querySelector("bdi").textContent = name;
  off = setTimeout(() => show(null), SHOW_MS);
}

line.on("typing", (frame) => show(frame.on ? frame.name : null));
line.on("change", (m) => m.mine || show(null));

field?.addEventListener("input", () => {
  if (low) return;
  const writing = field.value !== "";
  if (writing && Date.now() - saidAt < SAY_MS) return;
  if (!writing && !saidAt) return;
  saidAt = writing ? Date.now() : 0;
  line.give({ t: "ty", r: room, on: writing });
});
