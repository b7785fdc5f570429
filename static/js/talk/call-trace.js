// What a call left in the log, in the reader's words. Nothing of it is parsed as HTML.
const box = document.querySelector("[data-call]");
const digits = document.documentElement.lang === "fa" ? "fa-u-nu-arabext" : "en-GB";
const word = (name) => box?.getAttribute(`data-word-${name}`) ?? "";

export const number = (value) => new Intl.NumberFormat(digits).format(value);

export const length = ({ seconds, minutes }) => (seconds < 60 ? word("short") : word("minutes").replace("%s", number(minutes)));

export function logUrl({ call, id }) {
  const length = call.minutes ? { minutes: call.minutes } : {}; // of a room elsewhere one may not be told
  const query = new URLSearchParams({ starts_at: call.since, ...length, origin: `message:${id}` });
  return `${box.dataset.log}?${query}`;
}

function words(m) {
  const { st, outside } = m.call;
  const whose = m.mine ? "mine" : "theirs";
  const what = outside ? word(`outside-${st === "live" ? st : "over"}-${whose}`).replace("%s", `\u2068${m.name}\u2069`) : word(st === "talked" ? st : `${st}-${whose}`);
  return st === "talked" ? `${what} · ${length(m.call)}` : what;
}

function picture({ st, outside }) {
  if (outside) return "video";
  return ["missed", "busy", "declined"].includes(st) ? "phone-off" : "phone";
}

const link = (href, textContent, more = {}) => Object.assign(document.createElement("a"), { href, textContent, ...more });

export function trace(m) {
  const { st, outside } = m.call;
  const icon = document.querySelector(`template[data-call-icons]`)?.content.querySelector(`[data-icon=${picture(m.call)}]`);
  const nodes = [icon?.firstElementChild.cloneNode(true), Object.assign(document.createElement("span"), { textContent: words(m) })];
  if (box?.dataset.meet && outside && st === "live" && !document.querySelector("[data-rests]:not([hidden])")) nodes.push(link(box.dataset.meet, word(m.mine ? "join-again" : "join"), { target: "_blank", rel: "noopener noreferrer" }));
  if (box?.dataset.log && (outside || st === "talked")) nodes.push(link(logUrl(m), word("log")));
  return nodes.filter(Boolean);
}
