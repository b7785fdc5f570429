// What one has begun to write, on all of one's devices. Without a connection it is kept here until there is one.
import { field, line, me, one, room } from "./page.js";

const REST_MS = 1200;
const MOST = 8000; // longer ones the server does not keep
const dev = crypto.randomUUID?.() ?? String(Math.random());
const key = `draft:talk:${me}:${room}`;
let known = field?.value ?? "";
let resting = 0;

const isEditing = () => !one("[data-editing]").hidden; // then the field holds other words

function keep() {
  clearTimeout(resting);
  if (isEditing() || field.value === known) return;
  const body = field.value;
  if (body.length <= MOST && line.isOpen && line.give({ t: "dr", r: room, b: body, dev })) {
    known = body;
    localStorage.removeItem(key);
  } else {
    localStorage.setItem(key, body);
  }
}

if (field) {
  const left = localStorage.getItem(key);
  if (left !== null) field.value = left; // also that nothing was left: the words were sent
  field.addEventListener("input", () => {
    clearTimeout(resting);
    if (field.value === "") keep();
    else resting = setTimeout(keep, REST_MS);
  });
  addEventListener("pagehide", keep);
  line.on("state", (state) => state === "open" && keep());
  line.on("draft", (frame) => {
    if (frame.r !== room || frame.dev === dev || isEditing() || field.value !== known) return; // one writes here just now
    known = frame.b;
    field.value = frame.b;
  });
}
