// The sound of ringing, made here: two soft notes, again and again. Whoever does not want it hears none on this device.
const KEY = "call:quiet";
const EVERY_MS = 3_000;
let sound = null;
let again = 0;

export const isQuiet = () => localStorage.getItem(KEY) === "1";

export function beQuiet(quiet) {
  localStorage.setItem(KEY, quiet ? "1" : "0");
  if (quiet) silence();
}

function note(frequency, at, loud) {
  const [tone, gain] = [sound.createOscillator(), sound.createGain()];
  tone.frequency.value = frequency;
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(loud, at + 0.03);
  gain.gain.exponentialRampToValueAtTime(0.0001, at + 0.7);
  tone.connect(gain).connect(sound.destination);
  tone.start(at);
  tone.stop(at + 0.75);
}

function play(loud) {
  const at = sound.currentTime + 0.05;
  note(659.3, at, loud);
  note(523.3, at + 0.35, loud);
}

// `loud`: for whoever is rung; whoever rings hears it softly.
export function ring({ loud }) {
  if (sound || (loud && isQuiet())) return;
  sound = new AudioContext();
  const volume = loud ? 0.25 : 0.06;
  play(volume);
  again = setInterval(() => play(volume), EVERY_MS);
  if (loud && navigator.userActivation?.hasBeenActive) navigator.vibrate?.([300, 150, 300]);
}

export function silence() {
  clearInterval(again);
  sound?.close();
  sound = null;
}
