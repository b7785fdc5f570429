// A shelf of this device: one database of the browser with rows by their key. What belongs to a person stands in shelves (and
// caches) that end in their number, so that all of it can be taken away at once.
const PATIENCE_MS = 3000; // some browsers never answer instead of refusing

const answered = (request) =>
  new Promise((done, fail) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });

const soon = (promise) => Promise.race([promise, new Promise((_, fail) => setTimeout(() => fail(new Error("no answer")), PATIENCE_MS))]);

export class Shelf {
  constructor(name) {
    this.name = name;
  }

  async open() {
    const request = indexedDB.open(this.name, 1);
    request.onupgradeneeded = () => request.result.createObjectStore("rows");
    const database = await answered(request);
    database.onversionchange = () => { // it is taken away
      database.close();
      this.opened = null;
    };
    return database;
  }

  async deal(mode, act) {
    this.opened ??= this.open();
    const database = await this.opened;
    const deal = database.transaction("rows", mode, { durability: "strict" });
    const over = new Promise((done, fail) => {
      deal.oncomplete = done;
      deal.onabort = deal.onerror = () => fail(deal.error);
    });
    const result = act(deal.objectStore("rows"));
    const [found] = await Promise.all([result && answered(result), over]);
    return found;
  }

  /** All rows, or those of a range, in the order of their keys. */
  all(range) {
    return soon(this.deal("readonly", (rows) => rows.getAll(range)));
  }

  /** Resolves when the rows are kept whatever happens; each is [key, row]. */
  put(...pairs) {
    return soon(this.deal("readwrite", (rows) => pairs.forEach(([key, row]) => rows.put(row, key))));
  }

  /** One key or a range of them. */
  drop(keys) {
    return soon(this.deal("readwrite", (rows) => void rows.delete(keys)));
  }
}

/** Take away what stands in shelves and caches of these kinds ("kept", "outbox"), but for those of the person `but`. */
export async function forget(kinds, but = "") {
  const goes = (name) => kinds.some((kind) => name.startsWith(`${kind}:`)) && !name.endsWith(`:${but}`);
  const caching = window.caches ? (await caches.keys()).filter(goes).map((name) => caches.delete(name)) : [];
  const shelves = ((await indexedDB?.databases?.()) ?? []).map(({ name }) => name).filter(goes);
  await Promise.allSettled([...caching, ...shelves.map((name) => answered(indexedDB.deleteDatabase(name)))]);
}
