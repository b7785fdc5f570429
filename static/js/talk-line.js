// The line to the server for one room. It connects again by itself, goes on from the last change it handed out, and hands out
// every change once and in order. Where no socket gets through it asks and sends over plain HTTP.
const FIRST_MS = 500;
const LONGEST_MS = 30_000;
const PATIENCE_MS = 300; // for a change that overtook another
const ANSWER_MS = 10_000; // for the acknowledgement of a message
const SILENCE_MS = 60_000; // more than two heartbeats
const POLL_MS = 5_000;
const TRIES_BEFORE_POLLING = 3;

export class Line {
  // `on`: change(message, kind), read(seq), typing(frame), presence(frame), sent(frame), refused(frame), state("open" | "polling" | "closed" | "signed-out")
  constructor({ room, me, head, changesUrl, sendUrl, form, outbox, on }) {
    Object.assign(this, { room, me, head, changesUrl, sendUrl, form, outbox, on });
    this.early = new Map();
    this.tries = 0;
    this.inFlight = null;
    addEventListener("online", () => this.connect());
    addEventListener("offline", () => this.socket?.close());
    document.addEventListener("visibilitychange", () => {
      this.give({ t: "pr", on: document.visibilityState === "visible" });
      if (document.visibilityState === "visible" && !this.isOpen) this.connect();
    });
    this.connect();
  }

  get isOpen() {
    return this.ready && this.socket?.readyState === WebSocket.OPEN;
  }

  connect() {
    clearTimeout(this.again);
    if (this.socket && this.socket.readyState < WebSocket.CLOSING) return;
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/talk`);
    this.socket = socket;
    socket.onopen = () => this.give({ t: "hello", v: 1, rooms: { [this.room]: this.head }, pr: document.visibilityState === "visible" });
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
    if (code === 4401) return this.on.state("signed-out");
    this.tries += 1;
    this.on.state(this.reachable ? "polling" : "closed");
    if (this.tries >= TRIES_BEFORE_POLLING) this.poll();
    const most = Math.min(LONGEST_MS, FIRST_MS * 2 ** this.tries);
    this.again = setTimeout(() => this.connect(), most / 2 + (Math.random() * most) / 2);
    return undefined;
  }

  listen() {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.socket.close(), SILENCE_MS);
  }

  give(frame) {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  hear(frame) {
    const hearing = {
      ready: () => {
        this.tries = 0;
        this.ready = true;
        this.reachable = false;
        this.on.state("open");
        this.on.read(frame.read[this.room] ?? 0);
        this.flush();
      },
      c: () => this.take(frame),
      gap: () => this.fetchChanges(frame.head),
      hb: () => (frame.heads[this.room] ?? 0) > this.head && this.ask(),
      rd: () => this.on.read(frame.s),
      ty: () => this.on.typing(frame),
      pr: () => this.on.presence(frame),
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
      const { m, w, k } = this.early.get(this.head);
      this.on.change({ ...m, ...w, mine: m.u === this.me }, k);
      this.early.delete(this.head);
    }
    clearTimeout(this.patience);
    if (this.early.size) this.patience = setTimeout(() => this.ask(), PATIENCE_MS);
  }

  ask() {
    this.give({ t: "get", r: this.room, from: this.head + 1 });
  }

  // Whether the server answered with all there is.
  async fetchChanges(serverHead) {
    if (serverHead < this.head) location.reload(); // the server was restored from a backup
    let more = true;
    while (more) {
      const answer = await fetch(`${this.changesUrl}?after=${this.head}`, { headers: { Accept: "application/json" } });
      if (answer.redirected || [403, 404].includes(answer.status)) this.on.state("signed-out");
      if (answer.redirected || !answer.ok) return false;
      const page = await answer.json();
      page.changes.forEach((frame) => this.take(frame));
      more = page.more;
    }
    return true;
  }

  async poll() {
    clearTimeout(this.polling);
    if (this.isOpen) return;
    try {
      this.reachable = await this.fetchChanges(this.head);
      if (this.reachable) {
        this.on.state("polling");
        await this.flush();
      }
    } catch {
      this.reachable = false;
      this.on.state("closed");
    }
    this.polling = setTimeout(() => this.poll(), POLL_MS);
  }

  // Messages: one at a time, so that their order is the order of writing.
  async flush() {
    const entry = this.inFlight ? null : this.outbox.next();
    if (!entry) return;
    const overSocket = this.isOpen;
    if (!overSocket && this.tries < TRIES_BEFORE_POLLING) return;
    this.inFlight = entry.cid;
    if (overSocket) {
      this.give({ t: "m", cid: entry.cid, r: this.room, b: entry.body, re: entry.re });
      this.answer = setTimeout(() => this.socket.close(), ANSWER_MS);
      return;
    }
    try {
      await this.post(entry);
    } finally {
      if (this.inFlight === entry.cid) this.release();
    }
  }

  async post(entry) {
    const body = new FormData(this.form);
    body.set("cid", entry.cid);
    body.set("body", entry.body);
    body.set("reply_to", entry.re ?? "");
    const answer = await fetch(this.sendUrl, { method: "POST", body, headers: { Accept: "application/json" } });
    if (answer.redirected || answer.status === 403) return this.on.state("signed-out");
    if (answer.status < 500) this.hear(await answer.json());
    return undefined;
  }

  release() {
    clearTimeout(this.answer);
    this.inFlight = null;
  }

  acknowledged(frame) {
    this.release();
    this.outbox.drop(frame.cid);
    this.on.sent(frame);
    this.flush();
  }

  refused(frame) {
    if (!frame.cid) {
      if (frame.code === "not_found") this.on.state("signed-out");
      else if (frame.code === "busy") setTimeout(() => this.ask(), frame.retry_ms);
      return;
    }
    this.release();
    if (frame.code === "busy") {
      setTimeout(() => this.flush(), frame.retry_ms);
      return;
    }
    this.on.refused(frame);
    this.flush();
  }
}
