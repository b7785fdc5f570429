// A voice note: recorded here, then a file like any other.
import { toast } from "../toasts.js";
import { minutes } from "./files.js";
import { field, one } from "./page.js";
import { add } from "./upload.js";

const LONGEST_S = 10 * 60;
const TYPES = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];
const record = one("[data-record]");
const box = one("[data-voice]");
let recorder = null;

function show() {
  const seconds = (Date.now() - recorder.startedAt) / 1000;
  one("[data-voice-time]").textContent = minutes(seconds);
  if (seconds >= LONGEST_S) recorder.stop();
}

async function begin() {
  record.disabled = true; // pressed twice, it would record twice
  const type = TYPES.find((each) => MediaRecorder.isTypeSupported(each));
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  } catch {
    record.disabled = false;
    return toast(one("[data-files]").dataset.wordNoMicrophone, "warning");
  }
  const pieces = [];
  recorder = new MediaRecorder(stream, { mimeType: type, audioBitsPerSecond: 32_000 });
  recorder.startedAt = Date.now();
  const clock = setInterval(show, 500);
  recorder.addEventListener("dataavailable", (event) => pieces.push(event.data));
  recorder.addEventListener("stop", () => {
    clearInterval(clock);
    stream.getTracks().forEach((track) => track.stop());
    if (!recorder.dropped) keep(pieces, type, Math.round((Date.now() - recorder.startedAt) / 1000));
    recorder = null;
    box.hidden = true;
    record.disabled = false;
    field.focus();
  });
  recorder.start();
  box.hidden = false;
  show();
  one("[data-voice-stop]").focus();
  return undefined;
}

function keep(pieces, type, seconds) {
  const [mime] = type.split(";");
  const ending = { "audio/webm": "webm", "audio/mp4": "m4a", "audio/ogg": "ogg" }[mime];
  const file = new File(pieces, `${one("[data-files]").dataset.wordVoice}.${ending}`, { type: mime });
  add(Object.assign(file, { seconds }));
}

if (record && window.MediaRecorder && navigator.mediaDevices) {
  record.hidden = false;
  record.addEventListener("click", begin);
  one("[data-voice-stop]").addEventListener("click", () => recorder?.stop());
  one("[data-voice-drop]").addEventListener("click", () => {
    if (recorder) recorder.dropped = true;
    recorder?.stop();
  });
}
