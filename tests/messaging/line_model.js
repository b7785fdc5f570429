// A server of one room and two devices of one person, by hand: every frame waits in its own direction until the scenario lets it
// go on, twice, later or not at all. The clock is ours, so a whole day takes no time.
async (scenario) => {
  const { Line } = await import("/static/js/talk/line.js");
  const kept = { WebSocket, fetch, setTimeout, clearTimeout };
  const changes = [];
  const said = new Map(); // by cid
  const devices = [];
  let now = 0;
  let timers = [];
  let numbers = 0;
  const settle = async () => {
    for (let i = 0; i < 12; i += 1) await null;
  };

  const frame = (change) => ({ t: "c", r: 1, ...change, w: {} });
  function commit(k, m) {
    changes.push({ s: changes.length + 1, k, m });
    for (const { socket, listens } of devices) if (listens) socket.down.push(frame(changes.at(-1)));
    return changes.length;
  }
  function say(f) {
    if (!said.has(f.cid)) said.set(f.cid, commit("message", { id: said.size + 1, cid: f.cid, u: 7, b: f.b }));
    return { t: "ok", cid: f.cid, r: 1, s: said.get(f.cid) };
  }
  const after = (seq) => changes.filter(({ s }) => s > seq).map(frame);

  // What the server does with the next frame of a device.
  function serve(device) {
    const f = device.socket?.up.shift();
    if (!f) return;
    const { down } = device.socket;
    if (f.t === "hello") {
      device.listens = true;
      const from = f.rooms[1];
      down.push({ t: "ready", heads: { 1: changes.length }, epochs: { 1: "1" }, read: { 1: 0 }, missed: changes.length - from }, ...after(from));
    }
    if (f.t === "get") down.push(...after(f.from - 1));
    if (f.t === "m") {
      const room = down.length;
      const ok = say(f);
      down.splice(room, 0, ok); // the answer first, then the change
    }
    if (f.t === "hb") down.push({ t: "hb", heads: { 1: changes.length } });
  }
  function cut(device) {
    const { socket } = device;
    if (!socket || socket.readyState === 3) return;
    socket.readyState = 3;
    device.listens = false;
    device.socket = null;
    socket.onclose({ code: 1006 });
  }
  function give(device, at, again) {
    const down = device.socket?.down ?? [];
    const f = down[at % Math.max(1, down.length)];
    if (!f) return;
    if (!again) down.splice(down.indexOf(f), 1);
    device.socket.onmessage({ data: JSON.stringify(f) });
  }
  function wait(ms) {
    now += ms;
    for (;;) {
      const due = timers.filter((timer) => timer.at <= now).sort((a, b) => a.at - b.at)[0];
      if (!due) return;
      timers = timers.filter((timer) => timer !== due);
      due.act();
    }
  }

  window.setTimeout = (act, ms = 0) => {
    timers.push({ id: (numbers += 1), act, at: now + Math.max(1, ms) });
    return numbers;
  };
  window.clearTimeout = (id) => (timers = timers.filter((timer) => timer.id !== id));
  let opening = null;
  window.WebSocket = Object.assign(class {
    constructor() {
      Object.assign(this, { readyState: 0, up: [], down: [] });
      opening = this;
    }
    send(text) {
      this.up.push(JSON.parse(text));
    }
    close() {
      const device = devices.find(({ socket }) => socket === this);
      if (device) cut(device);
    }
  }, { OPEN: 1, CLOSING: 2 });
  window.fetch = async (url, { body } = {}) => {
    const device = devices[Number(url.split("/")[2][0])];
    if (!device.http) throw new TypeError("away");
    const from = Number(url.match(/after=(?:1:)?(\d+)/)?.[1] ?? 0);
    const told = url.includes("changes") ? { epoch: "1", head: changes.length, more: false, changes: after(from) } : { frames: after(from) };
    return { ok: true, status: 200, headers: { get: () => "application/json" }, json: async () => (body ? say(JSON.parse(body)) : told) };
  };

  try {
    for (const number of [0, 1]) {
      const entries = new Map();
      const outbox = {
        entries,
        get: (cid) => entries.get(cid),
        drop: (cid) => entries.delete(cid),
        next: () => [...entries.values()][0],
      };
      const line = new Line({ room: 1, me: 7, head: 0, epoch: "1", changesUrl: `/changes/${number}`, waitUrl: `/wait/${number}`, postUrl: `/post/${number}`, token: "", outbox });
      const device = { line, outbox, log: [], http: false, listens: false };
      line.on("change", (m, k) => {
        outbox.drop(m.cid);
        device.log.push([k, m.id]);
      });
      line.connect = new Proxy(line.connect, {
        apply(connect) {
          opening = null;
          Reflect.apply(connect, line, []);
          if (opening) device.socket = opening;
        },
      });
      devices.push(device);
      line.connect();
    }
    const opens = (device) => {
      if (device.socket?.readyState !== 0) return;
      device.socket.readyState = 1;
      device.socket.onopen();
    };
    const written = [[], []];
    const steps = {
      say: (device, n) => {
        const cid = `${String((numbers += 1)).padStart(6, "0")}`;
        device.outbox.entries.set(cid, { cid, room: 1, body: `${n}` });
        written[devices.indexOf(device)].push(cid);
        device.line.flush();
      },
      other: () => commit("message", { id: -changes.length, cid: `x${changes.length}`, u: 8 }),
      edit: (_device, n) => changes.length && commit("edit", { ...changes[n % changes.length].m, rev: n }),
      serve,
      give: (device, n) => give(device, n, false),
      again: (device, n) => give(device, n, true),
      lose: (device, n) => {
        const down = device.socket?.down ?? [];
        const at = n % Math.max(1, down.length);
        if (down[at] && down[at].t !== "ready") down.splice(at, 1); // without it a socket has not begun
      },
      cut,
      opens,
      wait: (_device, n) => wait([50, 350, 1500, 11_000, 31_000, 70_000][n % 6]),
      http: (device, n) => (device.http = n % 2 === 1),
    };
    for (const [name, number, n] of scenario) {
      steps[name](devices[number], n);
      await settle();
    }
    // The line is back for good, and the server's heart beats.
    for (let round = 0; round < 400; round += 1) {
      for (const device of devices) {
        device.line.connect();
        opens(device);
        if (round % 40 === 39 && device.listens) device.socket.down.push({ t: "hb", heads: { 1: changes.length } });
        serve(device);
        give(device, 0, false);
      }
      wait(400);
      await settle();
      if (round > 50 && devices.every(({ log, outbox, socket }) => log.length === changes.length && !outbox.entries.size && !socket?.down.length)) break;
    }
    return {
      changes: changes.map(({ k, m }) => [k, m.id]),
      logs: devices.map(({ log }) => log),
      waiting: devices.map(({ outbox }) => outbox.entries.size),
      written,
      kept: changes.filter(({ k, m }) => k === "message" && m.u === 7).map(({ m }) => m.cid),
    };
  } finally {
    devices.forEach(({ line }) => (line.connect = () => {}));
    Object.assign(window, kept);
  }
}
