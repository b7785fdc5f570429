// The line to the server for one room. It connects again by itself, goes on from the last change it handed out, and hands out
// every change once and in order. Where no socket gets through it asks and sends over plain HTTP.
import { frameOf, uuid7 } from "./outbox.js";

const FIRST_MS = 500;
const LONGEST_MS = 30_000;
const PATIENCE_MS = 300; // for a change that overtook another
const ANSWER_MS = 10_000; // for the acknowledgement of a message
const SILENCE_MS = 60_000; // more than two heartbeats
const POLL_MS = 5_000; // after a failure
const TRIES_BEFORE_POLLING = 3;
const CROWDED = 4009; // too many pages of one person
const MOST_INSISTED = 50;
const OF_A_ROOM = new Set(["c", "gap", "rd", "ty", "dr", "rs", "pr"]);

// Told: elsewhere() when something happened in another room, change(message, kind), taken(frame), missed(how many), read(seq), typing(frame), presence(frame), draft(frame), rest(on), sig(frame), rings(frame or null, where only asking tells it), sent(entry, frame), refused(entry, frame), state("open" | "polling" | "closed" | "signed-out")
const isJson = (answer) => answer.headers.get("Content-Type")?.startsWith("application/json");

export class Line extends EventTarget {
  constructor({ room, me, head, epoch, changesUrl, waitUrl, postUrl, token, outbox, low, others = () => ({}) }) {
    super();
    Object.assign(this, { room, me, head, epoch, changesUrl, waitUrl, postUrl, token, outbox, low, others });
    this.early = new Map();
    this.insisted = new Map();
    this.tries = 0;
    this.inFlight = null;
    this.noted = 0;
    addEventListener("online", () => this.connect());
    addEventListener("offline", () => this.socket?.close());
    document.addEventListener("visibilitychange", () => {
      if (!this.low) this.give({ t: "pr", on: document.visibilityState === "visible" });
      if (document.visibilityState === "visible" && !this.isOpen) this.connect();
    });
  }

  on(what, act) {
    this.addEventListener(what, (event) => act(...event.detail));
  }

  tell(what, ...detail) {
    this.dispatchEvent(new CustomEvent(what, { detail }));
  }

  get isOpen() {
    return this.ready && this.socket?.readyState === WebSocket.OPEN;
  }

  get carries() {
    return this.isOpen || this.reachable;
  }

  connect() {
    clearTimeout(this.again);
    if (this.socket && this.socket.readyState < WebSocket.CLOSING) return;
    this.listen(); // also to a server that never begins
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/talk${this.low ? "?low" : ""}`);
    this.socket = socket;
    const wishes = this.low ? { low: true } : { pr: document.visibilityState === "visible" };
    socket.onopen = () => this.give({ t: "hello", v: 1, rooms: { ...this.others(), [this.room]: this.head }, ...wishes });
    socket.onmessage = (event) => {
      this.listen();
      this.hear(JSON.parse(event.data));
    };
    socket.onclose = (event) => {
      if (socket === this.socket) this.lost(event.code);
    };
  }

  lost(code) {
    clearTimeout(this.silence);
    this.ready = false;
    this.release();
    if (code === 4401) return this.tell("state", "signed-out");
    if (code === CROWDED && document.visibilityState !== "visible") return undefined; // when somebody looks
    this.tries += 1;
    this.tell("state", this.reachable ? "polling" : "closed");
    if (this.tries >= TRIES_BEFORE_POLLING) this.poll();
    const most = Math.min(LONGEST_MS, FIRST_MS * 2 ** this.tries);
    this.again = setTimeout(() => this.connect(), most / 2 + (Math.random() * most) / 2);
    return undefined;
  }

  listen() {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.socket?.close(), SILENCE_MS);
  }

  give(frame) {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  // Given, and given again for as long as the server is too busy for it.
  insist(frame) {
    const cid = uuid7();
    if (!this.give({ ...frame, cid })) return false;
    this.insisted.set(cid, frame);
    if (this.insisted.size > MOST_INSISTED) this.insisted.delete(this.insisted.keys().next().value);
    return true;
  }

  hear(frame) {
    if (OF_A_ROOM.has(frame.t) && frame.r !== this.room) {
      if (["c", "gap"].includes(frame.t)) this.tell("elsewhere");
      return;
    }
    const hearing = {
      ready: () => {
        if (this.isOfAnotherTime(frame.epochs[this.room])) return;
        this.tries = 0;
        this.ready = true;
        this.reachable = false;
        this.tell("state", "open");
        this.tell("read", frame.read[this.room] ?? 0);
        this.tell("missed", frame.heads[this.room] - this.head);
        this.flush();
      },
      c: () => this.take(frame),
      gap: () => this.fetchChanges(),
      hb: () => {
        if (this.isOfAnotherTime(frame.epochs?.[this.room])) return;
        if ((frame.heads[this.room] ?? 0) > this.head) this.ask();
        this.flush(); // of another tab that was closed
      },
      rd: () => this.tell("read", frame.s),
      ty: () => this.tell("typing", frame),
      dr: () => this.tell("draft", frame),
      rs: () => this.tell("rest", frame.on),
      sig: () => this.tell("sig", frame),
      pr: () => this.tell("presence", frame),
      ok: () => this.acknowledged(frame),
      no: () => this.refused(frame),
    };
    hearing[frame.t]?.();
  }

  // Changes: the next one is handed out at once, an early one waits for those before it.
  take(frame) {
    if (frame.s <= this.head) return;
    this.early.set(frame.s, frame);
    while (this.early.has(this.head + 1)) {
      this.head += 1;
      const taken = this.early.get(this.head);
      const { m, w, k } = taken;
      this.tell("change", { ...m, ...w, mine: m.u === this.me }, k);
      this.tell("taken", taken);
      this.early.delete(this.head);
    }
    clearTimeout(this.patience);
    if (this.early.size) this.patience = setTimeout(() => this.ask(), PATIENCE_MS);
  }

  ask() {
    this.give({ t: "get", r: this.room, from: this.head + 1 });
  }

  // Restored from a backup: our numbers mean nothing there any more, everything is read anew.
  isOfAnotherTime(epoch = this.epoch, head = this.head) {
    if (epoch === this.epoch && head >= this.head) return false;
    location.reload();
    return true;
  }

  // Whether the server answered with all there is.
  async fetchChanges() {
    let more = true;
    while (more) {
      const answer = await fetch(`${this.changesUrl}?after=${this.head}`, { headers: { Accept: "application/json" } });
      if (answer.redirected || [403, 404].includes(answer.status)) this.tell("state", "signed-out");
      if (answer.redirected || !answer.ok) return false;
      const page = await answer.json();
      if (this.isOfAnotherTime(page.epoch, page.head)) return false;
      page.changes.forEach((frame) => this.take(frame));
      more = page.more;
    }
    return true;
  }

  async poll() {
    clearTimeout(this.polling);
    if (this.isOpen || this.isAsking) return;
    this.isAsking = true;
    let answered = false;
    try {
      answered = await this.wait();
    } catch {
      this.reachable = false;
      this.tell("state", "closed");
    }
    this.isAsking = false;
    this.polling = setTimeout(() => this.poll(), answered ? 0 : POLL_MS);
  }

  // The first time at once, to learn whether the server can be reached; then it answers as soon as there is news.
  async wait() {
    if (!this.reachable) {
      this.reachable = await this.fetchChanges();
      if (this.reachable) this.tell("state", "polling");
      if (this.reachable) this.flush();
      return this.reachable;
    }
    const answer = await fetch(`${this.waitUrl}?after=${this.room}:${this.head}${this.rung ? `&rings=${this.rung}` : ""}`);
    if (answer.status === 401) {
      this.reachable = false;
      this.tell("state", "signed-out");
    }
    if (!answer.ok) return false;
    const { frames, epochs, rings } = await answer.json();
    if (this.isOfAnotherTime(epochs[this.room])) return false;
    this.rung = rings?.call;
    if (!this.isOpen) this.tell("rings", rings); // the socket that came meanwhile knows better
    this.tell("missed", frames.length);
    frames.forEach((frame) => this.hear(frame));
    this.flush();
    return true;
  }

  // What was written: one at a time, so that its order is the order of writing.
  async flush() {
    const entry = this.inFlight ? null : this.outbox.next();
    if (!entry) return;
    const overSocket = this.isOpen;
    if (!overSocket && this.tries < TRIES_BEFORE_POLLING) return;
    this.inFlight = entry.cid;
    const frame = frameOf(entry);
    if (overSocket) {
      this.give(frame);
      this.answer = setTimeout(() => this.socket.close(), ANSWER_MS);
      return;
    }
    try {
      await this.post(frame);
    } catch {
      // tried again after the next answer
    } finally {
      if (this.inFlight === entry.cid) this.release();
    }
  }

  request(frame) {
    const headers = { "Content-Type": "application/json", "Idempotency-Key": frame.cid, "X-CSRFToken": this.token };
    return fetch(this.postUrl, { method: "POST", body: JSON.stringify(frame), headers });
  }

  async post(frame) {
    const answer = await this.request(frame);
    if (answer.redirected || answer.status === 403 && !isJson(answer)) return this.tell("state", "signed-out");
    if (isJson(answer)) this.hear(await answer.json());
    return undefined;
  }

  // What is only noted, where no socket says it. Whether it was.
  async put(frame) {
    if (!this.reachable) return false;
    const answer = await this.request({ ...frame, cid: uuid7() }).catch(() => null);
    return Boolean(answer?.ok);
  }

  // How far was read.
  async note(frame) {
    if (!this.reachable || frame.s <= this.noted) return;
    this.noted = frame.s;
    if (!(await this.put(frame))) this.noted = 0;
  }

  release() {
    clearTimeout(this.answer);
    this.inFlight = null;
  }

  acknowledged(frame) {
    this.release();
    const entry = this.outbox.get(frame.cid);
    this.outbox.drop(frame.cid);
    this.tell("sent", entry ?? {}, frame);
    this.flush();
  }

  refused(frame) {
    const insisted = this.insisted.get(frame.cid);
    if (insisted) {
      this.insisted.delete(frame.cid);
      if (frame.code === "busy") setTimeout(() => this.insist(insisted), frame.retry_ms);
      else this.tell("sig", frame);
      return undefined;
    }
    if (frame.call) return this.tell("sig", frame);
    if (!frame.cid) {
      if (frame.code === "not_found" && frame.r === this.room) this.tell("state", "signed-out");
      else if (frame.code === "busy") setTimeout(() => this.ask(), frame.retry_ms);
      return;
    }
    this.release();
    if (frame.code === "busy") {
      setTimeout(() => this.flush(), frame.retry_ms);
      return;
    }
    const entry = this.outbox.get(frame.cid);
    if (entry) this.tell("refused", entry, frame);
    this.flush();
  }
}
