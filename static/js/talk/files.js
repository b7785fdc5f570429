// The files of a message, as they stand in its bubble.
import { list, low, one, word } from "./page.js";

const blanks = one("template[data-files-of]").content;
const persian = document.documentElement.lang === "fa";
const language = persian ? "fa" : "en";
const whole = new Intl.NumberFormat(language);
const sized = (n, unit) => new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: persian ? "long" : "short", maximumFractionDigits: 1 }).format(n).replace("kB", "KB"); // as the server says it
const two = new Intl.NumberFormat(language, { minimumIntegerDigits: 2 });

export const bytes = (n) => (n < 1e6 ? sized(Math.max(1, Math.round(n / 1e3)), "kilobyte") : sized(n / 1e6, "megabyte"));
export const minutes = (s) => `${whole.format(Math.floor(s / 60))}:${two.format(Math.floor(s % 60))}`;

export function showFiles(bubble, files = []) {
  bubble.querySelector(".files").replaceChildren(...files.map(tile));
}

function tile(file) {
  const made = (blanks.querySelector(`[data-kind="${CSS.escape(file.kind)}"]`) ?? blanks.querySelector("[data-kind=document]")).cloneNode(true);
  if (file.kind === "picture" && low) {
    made.href = file.small;
    Object.assign(made.dataset, { whole: file.url, width: file.w, height: file.h });
    made.querySelector(".name").textContent = file.name;
    made.querySelector("[data-size]").textContent = bytes(file.weight);
  } else if (file.kind === "picture") {
    made.href = file.url;
    Object.assign(made.querySelector("img"), { src: file.small, width: file.w, height: file.h, alt: `${word("picture")}: ${file.name}` });
  } else if (file.kind === "sound") {
    made.querySelector("audio").src = file.url;
    made.querySelector("audio").setAttribute("aria-label", file.name);
    made.querySelector("small").textContent = [file.seconds && minutes(file.seconds), low && bytes(file.size)].filter(Boolean).join(" · ");
  } else {
    made.href = file.url;
    made.querySelector(".name").textContent = file.name;
    made.querySelector("small").textContent = bytes(file.size);
  }
  return made;
}

// Where data is dear a picture comes when it is asked for.
list.addEventListener("click", (event) => {
  const tap = event.target.closest("[data-taps]");
  if (!tap) return;
  event.preventDefault();
  const name = tap.querySelector(".name").textContent;
  const { whole, width, height } = tap.dataset;
  const shown = Object.assign(document.createElement("a"), { className: "file picture", href: whole, download: "" });
  shown.append(Object.assign(document.createElement("img"), { src: tap.href, width, height, alt: `${word("picture")}: ${name}` }));
  tap.replaceWith(shown);
  shown.focus();
});
