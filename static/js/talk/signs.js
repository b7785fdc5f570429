// Signs on a message: how many put each there, and who. One's own shows at once.
import { me, one, word } from "./page.js";

const language = document.documentElement.lang;
const names = new Intl.ListFormat(language);
const count = new Intl.NumberFormat(language === "fa" ? "fa-u-nu-arabext" : language);
const pickers = [...one("template[data-bubble]").content.querySelectorAll(".sign-picker button")];
const isolated = (name) => `\u2068${name}\u2069`;

// `signs`: by sign the people who put it there, [id, name].
export function showSigns(bubble, signs) {
  bubble.signs = signs;
  const shown = pickers.filter(({ value }) => signs[value]?.length).map((picker) => chip(picker, signs[picker.value], bubble.dataset.id));
  const focused = bubble.querySelector(".signs :focus")?.value;
  bubble.querySelector(".signs").replaceChildren(...shown);
  if (focused) (shown.find((each) => each.value === focused) ?? bubble.querySelector("summary")).focus();
}

export function withMine(signs, sign, on) {
  const others = (signs[sign] ?? []).filter(([id]) => id !== me);
  return { ...signs, [sign]: on ? [...others, [me, ""]] : others };
}

// What the page was drawn with.
export function signsOf(bubble) {
  return bubble.signs ?? JSON.parse(bubble.querySelector(".signs").dataset.signs || "{}");
}

function chip(picker, people, id) {
  const mine = people.some(([id]) => id === me);
  const told = people.filter(([id]) => id !== me).map(([, name]) => isolated(name));
  const words = `${picker.title}: ${names.format(mine ? [...told, word("you")] : told)}`;
  const made = picker.cloneNode(true);
  Object.assign(made, { className: "sign", name: mine ? "off" : "on", title: words });
  made.setAttribute("formaction", made.getAttribute("formaction").replace(/\/\d+\//, `/${id}/`));
  made.removeAttribute("aria-label");
  made.setAttribute("aria-pressed", mine);
  const hidden = Object.assign(document.createElement("span"), { className: "visually-hidden", textContent: words });
  const number = Object.assign(document.createElement("span"), { textContent: count.format(people.length) });
  number.setAttribute("aria-hidden", "true");
  made.append(hidden, number);
  return made;
}
