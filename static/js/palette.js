// Where to? A dialog over any page that finds pages, people and conversations while one types. The same stands on a page of
// its own, for those without scripts.
const dialog = document.querySelector("[data-palette]");
const form = dialog?.querySelector("form");
const found = dialog?.querySelector("[data-found]");
const told = dialog?.querySelector("[data-told]");
const WAIT_MS = 120;
let turn = 0;
let waiting = 0;

/** Open it; `writing` shows conversations only. */
export function openPalette({ writing = false } = {}) {
  if (!dialog || dialog.open) return;
  form.reset();
  form.elements.write.disabled = !writing;
  dialog.querySelector("[data-where]").hidden = writing;
  dialog.querySelector("[data-whom]").hidden = !writing;
  dialog.showModal();
  find();
}

async function find() {
  const mine = ++turn;
  const asked = new URLSearchParams(new FormData(form));
  asked.set("part", "");
  const answer = await fetch(`${form.action}?${asked}`).catch(() => null);
  const html = answer?.ok && !answer.redirected ? await answer.text().catch(() => null) : null;
  if (mine !== turn) return;
  const at = ways().indexOf(document.activeElement);
  if (html !== null) found.innerHTML = html;
  else found.replaceChildren(Object.assign(document.createElement("p"), { className: "why", textContent: dialog.dataset.wordAway }));
  told.textContent = found.querySelector("[data-count]")?.textContent ?? found.textContent.trim();
  if (at >= 0) (ways()[at] ?? form.elements.q).focus(); // whoever was among the ways already stays there
}

const ways = () => [...found.querySelectorAll("a, button")];

form?.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(find, WAIT_MS);
});

form?.addEventListener("submit", (event) => {
  const first = ways()[0];
  if (!first) return;
  event.preventDefault();
  first.click();
});

// Arrows go from the field through what was found and back; whoever types on is in the field again.
dialog?.addEventListener("keydown", (event) => {
  const stops = [form.elements.q, ...ways()];
  const at = stops.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1 }[event.key];
  if (to !== undefined && stops[to]) {
    event.preventDefault();
    stops[to].focus();
  }
  const types = event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey;
  if (at > 0 && types) form.elements.q.focus();
});

// To a place on the page one is on already.
found?.addEventListener("click", (event) => {
  if (event.target.closest("a")) dialog.close();
});

document.addEventListener("click", (event) => {
  if (!dialog || !event.target.closest("[data-goes]")) return;
  event.preventDefault();
  openPalette();
});
