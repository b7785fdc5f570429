// The list of conversations is live: when something happens in one of them, the list is asked for as it is now.
import { newest } from "../newest.js";

const GATHER_MS = 800;
const LINK = ".rail-nav a[href='/rooms/']";

/** {room: its last change} of the rows of a list; of one that is not in sight, nothing. */
export const headsOf = (list) =>
  Object.fromEntries(list?.offsetParent ? [...list.children].map(({ dataset }) => [dataset.room, Number(dataset.head)]) : []);

/** Renew `list` from the page at `url` when `line` hears of it. The row of the conversation in sight stays as it is. */
export function keepNew(list, line, url) {
  const ask = newest(url);
  let due = 0;
  line.on("elsewhere", () => (due ||= setTimeout(renew, GATHER_MS)));
  async function renew() {
    due = 0;
    const page = await ask();
    if (!page) return;
    const own = list.querySelector("[aria-current]")?.closest("[data-room]");
    if (own) page.querySelector(`[data-room="${own.dataset.room}"]`)?.replaceWith(own);
    list.replaceChildren(...(page.querySelector(".thread-list")?.children ?? []));
    document.querySelector(LINK)?.replaceChildren(...(page.querySelector(LINK)?.childNodes ?? []));
  }
}
