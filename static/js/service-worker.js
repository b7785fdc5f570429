// Shows news that came by push while no page is open, and leads there. Served from the root by a view.
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  const { title, url, lang, dir } = event.data.json();
  // One notice per place: what is newer stands instead of the older one.
  event.waitUntil(self.registration.showNotification(title, { tag: url, lang, dir, data: { url }, renotify: true }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(new URL(event.notification.data.url || "/inbox/", self.location.origin)));
});

async function open(address) {
  if (address.origin !== self.location.origin) return undefined;
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const page = pages.find((each) => new URL(each.url).pathname === address.pathname);
  return page ? page.focus() : self.clients.openWindow(address);
}
