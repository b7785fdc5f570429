// A live conversation: the page of plain forms, with bubbles that appear at once and say honestly how far they are.
import { isKept, line, one, outbox } from "./page.js";
import "./log.js";
import "./calling.js";
import "./call.js";
import "./editing.js";
import "./composer.js";
import "./drafts.js";
import "./typing.js";
import "./presence.js";
import "./resting.js";
import "./voice.js";
import "./keys.js";
import "./topics.js";
import { showAllActs } from "./acts.js";
import { keptFrames } from "./kept.js";
import { showEarlier } from "./log.js";
import { saveRead, toEnd } from "./reading.js";
import { showAllWaiting } from "./waiting.js";

line.on("state", (state) => {
  const signedOut = one("[data-signed-out]");
  if (state === "signed-out") signedOut.hidden = false;
  if (state === "open" || state === "polling") signedOut.hidden = true;
  one("[data-offline]").hidden = state !== "closed" || !signedOut.hidden || (line.tries < 2 && navigator.onLine);
  showAllWaiting();
  if (state === "open" || state === "polling") saveRead();
});

// Their clock.
const digits = document.documentElement.lang === "fa" ? "fa-u-nu-arabext" : "en-GB";
function tick() {
  for (const clock of document.querySelectorAll("[data-clock]"))
    clock.textContent = new Intl.DateTimeFormat(digits, { hour: "2-digit", minute: "2-digit", timeZone: clock.dataset.clock }).format();
}
setInterval(tick, 20_000);

// Of a kept page: what this device knows beyond it.
async function showKept() {
  tick();
  const frames = await keptFrames();
  showEarlier(frames);
  line.tell("missed", frames.length);
  frames.forEach((frame) => line.take(frame));
}

if (isKept) await showKept();
await outbox.ready;
showAllWaiting();
showAllActs();
if (!location.hash || location.hash === "#end") toEnd();
line.connect();
