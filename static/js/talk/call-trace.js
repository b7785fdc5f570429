// What a call left in the log, in the reader's words. Nothing of it is parsed as HTML.
const box = document.querySelector("[data-call]");
const digits = document.documentElement.lang === "fa" ? "fa-u-nu-arabext" : "en-GB";
const word = (name) => box?.getAttribute(`data-word-${name}`) ?? "";

export const number = (value) => new Intl.NumberFormat(digits).format(value);

export const length = ({ seconds, minutes }) => (seconds < 60 ? word("short") : word("minutes").replace("%s", number(minutes)));

export function logUrl({ call, id }) {
  const query = new URLSearchParams({ starts_at: call.since, minutes: call.minutes, origin: `message:${id}` });
  return `${box.dataset.log}?${query}`;
}

export function trace(m) {
  const { st } = m.call;
  const words = Object.assign(document.createElement("span"), { textContent: st === "talked" ? `${word("talked")} · ${length(m.call)}` : word(`${st}-${m.mine ? "mine" : "theirs"}`) });
  const icon = document.querySelector(`template[data-call-icons]`)?.content.querySelector(`[data-icon=${["missed", "busy", "declined"].includes(st) ? "phone-off" : "phone"}]`);
  const nodes = [icon?.firstElementChild.cloneNode(true), words];
  if (st === "talked" && box?.dataset.log) nodes.push(Object.assign(document.createElement("a"), { href: logUrl(m), textContent: word("log") }));
  return nodes.filter(Boolean);
}
