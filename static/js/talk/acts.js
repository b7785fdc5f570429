// What is done to a message that stands already: a change of its words, a deletion, a sign. It shows at once and is kept in
// the outbox until the server has it; refused, the message looks as before.
import { toast } from "../toasts.js";
import { bubbleOfId, showKept, showState } from "./bubble.js";
import { uuid7 } from "./outbox.js";
import { line, list, outbox, word } from "./page.js";
import { showPin } from "./pins.js";
import { showSigns, signsOf, withMine } from "./signs.js";

const before = new Map(); // by cid: how to show the message as it was

export function act(entry) {
  show(outbox.put({ cid: uuid7(), ...entry }));
  line.flush();
}

const SHOWS = {
  e: (bubble, entry) => {
    const body = bubble.querySelector(".body");
    const [was, words] = [bubble.dataset.rev, [...body.childNodes]];
    body.textContent = entry.body;
    bubble.querySelector(".state").textContent = `· ${word("saving")}`;
    return () => bubble.dataset.rev === was && (body.replaceChildren(...words), showState(bubble));
  },
  d: (bubble) => {
    const body = bubble.querySelector(".body");
    const words = [...body.childNodes];
    bubble.classList.add("gone");
    body.textContent = word("gone");
    return () => (bubble.classList.remove("gone"), body.replaceChildren(...words));
  },
  x: (bubble, { sign, on }) => {
    const mine = (set) => showSigns(bubble, withMine(signsOf(bubble), sign, set));
    mine(on);
    return () => mine(!on);
  },
  p: (bubble, { on }) => {
    showPin(bubble, on);
    return () => showPin(bubble, !on);
  },
};

function show(entry) {
  const bubble = SHOWS[entry.t] && bubbleOfId(entry.id);
  if (entry.t === "e" && Number(bubble?.dataset.rev) > entry.rev) return; // it is there, or refused as stale
  if (bubble) before.set(entry.cid, SHOWS[entry.t](bubble, entry));
}

export const showAllActs = () => outbox.all().forEach(show);

line.on("change", (m) => outbox.all().filter((entry) => entry.id === m.id).forEach(show));
line.on("sent", (entry) => {
  before.delete(entry.cid);
  const bubble = entry.t === "e" && bubbleOfId(entry.id);
  if (bubble) showState(bubble);
});
line.on("refused", (entry, { code }) => {
  if (!SHOWS[entry.t]) return;
  outbox.drop(entry.cid);
  before.get(entry.cid)?.();
  before.delete(entry.cid);
  toast(word(code) ?? word("not-done"), "warning");
});

const idOf = (button) => {
  const bubble = button.closest(".say");
  const menu = bubble.querySelector("details.menu");
  const inside = menu.contains(document.activeElement);
  menu.open = false;
  if (inside) menu.querySelector("summary").focus();
  return Number(bubble.dataset.id);
};

list.addEventListener("click", (event) => {
  const button = event.target.closest("[data-does=pin]");
  if (!button) return;
  event.preventDefault();
  const pin = { t: "p", id: idOf(button), on: button.name === "on" };
  act(pin);
  toast(word(pin.on ? "pinned" : "unpinned"), "good", { word: word("undo"), undo: () => act({ ...pin, on: !pin.on }) });
});

// Kept for oneself: nobody else hears of it, so it takes a way of its own.
list.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-does=save]");
  if (!button) return;
  event.preventDefault();
  const bubble = bubbleOfId(idOf(button));
  const on = button.name === "on";
  const body = new URLSearchParams({ csrfmiddlewaretoken: line.token, [button.name]: 1 });
  const answer = await fetch(button.formAction, { method: "POST", body, headers: { Accept: "application/json" } }).catch(() => null);
  if (answer?.status !== 204) return toast(word("not-done"), "warning");
  showKept(bubble, on);
  toast(word(on ? "kept" : "unkept"), "good", { word: word("undo"), undo: () => button.click() });
  return undefined;
});

list.addEventListener("click", (event) => {
  const button = event.target.closest("[data-does=react]");
  if (!button) return;
  event.preventDefault();
  const bubble = button.closest(".say");
  const mine = bubble.querySelector(`.signs [value="${button.value}"]`);
  act({ t: "x", id: idOf(button), sign: button.value, on: mine?.name !== "off" });
});
