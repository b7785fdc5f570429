// The open topics beside the conversation, as they are now: asked anew when one begins, is closed or is answered in.
import { showTopic } from "./bubble.js";
import { field, line, one, topic } from "./page.js";
import { newest } from "../newest.js";

const REST_MS = 800; // several answers at once are one question
const list = document.querySelector("[data-topics]");
const bar = one("[data-topics-bar]");
const isOpen = !one(".talk-topic [name=on]"); // of the topic that is read alone
const ask = newest(`${list?.dataset.topics}?now`);
let resting = 0;

async function refresh() {
  const page = await ask();
  if (!page) return;
  const now = page.querySelector("[data-topics]");
  list.hidden = now.hidden;
  if (!list.contains(document.activeElement)) list.replaceChildren(...now.childNodes);
  list.querySelector(`[data-topic-row="${topic}"]`)?.setAttribute("aria-current", "page");
  if (!bar) return;
  const told = page.querySelector("[data-topics-bar]");
  bar.hidden = told.hidden;
  bar.replaceChildren(...told.childNodes);
}

line.on("change", (m, kind) => {
  if (!m.th || !list) return;
  if (kind === "topic") for (const link of document.querySelectorAll(`.say .topic[href="?topic=${m.th.id}"]`)) showTopic(link.closest(".say"), m.th);
  if (kind === "topic" && m.th.id === topic) one(".talk-topic bdi").textContent = m.th.title;
  if (kind === "topic" && m.th.id === topic && m.th.open !== isOpen && !field?.value) location.reload();
  clearTimeout(resting);
  resting = setTimeout(refresh, REST_MS);
});
