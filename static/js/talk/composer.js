// Where one writes: Enter sends, a message may answer another one.
import { quote, textOf } from "./bubble.js";
import { field, form, line, list, one, outbox } from "./page.js";
import { uuid7 } from "./outbox.js";
import { toEnd } from "./reading.js";
import { sendsLater, takeReady } from "./upload.js";
import { showWaiting } from "./waiting.js";

const replying = one("[data-replying]");

form?.addEventListener("submit", (event) => {
  if (event.submitter?.hasAttribute("formaction")) return; // for later: the page asks when
  event.preventDefault();
  const body = field.value.trim();
  if (sendsLater()) return;
  const files = takeReady();
  if (!body && !files.length) return;
  const quoted = replying.hidden ? null : { name: replying.querySelector("bdi").textContent, text: replying.querySelector("[dir=auto]").textContent };
  showWaiting(outbox.put({ cid: uuid7(), body, files, re: Number(form.elements.reply_to.value) || null, quoted }));
  field.value = "";
  field.dispatchEvent(new Event("input", { bubbles: true }));
  answer(null);
  toEnd();
  line.flush();
  field.focus();
});

field?.addEventListener("keydown", (event) => {
  const finger = matchMedia("(pointer: coarse)").matches;
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing && !finger) {
    event.preventDefault();
    form.requestSubmit();
  }
  if (event.key === "Escape") answer(null);
});

// Quoting.

function answer(quoted) {
  if (!replying) return;
  form.elements.reply_to.value = quoted?.id ?? "";
  quote(replying, quoted);
  if (quoted) field.focus();
}

list.addEventListener("click", (event) => {
  const reply = event.target.closest("[data-does=reply]");
  if (!reply || !form) return;
  event.preventDefault();
  const bubble = reply.closest(".say");
  bubble.querySelector("details.menu").open = false;
  answer({ id: new URLSearchParams(reply.search).get("reply"), name: bubble.querySelector(".author bdi").textContent, text: textOf(bubble).slice(0, 140) });
});
one("[data-unreply]")?.addEventListener("click", (event) => {
  event.preventDefault();
  answer(null);
});
