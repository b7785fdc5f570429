// Where one reads: the end of the talk stays in view for who is there, and what was seen there counts as read.
import { line, one, room, topic } from "./page.js";

const end = one("#end");
const newButton = one("[data-new]");
let atEnd = true;
let saving = 0;

export const isAtEnd = () => atEnd;

export function toEnd() {
  end.scrollIntoView({ block: "end" });
  scrollTo({ top: document.documentElement.scrollHeight });
}

export function offerEnd() {
  newButton.hidden = false;
}

// Said when the end is in view of somebody who looks.
export function saveRead() {
  if (topic) return; // what else was said has not been seen
  if (document.visibilityState !== "visible") return;
  if (!atEnd && !document.hasFocus()) return;
  clearTimeout(saving); // further up it is in sight (`dl`) but not read
  saving = setTimeout(() => {
    const frame = { t: atEnd ? "rd" : "dl", r: room, s: line.head };
    if (!line.give(frame) && atEnd) line.note(frame);
  }, 1000);
}

new IntersectionObserver(([entry]) => {
  atEnd = entry.isIntersecting;
  if (!atEnd) return;
  newButton.hidden = true;
  saveRead();
}, { rootMargin: "0px 0px 160px 0px" }).observe(end);
const resized = new ResizeObserver(() => atEnd && toEnd());
[".talk-head", ".compose-dock"].forEach((each) => resized.observe(one(each)));
document.addEventListener("visibilitychange", saveRead);
newButton.addEventListener("click", toEnd);
one("[data-first]")?.addEventListener("click", ({ currentTarget }) => {
  atEnd = false; // or the smaller dock would draw us back
  currentTarget.remove();
});
