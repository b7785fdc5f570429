// A field that suggests while one types (the ARIA combobox): what is suggested, and what choosing does, is the caller's.
const PAUSE = 120; // ms of rest before the server is asked
const FOOT = 160; // px that the bars at the foot of a phone may cover

/**
 * Bring a `_suggest.html` to life. `rows`: Map of slug -> {name, …}, what can be chosen. `lines(found)` answers
 * [{name, note, choose}] for the list: `found` is {typed, hits: [{row, word}], near}. Returns what a caller needs of it.
 */
export function suggest(root, rows, lines) {
  const input = root.querySelector("input");
  const list = root.querySelector("[role=listbox]");
  const none = root.querySelector("[data-none]");
  const status = root.querySelector("[role=status]");
  const numbers = new Intl.NumberFormat(document.documentElement.lang);
  const known = new Map();
  let shown = [];
  let place = -1;
  let turn = 0;

  /** Hits for what was typed; without a connection whatever is called so on this page. */
  async function ask(typed) {
    const query = new URLSearchParams({ q: typed, of: root.dataset.of ?? "" });
    try {
      const answer = await fetch(`${root.dataset.from}?${query}`, { headers: { Accept: "application/json" } });
      const { found, near } = await answer.json();
      const hits = found.map(({ slug, word }) => ({ row: rows.get(slug), word })).filter(({ row }) => row);
      known.set(typed, { typed, hits, near });
      return known.get(typed);
    } catch {
      const called = [...rows.values()].filter(({ name }) => name.toLowerCase().includes(typed.toLowerCase()));
      return { typed, hits: called.slice(0, 8).map((row) => ({ row, word: "" })), near: !called.length };
    }
  }

  async function look() {
    const mine = (turn += 1);
    const typed = input.value.trim();
    if (typed && !known.has(typed)) await new Promise((done) => setTimeout(done, PAUSE));
    if (mine !== turn) return;
    const found = typed ? (known.get(typed) ?? (await ask(typed))) : { typed, hits: [], near: false };
    // What only looks like it is not chosen by Enter alone.
    if (mine === turn && document.activeElement === input) show(lines(found), found.near, found.near ? -1 : 0);
  }

  function show(next, near, at = 0) {
    shown = next;
    list.replaceChildren(...shown.map(draw));
    list.hidden = !shown.length;
    none.hidden = !near;
    input.setAttribute("aria-expanded", String(Boolean(shown.length)));
    const count = shown.length ? root.dataset.count.replace("{n}", numbers.format(shown.length)) : "";
    say(near ? `${none.textContent.trim()} ${count}` : count);
    mark(at);
    if (shown.length && list.getBoundingClientRect().bottom > innerHeight - FOOT) root.scrollIntoView({ block: "start" });
  }

  function draw({ name, note, choose }, n) {
    const line = document.createElement("li");
    line.id = `${list.id}_${n}`;
    line.role = "option";
    line.append(name);
    if (note) {
      const word = document.createElement("bdi");
      word.textContent = note;
      line.append(" ", word);
    }
    line.addEventListener("pointerdown", (event) => event.preventDefault());
    line.addEventListener("click", () => pick(choose));
    return line;
  }

  function mark(next) {
    place = next;
    for (const [n, line] of [...list.children].entries()) line.setAttribute("aria-selected", String(n === place));
    const line = list.children[place];
    if (!line) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", line.id);
    line.scrollIntoView({ block: "nearest" });
  }

  function close() {
    turn += 1;
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function pick(choose) {
    none.hidden = true;
    close();
    choose();
  }

  function say(text) {
    status.textContent = text;
  }

  input.addEventListener("input", look);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      if (list.hidden) look();
      else mark((Math.max(place, step < 0 ? 0 : -1) + step + shown.length) % shown.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (list.hidden) look();
      else if (shown[place]) pick(shown[place].choose);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    }
  });
  root.hidden = false;
  return { input, none, show, say };
}
