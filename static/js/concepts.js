// Subjects: a search that suggests, and the chosen ones at the top. The checkboxes of the page stay the only truth;
// they are moved, never copied.
const LETTERS = { "ي": "ی", "ى": "ی", "ئ": "ی", "ك": "ک", "ة": "ه", "ۀ": "ه", "أ": "ا", "إ": "ا", "آ": "ا", "ؤ": "و" };

const FOOT = 160; // what the bars at the foot of a phone may cover

/** The form in which two spellings of the same words are equal; like `concepts.fold` on the server. */
export function fold(text) {
  const letters = text.replace(/[يىئكةۀأإآؤ]/g, (letter) => LETTERS[letter]).normalize("NFKD").toLowerCase();
  return letters.replace(/[\p{M}\u0640]/gu, "").replace(/[^\p{L}\p{N}]+/gu, " ").trim();
}

function rank(query, words) {
  const joined = query.replaceAll(" ", "");
  if (words.some((word) => word.replaceAll(" ", "").startsWith(joined))) return 0;
  if (words.some((word) => ` ${word}`.includes(` ${query}`))) return 1;
  if (words.some((word) => word.replaceAll(" ", "").includes(joined))) return 2;
  return 3;
}

function enhance(root) {
  const most = Number(root.dataset.most);
  const search = root.querySelector(".concepts-search");
  const input = search.querySelector("input");
  const found = search.querySelector(".concepts-found");
  const none = search.querySelector("[data-none]");
  const full = root.querySelector("[data-full]");
  const chosen = root.querySelector(".concepts-chosen");
  const concepts = [...root.querySelectorAll(".concept")].map((item) => ({
    item,
    home: item.parentElement,
    box: item.querySelector("input"),
    name: item.querySelector("label").textContent.trim(),
    words: item.dataset.words.split(" | "),
  }));
  let place = -1;

  function settle() {
    for (const { item, home, box } of concepts) {
      const target = box.checked ? chosen : home;
      if (item.parentElement !== target) target.append(item);
    }
    const isFull = chosen.children.length >= most;
    for (const { box } of concepts) box.disabled = isFull && !box.checked;
    full.hidden = !isFull;
  }

  function close() {
    found.hidden = true;
    none.hidden = true;
    place = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function show() {
    const query = fold(input.value);
    if (!query) return close();
    const hits = concepts
      .filter(({ box }) => !box.checked && !box.disabled)
      .map((concept) => ({ concept, rank: rank(query, concept.words) }))
      .filter((hit) => hit.rank < 3)
      .sort((one, other) => one.rank - other.rank)
      .slice(0, 8);
    found.replaceChildren(
      ...hits.map(({ concept }, n) => {
        const line = document.createElement("li");
        line.id = `${found.id}_${n}`;
        line.role = "option";
        line.textContent = concept.name;
        line.addEventListener("pointerdown", (event) => event.preventDefault());
        line.addEventListener("click", () => choose(concept));
        return line;
      }),
    );
    found.concepts = hits.map((hit) => hit.concept);
    found.hidden = !hits.length;
    none.hidden = Boolean(hits.length);
    input.setAttribute("aria-expanded", String(Boolean(hits.length)));
    mark(hits.length ? 0 : -1);
    if (found.getBoundingClientRect().bottom > innerHeight - FOOT) search.scrollIntoView({ block: "start" });
  }

  function mark(next) {
    place = next;
    [...found.children].forEach((line, n) => line.setAttribute("aria-selected", String(n === place)));
    const line = found.children[place];
    if (!line) return;
    input.setAttribute("aria-activedescendant", line.id);
    line.scrollIntoView({ block: "nearest" });
  }

  function choose(concept) {
    concept.box.checked = true;
    input.value = "";
    settle();
    close();
    input.focus();
  }

  input.addEventListener("input", show);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && !found.hidden) {
      event.preventDefault();
      mark((place + step + found.children.length) % found.children.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (!found.hidden && place >= 0) choose(found.concepts[place]);
    } else if (event.key === "Escape") close();
  });
  root.addEventListener("change", (event) => {
    if (!event.target.matches("[type=checkbox]")) return;
    settle();
    if (event.target.isConnected) event.target.focus({ preventScroll: true });
  });
  for (const group of root.querySelectorAll("details")) group.open = false;
  search.hidden = false;
  settle();
}

document.querySelectorAll("[data-concepts]").forEach(enhance);
