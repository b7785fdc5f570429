// The last changes of this conversation, kept on this device: with the page that was kept (static/js/service-worker.js) they
// are the conversation to read when there is no line.
import { forget, Shelf } from "../shelf.js";
import { line, low, me, room } from "./page.js";

const MOST = 200;
const REST_MS = 1500; // what one came for goes first
const shelf = new Shelf(`kept:${me}`);
const head = line.head; // of the page as it came

const ofThisTime = (frame) => frame.epoch === line.epoch;
const rows = () => shelf.all(IDBKeyRange.bound([room, 0], [room, Infinity])).catch(() => []);

/** What is kept of this conversation, in its order. */
export async function keptFrames() {
  return (await rows()).filter(ofThisTime);
}

// What was said in another epoch may be gone since: no words of it stay on this device.
async function dropOtherTimes() {
  for (const frame of await rows()) if (!ofThisTime(frame)) await shelf.drop([room, frame.s]);
}

const before = keptFrames(); // read before anything is added

async function keep(frames) {
  if (!frames.length) return;
  const gone = new Map(frames.filter(({ m }) => m.gone).map(({ m }) => [m.s, m]));
  const without = (m) => gone.get(m.s) ?? { ...m, re: { ...m.re, b: "" } };
  const stale = gone.size ? (await keptFrames()).filter(({ m }) => gone.has(m.s) || gone.has(m.re?.s)) : [];
  frames = [...stale.map((frame) => ({ ...frame, m: without(frame.m) })), ...frames]; // words that are taken back leave this device
  await shelf.put(...frames.map((frame) => [[room, frame.s], { ...frame, epoch: line.epoch }]));
  await shelf.drop(IDBKeyRange.bound([room, 0], [room, frames.at(-1).s - MOST]));
}

// What was said before this page came; not where data is dear.
async function fill() {
  const known = (await before).at(-1)?.s ?? 0;
  if (known >= head) return;
  const answer = await fetch(`${line.changesUrl}?after=${Math.max(0, head - MOST, known)}`, { headers: { Accept: "application/json" } });
  if (answer.ok && !answer.redirected) await keep((await answer.json()).changes);
}

line.on("taken", (frame) => keep([frame]).catch(() => {}));
line.on("state", (state) => {
  if (state === "signed-out") forget(["kept"]); // nobody reads here now
  if (state === "open") dropOtherTimes().catch(() => {});
  if (state !== "open" || low || fill.asked) return;
  fill.asked = true;
  setTimeout(() => fill().catch(() => {}), REST_MS);
});
