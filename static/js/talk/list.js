// The page of conversations: it listens to all of them, as with little data, for nobody is "here" who only looks at the list.
import { Line } from "./line.js";
import { headsOf, keepNew } from "./rooms.js";

const list = document.querySelector(".thread-list");
const { room, head, epoch, changes } = list.firstElementChild.dataset;
const line = new Line({
  room: Number(room),
  head: Number(head),
  epoch,
  changesUrl: changes,
  waitUrl: "/rooms/changes",
  outbox: { next: () => null },
  low: true,
  others: () => headsOf(list),
});
line.on("change", () => line.tell("elsewhere"));
keepNew(list, line, location.href);
line.connect();
