// A week as a grid of hours: tap, paint with the mouse, or use the arrow keys and the space bar.
// What is marked is written back into the same fields that the rows use without JavaScript.
const PRESETS = { mornings: [9, 12], evenings: [18, 21] };
const FIRST = 6;
const clock = (half) => `${String(Math.floor(half / 2)).padStart(2, "0")}:${half % 2 ? "30" : "00"}`;
const halfOf = (text) => {
  const [hours, minutes] = text.split(":").map(Number);
  return hours * 2 + (minutes >= 30 ? 1 : 0);
};

function enhance(root) {
  const name = root.dataset.week;
  const rows = root.querySelector(".week-rows");
  const grid = root.querySelector(".week-grid");
  const tools = root.querySelector(".week-tools");
  const total = root.querySelector("[data-total]");
  const days = [...rows.querySelector("select").options].map((option) => ({ value: option.value, label: option.text }));
  const numbers = new Intl.NumberFormat(document.documentElement.lang, { minimumIntegerDigits: 1 });
  const free = new Map(days.map((day) => [day.value, new Set()]));

  for (const row of rows.querySelectorAll(".week-row")) {
    const [day, from, to] = [...row.querySelectorAll("select")].map((select) => select.value);
    if (!from || !to) continue;
    for (let half = halfOf(from); half < halfOf(to); half += 1) free.get(day).add(half);
  }

  const early = Math.min(FIRST, ...[...free.values()].flatMap((halves) => [...halves]).map((half) => Math.floor(half / 2)));
  const cells = new Map();
  const fields = document.createElement("div");
  fields.hidden = true;

  function stretches(halves) {
    const sorted = [...halves].sort((one, other) => one - other);
    const found = [];
    for (const half of sorted) {
      if (found.length && found.at(-1)[1] === half) found.at(-1)[1] = half + 1;
      else found.push([half, half + 1]);
    }
    return found;
  }

  function hidden(part, value) {
    const input = document.createElement("input");
    input.type = "hidden";
    input.name = `${name}_${part}`;
    input.value = value;
    return input;
  }

  function write() {
    fields.replaceChildren(
      ...[...free].flatMap(([day, halves]) =>
        stretches(halves).flatMap(([from, to]) => [hidden("day", day), hidden("from", clock(from)), hidden("to", clock(to))]),
      ),
    );
    const hours = [...free.values()].reduce((sum, halves) => sum + halves.size, 0) / 2;
    total.textContent = hours === 1 ? total.dataset.one : total.dataset.many.replace("{n}", numbers.format(hours));
    for (const { day, hour, button } of cells.values()) {
      const n = [hour * 2, hour * 2 + 1].filter((half) => free.get(day).has(half)).length;
      button.setAttribute("aria-pressed", ["false", "mixed", "true"][n]);
    }
  }

  function set(day, hour, on) {
    for (const half of [hour * 2, hour * 2 + 1]) {
      if (on) free.get(day).add(half);
      else free.get(day).delete(half);
    }
  }

  function build() {
    const head = grid.createTHead().insertRow();
    head.append(document.createElement("td"));
    for (const day of days) {
      const cell = document.createElement("th");
      cell.scope = "col";
      cell.title = day.label;
      cell.textContent = short(day);
      head.append(cell);
    }
    const body = grid.createTBody();
    for (let hour = early; hour < 24; hour += 1) {
      const row = body.insertRow();
      const label = document.createElement("th");
      label.scope = "row";
      label.textContent = numbers.format(hour);
      row.append(label);
      for (const day of days) row.insertCell().append(cell(day, hour));
    }
  }

  function short(day) {
    const date = new Date(Date.UTC(2024, 0, 1 + Number(day.value))); // 1 January 2024 was a Monday
    return new Intl.DateTimeFormat(document.documentElement.lang, { weekday: days.length && innerWidth < 600 ? "narrow" : "short", timeZone: "UTC" }).format(date);
  }

  function cell(day, hour) {
    const button = document.createElement("button");
    button.type = "button";
    button.tabIndex = cells.size ? -1 : 0;
    button.setAttribute("aria-label", `${day.label} ${numbers.format(hour)}–${numbers.format(hour + 1)}`);
    const key = `${day.value}:${hour}`;
    button.dataset.cell = key;
    cells.set(key, { day: day.value, hour, button });
    return button;
  }

  let painting = null;
  function paint(target) {
    const found = cells.get(target?.closest?.("[data-cell]")?.dataset.cell);
    if (!found) return;
    painting ??= found.button.getAttribute("aria-pressed") !== "true";
    set(found.day, found.hour, painting);
    write();
  }

  // A finger taps, so that the page still scrolls under it; a mouse or pen also paints.
  let byFinger = false;
  grid.addEventListener("pointerdown", (event) => {
    byFinger = event.pointerType === "touch";
    if (byFinger || event.button) return;
    painting = null;
    paint(event.target);
  });
  grid.addEventListener("pointermove", (event) => {
    if (painting !== null && event.buttons) paint(document.elementFromPoint(event.clientX, event.clientY));
  });
  grid.addEventListener("click", (event) => {
    if (!byFinger && event.detail) return;
    painting = null;
    paint(event.target);
    painting = null;
  });
  addEventListener("pointerup", () => { painting = null; });
  addEventListener("pointercancel", () => { painting = null; });
  grid.addEventListener("keydown", (event) => {
    const here = cells.get(event.target.dataset.cell);
    if (!here) return;
    if (event.key === " " || event.key === "Enter") {
      event.preventDefault();
      painting = null;
      paint(event.target);
      painting = null;
      return;
    }
    const along = document.dir === "rtl" ? -1 : 1;
    const [byDay, byHour] = { ArrowRight: [along, 0], ArrowLeft: [-along, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[event.key] ?? [0, 0];
    const day = days[days.findIndex((one) => one.value === here.day) + byDay];
    const next = day && cells.get(`${day.value}:${here.hour + byHour}`);
    if (!next || (!byDay && !byHour)) return;
    event.preventDefault();
    here.button.tabIndex = -1;
    next.button.tabIndex = 0;
    next.button.focus();
  });
  tools.addEventListener("click", (event) => {
    const preset = event.target.dataset.preset;
    if (!preset) return;
    for (const day of days) {
      if (preset === "none") free.get(day.value).clear();
      else for (let hour = PRESETS[preset][0]; hour < PRESETS[preset][1]; hour += 1) set(day.value, hour, true);
    }
    write();
  });

  build();
  root.append(fields);
  rows.remove();
  grid.hidden = false;
  tools.hidden = false;
  write();
}

document.querySelectorAll("[data-week]").forEach(enhance);
