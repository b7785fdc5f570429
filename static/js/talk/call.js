// A call of the two: rings, answers, shows honestly how it stands. The server says who is in it; sound and picture pass between the
// two browsers (call-peer.js). A page that lost its socket asks again when it is back.
import { toast } from "../toasts.js";
import { Peer } from "./call-peer.js";
import { beQuiet, isQuiet, ring, silence } from "./call-ring.js";
import { length, logUrl, number } from "./call-trace.js";
import { uuid7 } from "./outbox.js";
import { line, low, me, room, talk } from "./page.js";

const RING_MS = 35_000;
const BEAT_MS = 30_000;
const GIVE_UP_MS = 60_000; // without a way to the other side
const KNOWN = "call:known"; // that they were told who sees their address

const box = talk.querySelector("[data-call]");
const bell = talk.querySelector("[data-call-ring]");
const first = talk.querySelector("[data-call-first]");
const find = (name) => talk.querySelector(`[data-call-${name}]`);
const word = (name) => box?.getAttribute(`data-word-${name}`) ?? "";
const dev = crypto.randomUUID?.() ?? uuid7();
const slow = low || navigator.connection?.saveData || /2g|3g/.test(navigator.connection?.effectiveType ?? "");

let call = null; // the one this page is in: {id, st, to, peer, stream, media, waiting}
let rung = null; // the one that rings here
let trace = null; // the message it leaves
let going = null; // the one of this person that goes on on another device
let wish = ["#call", "#answer"].includes(location.hash) ? location.hash : ""; // from the page of a session, or from news

const give = (frame) => line.insist({ t: "sig", dev, ...frame });
const act = (what, id, more) => give({ call: id, do: what, ...more });

// What is shown.

function say(name, note = "") {
  box.dataset.state = name;
  find("state").textContent = word(name === "talked" ? "lost" : name);
  find("note").textContent = note;
}

function open() {
  box.hidden = false;
  find("over").hidden = true;
  find("acts").hidden = false;
  find("time").textContent = "";
  press();
}

function press() {
  const { mic, video, low } = call.media;
  for (const [name, on] of Object.entries({ mute: !mic, camera: video === "camera", share: video === "screen", low })) find(name)?.setAttribute("aria-pressed", on);
}

function tick() {
  const seconds = Math.max(0, Math.round((Date.now() - call.since) / 1000));
  const two = (value) => number(value).padStart(2, number(0));
  find("time").textContent = `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`;
}

function views() {
  const [own, theirs] = [call?.media.video, call?.peer?.theirs.video];
  find("views").hidden = !own && !theirs;
  find("own").hidden = !own;
  find("theirs").hidden = !theirs;
}

// The own microphone and camera.

async function microphone() {
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true } });
  } catch {
    toast(word("no-microphone"), "warning");
    return null;
  }
}

async function show(kind) {
  const { media } = call;
  media.track?.stop();
  Object.assign(media, { track: null, video: null });
  if (kind) {
    try {
      const stream = kind === "camera" ? await navigator.mediaDevices.getUserMedia({ video: { width: 1280, height: 720, facingMode: "user" } }) : await navigator.mediaDevices.getDisplayMedia({ video: true });
      if (!call) return stream.getTracks().forEach((track) => track.stop());
      const [track] = stream.getVideoTracks();
      track.contentHint = kind === "screen" ? "detail" : "motion";
      track.onended = () => call?.media.track === track && show(null);
      Object.assign(media, { track, video: kind });
      find("own").srcObject = stream;
    } catch {
      if (kind === "camera") toast(word("no-camera"), "warning");
    }
  }
  await call.peer?.show(media.track);
  call.peer?.sayMedia();
  press();
  views();
  return undefined;
}

function begin(id, stream) {
  call = { id, st: "ringing", stream, waiting: [], unsent: [], media: { mic: true, video: null, low: Boolean(slow), track: null } };
  open();
}

// Ringing somebody.

async function place() {
  if (call || rung) return;
  if (!line.isOpen) return toast(word("offline"), "warning");
  if (first && !localStorage.getItem(KNOWN)) return first.showModal();
  const stream = await microphone();
  if (!stream || call) return stream?.getTracks().forEach((track) => track.stop());
  begin(uuid7(), stream);
  say("calling");
  act("ring", call.id, { r: room });
  const { id } = call;
  call.patience = setTimeout(() => act("end", id), RING_MS);
  find("end").focus();
  return undefined;
}

// Being rung.

function rings(frame) {
  if (rung?.id === frame.call) return;
  rung = { id: frame.call, r: frame.r };
  bell.querySelector("[data-call-who]").textContent = frame.name;
  bell.querySelector("[data-call-quiet]").setAttribute("aria-pressed", isQuiet());
  needs(line.isOpen ? "" : "line-needed");
  bell.showModal();
  ring({ loud: true });
  if (wish === "#answer" && frame.r === room) answer();
}

// What answering takes where only messages get through: a line that is live.
function needs(name) {
  find("line").textContent = word(name);
  find("answer").disabled = name === "line-tried";
}

function hush() {
  rung = null;
  if (wish === "#answer") wish = "";
  if (bell?.open) bell.close();
  silence();
}

async function answer() {
  wish = "";
  const id = rung?.id ?? going;
  if (!id) return;
  if (rung && rung.r !== room) return location.assign(`/rooms/${rung.r}/#answer`);
  if (!line.isOpen) {
    wish = "#answer"; // as soon as the line is there
    needs("line-tried");
    return line.connect();
  }
  localStorage.setItem(KNOWN, "1");
  const stream = await microphone();
  if (call || (rung?.id ?? going) !== id || !stream) return stream?.getTracks().forEach((track) => track.stop());
  hush();
  begin(id, stream);
  say("connecting");
  act("answer", id);
  find("end").focus();
  return undefined;
}

function decline() {
  if (rung && !act("decline", rung.id)) line.put({ t: "sig", do: "decline", call: rung.id });
  hush();
}

// The line to the other browser.

function connect(frame, to) {
  call.to = to;
  call.peer?.close();
  clearTimeout(call.patience);
  silence();
  const { id } = call;
  const send = (data) => {
    if (call?.id !== id) return;
    if (!give({ call: id, to, data })) call.unsent.push({ call: id, to, data });
  };
  call.peer = new Peer({ ice: frame.ice, relay: frame.relay, polite: me > (frame.u === me ? frame.to : frame.u), stream: call.stream, media: call.media, say: send });
  call.peer
    .on("track", (track) => {
      const at = find(track.kind === "audio" ? "voice" : "theirs");
      at.srcObject = new MediaStream([track]);
      at.play?.().catch(() => {});
    })
    .on("media", (media) => {
      views();
      find("note").textContent = media.mic ? "" : word("they-muted");
    })
    .on("state", goes)
    .on("quality", ({ poor }) => {
      if (box.dataset.state === (poor ? "connected" : "poor")) say(poor ? "poor" : "connected", poor && !call.media.low ? word("try-low") : "");
    });
  call.waiting.splice(0).forEach((data) => call.peer.hear(data));
  say("connecting");
  call.patience = setTimeout(() => act("end", id), GIVE_UP_MS);
}

function goes(state) {
  if (state === "closed") return;
  clearTimeout(call.patience);
  if (state === "connected") {
    call.since ??= Date.now();
    call.clock ??= setInterval(tick, 1000);
    tick();
  } else {
    const { id } = call;
    call.patience = setTimeout(() => act("end", id), GIVE_UP_MS);
  }
  say(state);
}

function over(how) {
  box.hidden = false;
  find("acts").hidden = true;
  find("over").hidden = false;
  find("take").hidden = true;
  find("time").textContent = "";
  say(how);
}

function leave(how, frame) {
  const { stream, media, clock, patience, beat, peer, since } = call;
  [clearTimeout, clearInterval].forEach((clear) => [clock, patience, beat].forEach((each) => clear(each)));
  peer?.close();
  media.track?.stop();
  stream.getTracks().forEach((track) => track.stop());
  for (const each of ["voice", "own", "theirs"]) find(each).srcObject = null;
  const talked = how === "talked" && since;
  call = null;
  silence();
  views();
  over(how);
  const log = find("log");
  if (log) log.hidden = !talked || trace?.call.id !== frame?.call;
  if (talked && trace?.call.st === "talked") finish(trace);
  find("close").focus();
}

// Its length and the way to the log come with its message.
function finish(m) {
  find("note").textContent = length(m.call);
  const log = find("log");
  if (!log) return;
  log.href = logUrl(m);
  log.hidden = false;
}

line.on("change", (m) => {
  if (!m.call || m.call.outside) return;
  trace = m;
  if (!call && !box?.hidden && m.call.st === "talked" && box.dataset.state === "talked") finish(m);
});

// What the server says of the call.

const STANDS = {
  none: () => {
    hush();
    if (call) leave("lost");
  },
  ringing: (frame) => {
    if (frame.u !== me) return rings(frame);
    if (call?.id !== frame.call) return undefined;
    say("ringing");
    return ring({ loud: false });
  },
  live: (frame) => {
    const mine = frame.u === me ? 0 : 1;
    if (rung?.id === frame.call) hush();
    if (frame.devs[mine] !== dev) {
      if (call) leave("elsewhere");
      else if (frame.r === room) over("elsewhere");
      find("take").hidden = frame.r !== room;
      going = frame.call;
      return;
    }
    if (call && call.id !== frame.call) call.id = frame.call; // both rang at once: theirs is the one
    if (!call) return;
    call.st = "live";
    call.beat ??= setInterval(() => act("beat", frame.call), BEAT_MS);
    if (call.to !== frame.devs[1 - mine]) connect(frame, frame.devs[1 - mine]);
    else if (call.peer.pc.connectionState !== "connected") call.peer.restart();
  },
};

function ended(frame) {
  if (going === frame.call) {
    going = null;
    if (!call) box.hidden = true;
  }
  if (rung?.id === frame.call) hush();
  if (call?.id === frame.call) leave(frame.st, frame);
}

function refused({ call: id, code }) {
  if (!id || (call?.id !== id && rung?.id !== id)) return;
  hush();
  if (call) leave(word(code) ? code : "refused");
}

const look = () => give({ do: "look" });

line.on("sig", (frame) => {
  if (frame.code) refused(frame);
  else if (frame.st) (STANDS[frame.st] ?? ended)(frame);
  else if (call?.id === frame.call) call.peer && call.to === frame.from ? call.peer.hear(frame.data) : call.waiting.push(frame.data);
});

line.on("rings", (frame) => {
  if (frame) rings(frame);
  else if (rung) hush();
});

line.on("state", (state) => {
  if (state !== "open") {
    if (rung && wish === "#answer") {
      wish = "";
      needs("line-failed");
    }
    return;
  }
  look();
  if (rung) needs("");
  if (rung && wish === "#answer") answer();
  call?.unsent.splice(0).forEach(give);
  if (wish === "#call") {
    wish = "";
    place();
  }
});

// What is pressed.

const PRESSED = {
  button: place,
  answer,
  take: answer,
  decline,
  quiet: (button) => {
    const quiet = !isQuiet();
    beQuiet(quiet);
    button.setAttribute("aria-pressed", quiet);
    if (!quiet && rung) ring({ loud: true });
  },
  agree: () => {
    localStorage.setItem(KNOWN, "1");
    first.close();
    place();
  },
  end: () => call && (act("end", call.id) || leave("lost")),
  mute: () => {
    call.media.mic = !call.media.mic;
    call.stream.getAudioTracks().forEach((track) => (track.enabled = call.media.mic));
    call.peer?.sayMedia();
    press();
  },
  camera: () => show(call.media.video === "camera" ? null : "camera"),
  share: () => show(call.media.video === "screen" ? null : "screen"),
  low: () => {
    call.media.low = !call.media.low;
    if (call.media.low && call.media.video === "camera") show(null);
    call.peer?.limit();
    call.peer?.sayMedia();
    press();
  },
  close: () => {
    box.hidden = true;
    find("button")?.focus();
  },
};

if (box) {
  talk.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-press]");
    if (button) PRESSED[button.dataset.press](button);
  });
  bell.addEventListener("cancel", decline);
  if (!navigator.mediaDevices?.getDisplayMedia) find("share").hidden = true;
  if (navigator.mediaDevices && window.RTCPeerConnection) talk.querySelectorAll("[data-press=button]").forEach((button) => (button.hidden = false));
  addEventListener("pagehide", () => call && act("end", call.id));
  addEventListener("beforeunload", (event) => call && event.preventDefault());
}
