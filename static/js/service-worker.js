// Keeps the shell of the pages and the conversations that were opened, for when there is no line, and shows news that came by
// push. Served from the root by a view, which writes SHELL above this: the addresses of the files that pages are made of.
const STORE = "shell";
const OFFLINE = "/offline/";
const ROOM = /^\/rooms\/\d+\/$/;
const TOPIC = /^\?topic=\d+$/; // one topic of a conversation alone
const HASHED = /\.[0-9a-f]{12}\.\w+$/; // its content never changes
const OURS = new Set(SHELL);
const AWAY = new Set([502, 503, 504]); // the line ends at the server's door
const MOST_ROOMS = 30;

self.addEventListener("install", (event) => {
  event.waitUntil(fill());
  self.skipWaiting();
});
self.addEventListener("activate", (event) => {
  event.waitUntil(Promise.all([tidy(), self.registration.navigationPreload?.enable(), self.clients.claim()]));
});

const pathOf = (request) => new URL(request.url).pathname;

// As much as the line gives; what is missing comes with the first page that asks for it. Letters come with the pages.
async function fill() {
  const cache = await caches.open(STORE);
  const there = new Set((await cache.keys()).map(pathOf));
  const missing = SHELL.filter((path) => !path.endsWith(".woff2") && !(HASHED.test(path) && there.has(path)));
  await Promise.allSettled([OFFLINE, ...missing].map((path) => cache.add(path)));
}

async function tidy() {
  const cache = await caches.open(STORE);
  const old = (await cache.keys()).filter((request) => !OURS.has(pathOf(request)) && pathOf(request) !== OFFLINE);
  await Promise.all(old.map((request) => cache.delete(request)));
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(event, url));
  else if (OURS.has(url.pathname)) event.respondWith(file(event, url));
});

async function file(event, url) {
  const cache = await caches.open(STORE);
  const kept = await cache.match(url.pathname);
  if (kept && HASHED.test(url.pathname)) return kept;
  try {
    const answer = await fetch(event.request);
    if (answer.ok) event.waitUntil(cache.put(url.pathname, answer.clone()));
    return answer;
  } catch (fault) {
    if (kept) return kept;
    throw fault;
  }
}

// The server answers where there is a line; what is kept stands in only where there is none.
async function page(event, url) {
  try {
    const answer = (await event.preloadResponse) ?? (await fetch(event.request));
    if (ROOM.test(url.pathname) && (!url.search || TOPIC.test(url.search)) && answer.ok) event.waitUntil(keep(url, answer.clone()));
    return (AWAY.has(answer.status) && (await keptRoom(url))) || answer;
  } catch {
    return (await keptRoom(url)) ?? (await caches.match(OFFLINE)) ?? Response.error();
  }
}

// In a cache of its reader's own; static/js/keep.js takes it away when they leave.
async function keep({ pathname, search }, answer) {
  const html = await answer.text();
  const reader = /<html[^>]* data-reader="(\d+)"/.exec(html)?.[1];
  if (!reader) return;
  const headers = new Headers(answer.headers);
  for (const name of ["Content-Encoding", "Content-Length"]) headers.delete(name); // of how it travelled
  const cache = await caches.open(`kept:${reader}`);
  await cache.delete(pathname + search);
  await cache.put(pathname + search, new Response(html, { headers }));
  const rooms = await cache.keys(); // the latest last
  await Promise.all(rooms.slice(0, -MOST_ROOMS).map((old) => cache.delete(old)));
}

// The page says that it is a kept one: then its script adds what has come since. All of the conversation stands in for a topic.
async function keptRoom({ pathname, search }) {
  if (!ROOM.test(pathname)) return undefined;
  for (const name of (await caches.keys()).filter((each) => each.startsWith("kept:"))) {
    const cache = await caches.open(name);
    const kept = (await cache.match(pathname + search)) ?? (await cache.match(pathname));
    if (kept) return new Response((await kept.text()).replace("<html", "<html data-kept"), { headers: kept.headers });
  }
  return undefined;
}

self.addEventListener("push", (event) => {
  const { title, url, way, lang, dir } = event.data.json();
  // One notice per place: what is newer stands instead of the older one.
  event.waitUntil(self.registration.showNotification(title, { tag: url, lang, dir, data: { url, way }, renotify: true }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { url, way } = event.notification.data;
  event.waitUntil(open(...[url || "/inbox/", way || url || "/inbox/"].map((path) => new URL(path, self.location.origin))));
});

// By `way` the news counts as read and leads to its place; without a line only the place itself may be kept.
async function open(address, way) {
  if (address.origin !== self.location.origin) return undefined;
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const page = pages.find((each) => new URL(each.url).pathname === address.pathname);
  if (!page) return self.clients.openWindow(self.navigator.onLine ? way : address);
  return Promise.all([page.focus(), fetch(way, { redirect: "manual" })]);
}

// What waits in an outbox is sent when the line is back, also when no page is open any more (where the browser can: "sync" comes
// then, and again after a failure). The server knows each id, so that a page may send the same.
self.addEventListener("sync", (event) => {
  if (event.tag.startsWith("outbox:")) event.waitUntil(flush(event.tag));
});

const answered = (request) =>
  new Promise((done, fail) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });

async function flush(name) {
  if (!(await indexedDB.databases()).some((each) => each.name === name)) return; // its writer has left
  const shelf = await answered(indexedDB.open(name));
  shelf.onversionchange = () => shelf.close();
  const rows = (mode) => shelf.transaction("rows", mode).objectStore("rows");
  try {
    for (const entry of await answered(rows("readonly").getAll())) {
      if (entry.failed) continue;
      const said = await post(entry.frame, name.split(":")[1]);
      if (!said) break; // signed out: it waits for its writer
      const told = said.t === "no" ? { put: { ...entry, failed: said.code } } : { sent: entry.cid };
      if (told.put) await answered(rows("readwrite").put(told.put, entry.cid));
      else await answered(rows("readwrite").delete(entry.cid));
      new BroadcastChannel(`${name}:${entry.room}`).postMessage(told);
    }
  } finally {
    shelf.close();
  }
}

// What the server says; nothing where it does not know the writer any more. Throws for another try.
async function post(frame, writer) {
  const token = (await self.cookieStore.get("csrftoken"))?.value ?? "";
  const headers = { "Content-Type": "application/json", "Idempotency-Key": frame.cid, "X-CSRFToken": token, "X-Writer": writer };
  const answer = await fetch("/messages", { method: "POST", body: JSON.stringify(frame), headers });
  if (AWAY.has(answer.status)) throw new Error("away");
  if (answer.redirected || !answer.headers.get("Content-Type")?.startsWith("application/json")) return undefined;
  const said = await answer.json();
  if (said.code === "busy") throw new Error("busy");
  return said.code === "signed_out" ? undefined : said;
}
