// Subjects and fields of study, suggested while one types. The boxes and the select of the page stay the only truth:
// boxes are moved, never copied.
import { suggest } from "./suggest.js";

function enhancePicker(root) {
  const most = Number(root.dataset.most);
  const chosen = root.querySelector(".concepts-chosen");
  const full = root.querySelector("[data-full]");
  const own = root.closest("form").elements.namedItem(root.dataset.own ?? "");
  const rows = new Map(
    [...root.querySelectorAll(".concept")].map((item) => {
      const box = item.querySelector("input");
      const home = root.querySelector(`[data-group="${item.dataset.home}"]`) ?? document.createElement("ul");
      return [box.value, { item, box, home, name: item.querySelector("label").textContent.trim() }];
    }),
  );

  function removeButton(name) {
    const button = root.querySelector("template").content.cloneNode(true).firstElementChild;
    button.ariaLabel = button.ariaLabel.replace("{name}", name);
    return button;
  }

  function settle() {
    for (const { item, home, box, name } of rows.values()) {
      const target = box.checked ? chosen : home;
      if (item.parentElement !== target) target.append(item);
      const button = item.querySelector("[data-remove]");
      if (box.checked && !button) item.append(removeButton(name));
      if (!box.checked) button?.remove();
    }
    const isFull = chosen.children.length >= most;
    for (const { box } of rows.values()) box.disabled = isFull && !box.checked;
    full.hidden = !isFull;
  }

  function choose({ box, name }) {
    box.checked = true;
    input.value = "";
    settle();
    say(root.dataset.chosen.replace("{name}", name));
  }

  function keep(words) {
    own.value = own.value.trim() ? `${own.value.trimEnd()}\n${words}` : words;
    own.dispatchEvent(new Event("input", { bubbles: true }));
    input.value = "";
    say(root.dataset.kept.replace("{words}", words));
  }

  const { input, say } = suggest(root.querySelector(".suggest"), rows, ({ typed, hits, near }) => {
    if (!full.hidden) return [];
    const lines = hits.map(({ row, word }) => ({
      name: row.name,
      note: row.box.checked ? root.dataset.already : word,
      choose: () => (row.box.checked ? row.item.querySelector("select").focus() : choose(row)),
    }));
    if (near && own) lines.push({ name: root.dataset.keep.replace("{words}", typed), choose: () => keep(typed) });
    return lines;
  });

  root.addEventListener("change", (event) => {
    if (event.target.matches("[type=checkbox]")) settle();
  });
  root.addEventListener("click", (event) => {
    const item = event.target.closest("[data-remove]")?.closest(".concept");
    if (!item) return;
    const next = item.nextElementSibling ?? item.previousElementSibling;
    const { box, name } = rows.get(item.querySelector("input").value);
    box.checked = false;
    settle();
    (next?.querySelector("[data-remove]") ?? input).focus();
    say(root.dataset.removed.replace("{name}", name));
  });
  root.classList.add("live");
  settle();
}

/** A long select becomes a field to type in; without a word it lists everything. */
function enhanceSelect(root) {
  const select = root.parentElement.querySelector("select");
  const rows = new Map(
    [...select.options]
      .filter((option) => option.value)
      .map((option) => [option.value, { option, name: option.text, group: option.parentElement.label }]),
  );
  const chosen = () => rows.get(select.value)?.name ?? "";

  function choose({ option, name }) {
    select.value = option.value;
    input.value = name;
  }

  const lineOf = ({ row, word }) => ({ name: row.name, note: word || row.group, choose: () => choose(row) });
  const { input, none, show } = suggest(root, rows, ({ typed, hits }) => {
    return (typed ? hits : [...rows.values()].map((row) => ({ row }))).map(lineOf);
  });

  input.id = select.id;
  for (const name of ["aria-invalid", "aria-describedby"]) {
    if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
  }
  select.removeAttribute("id");
  select.required = false;
  select.hidden = true;
  input.value = chosen();
  input.addEventListener("focus", () => input.select());
  input.addEventListener("click", () => {
    const everything = [...rows.values()];
    if (input.value === chosen()) show(everything.map((row) => lineOf({ row })), false, everything.findIndex(({ option }) => option.selected));
  });
  input.addEventListener("blur", () => {
    const typed = input.value.trim().toLowerCase();
    const meant = [...rows.values()].find(({ name }) => name.toLowerCase() === typed);
    if (meant) choose(meant);
    else if (!typed) select.value = "";
    else if (select.value) input.value = chosen();
    else none.hidden = false;
  });
}

document.querySelectorAll("[data-concepts]").forEach(enhancePicker);
document.querySelectorAll("[data-of=field]").forEach(enhanceSelect);
