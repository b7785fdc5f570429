// A questionnaire keeps every answer as it is given. Without this the buttons of the form do the same.
const form = document.querySelector("[data-survey]");
const kept = form?.querySelector("[data-kept]");

let waiting = Promise.resolve();

async function keep() {
  const body = new FormData(form);
  body.set("act", "autosave");
  try {
    const answer = await fetch(form.action || location.href, { method: "POST", body, redirect: "manual" });
    kept.textContent = answer.status === 204 ? kept.dataset.text : "";
  } catch {
    kept.textContent = "";
  }
}

form?.addEventListener("change", () => {
  waiting = waiting.then(keep);
});

// What is written in words is kept while it is written, a second after the last letter.
let pause;
form?.addEventListener("input", (event) => {
  if (!event.target.matches("textarea")) return;
  clearTimeout(pause);
  pause = setTimeout(() => (waiting = waiting.then(keep)), 1000);
});
form?.addEventListener("submit", () => clearTimeout(pause));
