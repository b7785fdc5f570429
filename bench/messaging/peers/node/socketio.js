import { createServer } from "node:http";
import { Server } from "socket.io";
import { keep, port, signedIn } from "./kept.js";

const server = createServer((_request, answer) => answer.end());
const io = new Server(server, { transports: ["websocket"], maxHttpBufferSize: 65536 });

io.use(async (socket, next) => {
  socket.data.person = await signedIn(socket.request);
  next(socket.data.person ? undefined : new Error("not signed in"));
});

io.on("connection", (socket) => {
  const { person } = socket.data;
  socket.join(person.rooms.map((room) => `room ${room}`));
  socket.on("m", async (frame) => {
    const kept = await keep(person, frame);
    if (!kept) return socket.emit("no", { cid: frame.cid });
    socket.emit("ok", { cid: frame.cid, r: frame.r, s: kept.seq, id: kept.id, ts: kept.created_at });
    if (!kept.again) {
      io.to(`room ${frame.r}`).emit("c", { r: frame.r, s: kept.seq, id: kept.id, cid: frame.cid, u: person.id, b: frame.b, ts: kept.created_at });
    }
    return undefined;
  });
  socket.emit("ready", {});
});

server.listen(port, "127.0.0.1");
