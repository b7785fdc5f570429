// What waits in the outbox for conversations that are not open here is sent from whatever page is open.
import { frameOf, shelfOf } from "./outbox.js";

let busy = false;

/** Send what waits, one after the other; `except` is the conversation of this page, which sends its own. */
export async function carry(me, token, except) {
  if (busy || !navigator.onLine) return;
  busy = true;
  const shelf = shelfOf(me);
  try {
    for (const entry of await shelf.all()) {
      if (entry.failed || entry.room === except) continue;
      const headers = { "Content-Type": "application/json", "Idempotency-Key": entry.cid, "X-CSRFToken": token, "X-Writer": me };
      const answer = await fetch("/messages", { method: "POST", body: JSON.stringify(frameOf(entry)), headers });
      if (answer.redirected || !answer.headers.get("Content-Type")?.startsWith("application/json")) break; // signed out
      const said = await answer.json();
      if (["busy", "signed_out"].includes(said.code)) break;
      if (said.t === "no") await shelf.put([entry.cid, { ...entry, failed: said.code }]);
      else await shelf.drop(entry.cid);
    }
  } catch {
    // the line is away, or nothing is stored here: with the next page, or when the line is back
  }
  busy = false;
}
