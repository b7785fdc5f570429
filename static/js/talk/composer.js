// Where one writes: Enter sends for those who want it so, a message may answer another one.
import { quote, textOf } from "./bubble.js";
import { field, form, line, list, one, outbox, topic } from "./page.js";
import { uuid7 } from "./outbox.js";
import { toEnd } from "./reading.js";
import { sendsLater, takeReady } from "./upload.js";
import { showWaiting } from "./waiting.js";

const replying = one("[data-replying]");
const about = one("[data-in-topic]");
const heading = one(".talk-topic bdi");

form?.addEventListener("submit", (event) => {
  const later = event.submitter?.hasAttribute("formaction");
  const coming = sendsLater(event.submitter);
  if (coming || !later) event.preventDefault();
  if (coming) return;
  const files = takeReady();
  if (later) return bring(files);
  const body = field.value.trim();
  if (!body && !files.length) return;
  const quoted = replying.hidden ? null : { name: replying.querySelector("bdi").textContent, text: replying.querySelector("[dir=auto]").textContent };
  showWaiting(outbox.put({ cid: uuid7(), body, files, re: Number(form.elements.reply_to.value) || null, th: topicNow(), quoted }));
  field.value = "";
  field.dispatchEvent(new Event("input", { bubbles: true }));
  answer(null);
  within(null);
  toEnd();
  line.flush();
  field.focus();
});

// For later the page asks when; what was uploaded already goes by its name.
function bring(files) {
  form.append(...files.map(({ id }) => Object.assign(document.createElement("input"), { type: "hidden", name: "att", value: id })));
}

field?.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && sends(event)) {
    event.preventDefault();
    form.requestSubmit();
  }
  if (event.key !== "Escape") return;
  answer(null);
  within(null);
});

// On the keyboard of a phone Enter begins a new line, whatever one wants elsewhere: it has no Shift to begin one with.
const phone = matchMedia("(pointer: coarse)").matches;
if (field && !phone) field.setAttribute("aria-describedby", `${field.getAttribute("aria-describedby")} compose-keys`);

function sends(event) {
  if (event.isComposing || event.shiftKey) return false;
  return event.ctrlKey || event.metaKey || ("enterSends" in form.dataset && !phone);
}

// The topic that one answers in: that of a quoted message, or the one that is read alone.

function topicNow() {
  const id = Number(form.elements.topic.value);
  return id ? { id, title: (topic ? heading : about.querySelector("bdi")).textContent } : null;
}

function within(th) {
  if (topic || !about) return;
  form.elements.topic.value = th?.id ?? "";
  about.hidden = !th;
  about.querySelector("bdi").textContent = th?.title ?? "";
}

one("[data-untopic]")?.addEventListener("click", (event) => {
  event.preventDefault();
  within(null);
  field.focus();
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
  within(bubble.dataset.topic ? { id: bubble.dataset.topic, title: bubble.querySelector(".topic bdi").textContent } : null);
  answer({ id: new URLSearchParams(reply.search).get("reply"), name: bubble.querySelector(".author bdi").textContent, text: textOf(bubble).slice(0, 140) });
});
one("[data-unreply]")?.addEventListener("click", (event) => {
  event.preventDefault();
  answer(null);
});
