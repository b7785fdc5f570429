// Calling somebody by name: after an @ the people of the conversation are suggested.
import { field, one } from "./page.js";

const list = one("[data-names]");
const names = JSON.parse(document.getElementById("talk-names")?.textContent ?? "[]");
const MOST = 6;
let place = 0;

const plain = (text) => text.toLocaleLowerCase().replace(/ي/g, "ی").replace(/ك/g, "ک").replace(/\u200c/g, " ");
const begun = () => /(?:^|\s)@([^@\n]{0,40})$/.exec(field.value.slice(0, field.selectionStart))?.[1];
const options = () => [...list.children];

function show() {
  const typed = begun();
  const found = typed === undefined ? [] : names.filter((name) => plain(name).startsWith(plain(typed)) && name !== typed).slice(0, MOST);
  list.hidden = !found.length;
  list.replaceChildren(...found.map(option));
  mark(0);
}

function option(name, number) {
  const item = Object.assign(document.createElement("li"), { id: `talk-name-${number}`, dir: "auto", textContent: name });
  item.role = "option";
  item.addEventListener("pointerdown", (event) => {
    event.preventDefault(); // the field stays in focus
    choose(name);
  });
  return item;
}

function mark(number) {
  place = number;
  options().forEach((item, at) => item.setAttribute("aria-selected", at === place));
  if (list.hidden) field.removeAttribute("aria-activedescendant");
  else field.setAttribute("aria-activedescendant", options()[place].id);
}

function choose(name) {
  const at = field.selectionStart;
  field.setRangeText(`${name} `, at - begun().length, at, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

if (field && names.length) {
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", list.id);
  field.addEventListener("input", show);
  field.addEventListener("blur", () => (list.hidden = true));
  field.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    const many = options().length;
    const does = {
      ArrowDown: () => mark((place + 1) % many),
      ArrowUp: () => mark((place + many - 1) % many),
      Enter: () => choose(options()[place].textContent),
      Tab: () => choose(options()[place].textContent),
      Escape: () => (list.hidden = true),
    }[event.key];
    if (!does || event.isComposing) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    does();
  });
}
