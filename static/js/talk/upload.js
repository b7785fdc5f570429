// Files on their way: in parts, going on after a cut from where the server has them. They are sent with the next message.
import { bytes } from "./files.js";
import { announce, form, line, one } from "./page.js";

const MOST = 5;
const PATIENCE_MS = 3000;
const box = one("[data-files]");
const tray = one("[data-tray]");
const field = form?.elements.files;
const word = (name) => box.getAttribute(`data-word-${name}`);
const uploads = new Map(); // by their row in the tray
let waiting = null; // the button that was pressed while files were on their way

class Refused extends Error {}

async function ask(url, body, headers = {}) {
  const answer = await fetch(url, { method: "POST", body, headers: { "X-CSRFToken": line.token, Accept: "application/json", ...headers } });
  if (answer.redirected || answer.status >= 500) throw new TypeError("away");
  if (answer.status === 204) return {};
  const said = await answer.json();
  if (!answer.ok && said.code !== "other_part") throw new Refused(said.why);
  return said;
}

async function digest(file) {
  if (!crypto.subtle) return ""; // without https nobody can compute it here; the server does
  const sum = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return [...new Uint8Array(sum)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function send(file, upload, show) {
  const said = new FormData();
  Object.entries({ name: file.name, size: file.size, claimed: file.type, digest: await digest(file), seconds: file.seconds ?? 0 }).forEach(([key, value]) => said.set(key, value));
  let state = await ask(box.dataset.files, said);
  upload.id = state.id;
  const parts = state.url + "/parts";
  while (state.state === "uploaded" && !upload.dropped) {
    show(state.have / Math.max(1, file.size));
    const part = file.slice(state.have, state.have + state.part);
    state = { ...state, ...(await ask(`${parts}?start=${state.have}`, await part.arrayBuffer(), { "Content-Type": "application/octet-stream" })) };
  }
  if (state.state === "blocked") throw new Refused(state.why);
  return state;
}

// Again and again while the line is away: what the server has is not sent twice.
async function carry(file, upload, show) {
  for (;;) {
    try {
      return await send(file, upload, show);
    } catch (fault) {
      if (fault instanceof Refused || upload.dropped) throw fault;
      say(upload.note, word("waits"));
      await new Promise((go) => {
        setTimeout(go, PATIENCE_MS);
        addEventListener("online", go, { once: true });
      });
    }
  }
}

function row(file) {
  const made = document.createElement("li");
  const name = Object.assign(document.createElement("bdi"), { textContent: file.name, className: "grow" });
  const note = Object.assign(document.createElement("small"), { textContent: bytes(file.size) });
  note.setAttribute("role", "status");
  const bar = Object.assign(document.createElement("progress"), { max: 1, value: 0 });
  bar.setAttribute("aria-label", file.name);
  const away = Object.assign(document.createElement("button"), { type: "button", className: "icon-button small text", textContent: "×" });
  away.setAttribute("aria-label", `${word("remove")}: ${file.name}`);
  made.append(name, note, bar, away);
  tray.append(made);
  return { made, note, bar, away };
}

// Read out once, not with every part.
function say(note, words) {
  if (note.textContent !== words) note.textContent = words;
}

function settle() {
  tray.hidden = !uploads.size;
  if (!waiting || [...uploads.values()].some((upload) => !upload.state && !upload.failed)) return;
  const { by } = waiting;
  waiting = null;
  form.requestSubmit(by);
}

function place(file) {
  const shown = row(file);
  const upload = { note: shown.note };
  uploads.set(shown.made, upload);
  settle();
  shown.away.addEventListener("click", () => {
    upload.dropped = true;
    if (upload.id) ask(`/files/${upload.id}/drop`).catch(() => {});
    forget(shown.made);
    one("[data-compose]").elements.body.focus();
  });
  return { shown, upload };
}

function arrive({ shown, upload }, state) {
  Object.assign(upload, { state, id: state.id });
  shown.bar.value = 1;
  shown.made.classList.add("ready");
}

export async function add(file) {
  const placed = place(file);
  const { shown, upload } = placed;
  try {
    if (uploads.size > MOST) throw new Refused(word("too-many"));
    if (file.size > Number(box.dataset.most)) throw new Refused(word("too-big"));
    const state = await carry(file, upload, (part) => {
      shown.bar.value = part;
      say(shown.note, bytes(file.size));
    });
    arrive(placed, state);
  } catch (fault) {
    if (upload.dropped) return;
    upload.failed = true;
    shown.made.classList.add("failed");
    shown.note.textContent = fault.message;
    waiting = null; // its row says why; sent once more, the message goes without it
    announce("");
  }
  settle();
}

function forget(made) {
  uploads.delete(made);
  made.remove();
  settle();
}

// Whether the message waits for files that are still on their way; then it is sent by itself.
export function sendsLater(by) {
  const stillComing = [...uploads.values()].some((upload) => !upload.state && !upload.failed);
  waiting = stillComing ? { by } : null;
  if (waiting) announce(word("still"));
  return stillComing;
}

// Files of a message that was taken back: they are there already.
export function putBack(files) {
  if (box) files.forEach((file) => arrive(place(file), file));
}

// The files for the message that is sent now; what failed goes too.
export function takeReady() {
  const ready = [...uploads.values()].map((upload) => upload.state).filter(Boolean);
  [...uploads.keys()].forEach(forget);
  return ready;
}

if (box) {
  one("[data-files-plain]").hidden = true;
  const button = one("[data-add]");
  button.hidden = false;
  button.addEventListener("click", () => field.click());
  field.addEventListener("change", () => {
    [...field.files].forEach(add);
    field.value = "";
  });
  form.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length) event.preventDefault();
    files.forEach(add);
  });
  const talk = one("[role=log]");
  talk.addEventListener("dragover", (event) => event.preventDefault());
  talk.addEventListener("drop", (event) => {
    event.preventDefault();
    [...event.dataTransfer.files].forEach(add);
  });
}
