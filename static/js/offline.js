// The page for when there is no line: it leads to the conversations that are kept on this device, and goes away by itself.
const box = document.querySelector("[data-kept-rooms]");
const blank = document.querySelector("template[data-kept-room]").content.firstElementChild;

const again = () => location.reload();
// A line is not yet a server that answers; who is on the way to a conversation is not called back either.
addEventListener("online", async () => {
  const answer = await fetch("/healthz", { cache: "no-store" }).catch(() => null);
  if (answer?.ok) again();
});
document.querySelector("[data-again]").addEventListener("click", (event) => {
  event.preventDefault();
  again();
});

// One row as the list of conversations shows it, from the page that is kept.
async function row(cache, request) {
  const page = new DOMParser().parseFromString(await (await cache.match(request)).text(), "text/html");
  const made = blank.cloneNode(true);
  const link = made.querySelector("a");
  const { pathname, search } = new URL(request.url);
  link.href = pathname + search;
  const faces = page.querySelector(".talk-head > :is(.face, .faces)");
  if (faces) link.prepend(document.importNode(faces, true));
  const names = [page.querySelector("#talk-name"), page.querySelector(".talk-topic bdi")].filter(Boolean);
  made.querySelector(".name").textContent = names.map((each) => each.textContent.trim()).join(" · ") || page.title;
  made.querySelector(".snippet").textContent = [...page.querySelectorAll(".talk .say .body")].at(-1)?.textContent.trim().slice(0, 90) ?? "";
  return made;
}

async function show() {
  for (const name of (await caches.keys()).filter((each) => each.startsWith("kept:"))) {
    const cache = await caches.open(name);
    const rows = await Promise.all((await cache.keys()).reverse().map((request) => row(cache, request)));
    box.querySelector("ul").append(...rows);
  }
  box.hidden = !box.querySelector("li");
}

if (window.caches) show();
