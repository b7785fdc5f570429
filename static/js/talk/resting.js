// Somebody here is kept apart from the reader, or not any more: the page says so at once, and no word of theirs is lost by it.
import { announce, form, line, one } from "./page.js";

const notice = one("[data-rests]");

function show(on) {
  if (!notice || notice.hidden !== on) return; // closed, only to read, or known already
  if (!form) return location.reload(); // there was nothing to write with
  notice.hidden = !on;
  form.hidden = on;
  for (const each of document.querySelectorAll("[data-awake], [data-call-button]")) each.hidden = on;
  if (on) announce(notice.textContent.trim());
  return undefined;
}

line.on("rest", show);
line.on("refused", (_entry, { code }) => code === "resting" && show(true));
