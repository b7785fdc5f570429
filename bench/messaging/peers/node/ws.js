import { createServer } from "node:http";
import { WebSocketServer } from "ws";
import { keep, port, signedIn } from "./kept.js";

const rooms = new Map();
const server = createServer((_request, answer) => answer.end());
const sockets = new WebSocketServer({ noServer: true, maxPayload: 65536 });

server.on("upgrade", async (request, socket, head) => {
  const person = await signedIn(request);
  if (!person) return socket.destroy();
  return sockets.handleUpgrade(request, socket, head, (ws) => join(ws, person));
});

function join(ws, person) {
  for (const room of person.rooms) {
    if (!rooms.has(room)) rooms.set(room, new Set());
    rooms.get(room).add(ws);
  }
  ws.on("message", (data) => hear(ws, person, JSON.parse(data)));
  ws.on("close", () => person.rooms.forEach((room) => rooms.get(room).delete(ws)));
  ws.send(JSON.stringify({ t: "ready" }));
}

async function hear(ws, person, frame) {
  const kept = await keep(person, frame);
  if (!kept) return ws.send(JSON.stringify({ t: "no", cid: frame.cid }));
  ws.send(JSON.stringify({ t: "ok", cid: frame.cid, r: frame.r, s: kept.seq, id: kept.id, ts: kept.created_at }));
  if (kept.again) return undefined;
  const change = JSON.stringify({ t: "c", r: frame.r, s: kept.seq, id: kept.id, cid: frame.cid, u: person.id, b: frame.b, ts: kept.created_at });
  for (const other of rooms.get(frame.r)) other.send(change);
  return undefined;
}

server.listen(port, "127.0.0.1");
