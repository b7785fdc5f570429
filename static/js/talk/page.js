// The page of a conversation: its places, its words, and the line and the outbox that all of it shares.
import { Line } from "./line.js";
import { Outbox } from "./outbox.js";
import { headsOf, keepNew } from "./rooms.js";

export const talk = document.querySelector("[data-talk]");
export const one = (selector) => talk.querySelector(selector);
export const word = (name) => talk.getAttribute(`data-word-${name}`);
export const list = one(".talk");
export const form = one("[data-compose]");
export const field = form?.elements.body;
export const room = Number(talk.dataset.room);
export const topic = Number(talk.dataset.topic) || null; // that is read alone
export const me = Number(talk.dataset.me);
export const isKept = "kept" in document.documentElement.dataset; // of this device, without a line
export const low = "low" in document.documentElement.dataset; // little data

const rooms = document.querySelector(".talk-side .thread-list");
export const outbox = new Outbox(me, room);
const status = one("[data-status]");

/** Read out once, also when the same words were read out before. */
export function announce(words) {
  status.textContent = "";
  setTimeout(() => (status.textContent = words), 100);
}

export const line = new Line({
  room,
  me,
  head: Number(talk.dataset.head),
  epoch: talk.dataset.epoch,
  changesUrl: talk.dataset.changes,
  waitUrl: "/rooms/changes",
  postUrl: talk.dataset.post,
  token: one("[name=csrfmiddlewaretoken]").value,
  outbox,
  low,
  others: () => (low ? {} : headsOf(rooms)),
});
if (rooms && !low) keepNew(rooms, line, "/rooms/");
outbox.onkept = () => line.flush();
