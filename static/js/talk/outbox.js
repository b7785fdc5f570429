// What was written and is not yet acknowledged, kept on this device before the first try and until the server has it. The ids
// sort by time. All tabs of a person see the same; that two send the same is no harm, the server makes one id once.
import { Shelf } from "../shelf.js";

let lastMs = 0;

export function uuid7() {
  lastMs = Math.max(Date.now(), lastMs + 1);
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  for (let i = 0; i < 6; i += 1) bytes[i] = Math.floor(lastMs / 2 ** (8 * (5 - i))) % 256;
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

// An entry as the server is told it: a message, an edit, a deletion, a sign, a pin.
const FRAMES = {
  m: ({ body, re, th, files }) => ({ b: body, re, th: th?.id, att: files?.map((file) => file.id) }),
  e: ({ id, rev, body }) => ({ m: id, rev, b: body }),
  d: ({ id }) => ({ m: id }),
  x: ({ id, sign, on }) => ({ m: id, x: sign, on }),
  p: ({ id, on }) => ({ m: id, on }),
};

export function frameOf(entry) {
  const kind = entry.t ?? "m";
  return { t: kind, cid: entry.cid, r: entry.room, ...FRAMES[kind](entry) };
}

// Where the browser can, the service worker sends what waits when the line is back, also after this page is closed.
const later = (me) => navigator.serviceWorker?.getRegistration("/").then((worker) => worker?.sync?.register(`outbox:${me}`)).catch(() => {});

const byTime = (a, b) => (a.cid < b.cid ? -1 : 1);
export const shelfOf = (me) => new Shelf(`outbox:${me}`);

// Tells: kept() (something can be sent); put(entry), sent(cid) and gone(cid), of another tab; unkept() (this browser stores nothing).
export class Outbox {
  constructor(me, room) {
    Object.assign(this, { room, shelf: shelfOf(me), entries: new Map(), writing: new Set() });
    for (const name of ["kept", "put", "sent", "gone", "unkept"]) this[`on${name}`] = () => {};
    this.tabs = new BroadcastChannel(`outbox:${me}:${room}`);
    this.tabs.onmessage = ({ data }) => this.hear(data);
    this.ready = this.load();
    const leave = () => this.next() && later(me);
    addEventListener("offline", leave);
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && leave());
    this.later = () => navigator.onLine || later(me);
  }

  async load() {
    try {
      const rows = await this.shelf.all();
      rows.filter((entry) => entry.room === this.room && !this.entries.has(entry.cid)).forEach((entry) => this.entries.set(entry.cid, entry));
    } catch {
      this.refuses();
    }
  }

  refuses() {
    if (this.isUnkept) return;
    this.isUnkept = true;
    this.onunkept();
  }

  hear({ put, sent, gone }) {
    if (put) this.entries.set(put.cid, put);
    else this.entries.delete(sent ?? gone);
    if (put) this.onput(put);
    else if (sent) this.onsent(sent);
    else this.ongone(gone);
  }

  put(entry) {
    const whole = { ...entry, room: this.room };
    this.entries.set(whole.cid, whole);
    this.writing.add(whole.cid);
    this.write(whole);
    return whole;
  }

  // Where the browser refuses to store, it is sent all the same, from memory.
  async write(entry) {
    try {
      await this.shelf.put([entry.cid, { ...entry, frame: frameOf(entry) }]);
      this.later();
      this.tabs.postMessage({ put: entry });
    } catch {
      this.refuses();
    }
    this.writing.delete(entry.cid);
    this.onkept();
  }

  /** The server has it, or has refused it for good. */
  drop(cid, told = { sent: cid }) {
    if (!this.entries.delete(cid)) return;
    this.shelf.drop(cid).catch(() => {});
    this.tabs.postMessage(told);
  }

  takeBack(cid) {
    this.drop(cid, { gone: cid });
  }

  get(cid) {
    return this.entries.get(cid);
  }

  all() {
    return [...this.entries.values()].sort(byTime);
  }

  /** Whether something would be lost with this page: what is in memory alone. */
  wouldLose() {
    return this.writing.size > 0 || Boolean(this.isUnkept && this.entries.size);
  }

  // The order of writing is kept, so what is being stored holds up what comes after it.
  next() {
    const first = this.all().find((entry) => !entry.failed);
    return first && !this.writing.has(first.cid) ? first : undefined;
  }
}
