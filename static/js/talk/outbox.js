// What was written and is not yet acknowledged, kept on this device before the first try. One entry per message, so that
// two tabs never overwrite each other; the ids sort by time.
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

export class Outbox {
  constructor(me, room) {
    this.prefix = `outbox:${me}:${room}:`;
    this.unkept = new Map(); // where the browser refuses to store
  }

  put(entry) {
    try {
      localStorage.setItem(this.prefix + entry.cid, JSON.stringify(entry));
    } catch {
      this.unkept.set(entry.cid, entry);
    }
    return entry;
  }

  drop(cid) {
    localStorage.removeItem(this.prefix + cid);
    this.unkept.delete(cid);
  }

  get(cid) {
    return this.all().find((entry) => entry.cid === cid);
  }

  all() {
    const kept = Object.keys(localStorage)
      .filter((key) => key.startsWith(this.prefix))
      .map((key) => JSON.parse(localStorage.getItem(key)));
    return [...kept, ...this.unkept.values()].sort((a, b) => (a.cid < b.cid ? -1 : 1));
  }

  next() {
    return this.all().find((entry) => !entry.failed);
  }
}
