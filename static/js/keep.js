// What this device keeps for its reader, so that conversations can be read and written in without a line, and that nothing of it
// stays for others: signing out takes all of it away, another reader finds nothing, and when the server knows nobody here any
// more, what others wrote goes and only one's own unsent words wait for their writer.
import { forget } from "./shelf.js";
import { carry } from "./talk/carrier.js";
import { shelfOf } from "./talk/outbox.js";

const { reader, theme = "" } = document.documentElement.dataset; // undefined: the page does not say
const EVERYTHING = ["kept", "outbox"];
const kept = (name) => localStorage.getItem(name);
const page = document.querySelector("[data-talk]");
const token = () => document.querySelector("[name=csrfmiddlewaretoken]")?.value;

function forgetDrafts() {
  Object.keys(localStorage).filter((key) => key.startsWith("draft:")).forEach((key) => localStorage.removeItem(key));
}

// Who was seen here last (`reader`), whether they are still known to be signed in (`signed`), and whether they chose to go.
async function lookWhoReads() {
  const before = kept("reader");
  const leaves = kept("leaves") !== null;
  if (reader === undefined || (reader && reader === before && kept("signed"))) return;
  if (reader ? before !== reader : leaves) {
    forgetDrafts();
    localStorage.removeItem("reader");
  }
  localStorage.removeItem("signed");
  localStorage.removeItem("leaves");
  if (reader) {
    localStorage.setItem("reader", reader);
    localStorage.setItem("signed", "1");
    await forget(EVERYTHING, reader);
  } else if (before) {
    await forget(leaves ? EVERYTHING : ["kept"]);
  }
}

// Another tab has seen that somebody else is here now, or nobody.
addEventListener("storage", ({ key, newValue }) => {
  if (reader && ((key === "reader" && newValue !== reader) || (key === "signed" && !newValue))) location.reload();
});

// The page for when there is no line, as its reader reads.
async function keepOfflinePage() {
  const look = `${document.documentElement.lang} ${theme}`;
  if (kept("offline") === look) return;
  await (await caches.open("shell")).add("/offline/");
  localStorage.setItem("offline", look);
}

// Whoever signs out here does not want their news to appear on this device.
async function silence() {
  const worker = await navigator.serviceWorker?.getRegistration("/");
  await (await worker?.pushManager?.getSubscription())?.unsubscribe();
}

async function leave(form) {
  localStorage.setItem("leaves", "1");
  forgetDrafts();
  await Promise.race([Promise.allSettled([forget(EVERYTHING), silence()]), new Promise((go) => setTimeout(go, 1000))]);
  form.submit();
}

// Unsent words would be lost without a word.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[data-signs-out]") || event.defaultPrevented) return;
  event.preventDefault();
  const waiting = reader ? await shelfOf(reader).all().catch(() => []) : [];
  const sure = document.querySelector("dialog[data-unsent]");
  if (!waiting.length || !sure) return leave(form);
  sure.returnValue = "";
  sure.onclose = () => sure.returnValue === "yes" && leave(form);
  return sure.showModal();
});

const showLine = () => document.querySelectorAll("[data-away]").forEach((strip) => (strip.hidden = navigator.onLine));
const send = () => carry(reader, token(), Number(page?.dataset.room));
addEventListener("offline", showLine);
addEventListener("online", showLine);
showLine();

async function begin() {
  await lookWhoReads();
  if (!reader) return;
  addEventListener("online", send);
  send();
  const worker = await navigator.serviceWorker?.register("/service-worker.js");
  if (worker) await keepOfflinePage();
}

begin().catch(() => {}); // a browser that keeps nothing, or no line: everything works without it
