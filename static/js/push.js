// "Show news on this device": asks the browser, and tells the server how to reach it.
const box = document.querySelector("[data-push]");
const on = box.querySelector("[data-push-on]");
const note = box.querySelector("[data-push-note]");
const say = (name) => {
  note.textContent = box.getAttribute(`data-word-${name}`) ?? "";
};

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));

async function ring() {
  if ((await Notification.requestPermission()) !== "granted") return say("denied");
  on.disabled = true;
  try {
    const worker = await navigator.serviceWorker.register("/service-worker.js");
    await navigator.serviceWorker.ready;
    const made = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(box.dataset.push) });
    const { endpoint, keys } = made.toJSON();
    const body = new FormData();
    Object.entries({ endpoint, ...keys, csrfmiddlewaretoken: box.querySelector("[name=csrfmiddlewaretoken]").value }).forEach(([key, value]) => body.set(key, value));
    const answer = await fetch(box.dataset.add, { method: "POST", body });
    if (!answer.ok) throw new Error(answer.status);
    location.reload();
  } catch {
    say("failed");
    on.disabled = false;
  }
  return undefined;
}

// Whether the browser's address is among my devices: they are named by the hash of theirs.
async function isListed(endpoint) {
  const sum = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(endpoint));
  const mark = [...new Uint8Array(sum)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return box.querySelector(`[data-mark="${mark}"]`) !== null;
}

async function begin() {
  if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) return say("unable");
  const worker = await navigator.serviceWorker.getRegistration("/");
  const rings = await worker?.pushManager.getSubscription();
  if (rings && (await isListed(rings.endpoint))) return say("rings");
  on.hidden = false;
  on.addEventListener("click", ring);
  return Notification.permission === "denied" ? say("denied") : undefined;
}

begin();
