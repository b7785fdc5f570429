// What one has begun to write, on all of one's devices. It is kept here, too: until there is a connection, and for the page that
// is shown without one.
import { field, form, isKept, line, me, one, room } from "./page.js";

const REST_MS = 1200;
const SETTLING_MS = 5000; // a page that was asked for within this time of a saving may have been made before it
const MOST = 8000; // longer ones the server does not keep
const dev = crypto.randomUUID?.() ?? String(Math.random());
const key = `draft:talk:${me}:${room}`;
let known = field?.value ?? "";
let resting = 0;
let isPutting = false;
let isGone = false; // with the form

const isEditing = () => !one("[data-editing]").hidden; // then the field holds other words

async function keep() {
  clearTimeout(resting);
  if (isGone || isEditing() || (field.value === known && !isPutting)) return;
  const body = field.value;
  const frame = { t: "dr", r: room, b: body, dev };
  const fits = body.length <= MOST;
  let saved = fits && !isPutting && line.isOpen && line.give(frame);
  if (!saved) write(body, false);
  if (isPutting) return; // two under way at once could arrive in either order: this one follows
  if (!saved && fits) {
    isPutting = true;
    saved = await line.put(frame);
    isPutting = false;
    if (isGone) return;
  }
  if (saved) known = body;
  if (field.value !== body || (fits && !saved && line.isOpen)) rest(); // the socket opened while another way failed
  else if (saved) write(body, true);
}

function rest() {
  clearTimeout(resting);
  if (field.value === "") keep();
  else resting = setTimeout(keep, REST_MS);
}

function write(body, saved) {
  try {
    localStorage.setItem(key, JSON.stringify({ body, saved, at: Date.now() }));
  } catch {
    // this browser stores nothing
  }
}

if (field) {
  const left = JSON.parse(localStorage.getItem(key));
  const isNewer = left?.at > performance.timeOrigin - SETTLING_MS;
  if (left && (!left.saved || isKept || isNewer)) field.value = left.body; // also that nothing was left: the words were sent
  field.addEventListener("input", rest);
  addEventListener("submit", (event) => {
    if (event.target !== form || event.defaultPrevented) return;
    isGone = true;
    localStorage.removeItem(key);
  });
  addEventListener("pageshow", () => (isGone = false));
  addEventListener("pagehide", keep);
  line.on("state", (state) => ["open", "polling"].includes(state) && keep());
  line.on("draft", (frame) => {
    if (frame.r !== room || frame.dev === dev || isGone || isEditing() || field.value !== known) return; // one writes here just now
    known = frame.b;
    field.value = frame.b;
    write(frame.b, true);
  });
}
