// Somebody calls while another page is open: it rings here, too, and one click leads to the conversation. Conversations have a
// socket of their own (talk/call.js); of all other pages of a browser one holds a quiet one, also with little data: it brings
// nothing but this, and its heartbeat weighs less than asking would.
import { isQuiet, ring, silence } from "./talk/call-ring.js";
import { uuid7 } from "./talk/outbox.js";

const CALM_MS = 1_500; // who only passes through needs none
const FIRST_MS = 1_000;
const LONGEST_MS = 60_000;

const box = document.querySelector("[data-ring]");
const { reader } = document.documentElement.dataset;
const dev = uuid7();
const tabs = new BroadcastChannel(`ring:${reader}`);
let socket = null;
let tries = 0;
let rung = ""; // which call
let release = () => {};

function show(call) {
  rung = call.st === "ringing" && String(call.to) === reader ? call.call : "";
  if (rung) {
    box.querySelector("[data-ring-who]").textContent = call.name;
    box.querySelector("[data-ring-answer]").href = `/rooms/${call.r}/#answer`;
  }
  if (box.hidden === !rung) return;
  box.hidden = !rung;
  if (rung) box.showPopover?.(); // also above an open dialog
  else box.hidePopover?.();
}

// Every page shows it, the one with the socket rings.
function hear(call) {
  const before = rung;
  if (before && call.call && call.call !== before) return;
  show(call);
  tabs.postMessage(call);
  if (!rung) silence();
  else if (rung !== before && !isQuiet()) ring({ loud: true });
}

const give = (frame) => socket?.readyState === WebSocket.OPEN && socket.send(JSON.stringify(frame));

function decline(call) {
  give({ t: "sig", dev, call, do: "decline" });
  hear({ st: "none" });
}

function connect() {
  socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/talk`);
  socket.onopen = () => {
    give({ t: "hello", v: 1, rooms: {}, low: true });
    give({ t: "sig", dev, do: "look" });
  };
  socket.onmessage = ({ data }) => {
    tries = 0;
    const frame = JSON.parse(data);
    if (frame.t === "sig") hear(frame);
  };
  socket.onclose = ({ code }) => {
    hear({ st: "none" });
    if (code === 4401 || !socket) return release(); // signed out, or the page is left
    tries += 1;
    const most = Math.min(LONGEST_MS, FIRST_MS * 2 ** tries);
    return setTimeout(() => socket && connect(), most / 2 + (Math.random() * most) / 2);
  };
}

// As long as this page is open it holds the lock; then the next one takes over.
const hold = () =>
  new Promise((left) => {
    release = left;
    connect();
  });
const begin = () => (navigator.locks ? navigator.locks.request(`ring:${reader}`, hold) : hold());

// A page that is left can be come back to as it was; nothing may be open then.
addEventListener("pagehide", () => {
  const open = socket;
  socket = null;
  if (open?.readyState === WebSocket.OPEN) open.close();
  release();
});
addEventListener("pageshow", ({ persisted }) => persisted && begin());

tabs.onmessage = ({ data }) => (data.decline ? socket && decline(data.decline) : show(data));
box.querySelector("[data-ring-decline]").addEventListener("click", () => {
  if (socket) return decline(rung);
  tabs.postMessage({ decline: rung });
  return show({});
});

setTimeout(begin, CALM_MS);
