// Forms: no double submit, drafts kept while typing, the summary of errors in focus.
const DRAFT = "draft:";

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return; // a dialog's form closes it
  if (form.matches("[data-draft]")) localStorage.removeItem(draftKey(form));
  // After this turn of the loop, so that the pressed button's own name and value are still sent. An answer that leaves
  // the page where it is (a download, a new window) must not leave it dead: the buttons wake again.
  setTimeout(() => hold(form, event.submitter));
  setTimeout(() => release(form), 8000);
});

function hold(form, pressed) {
  for (const button of form.elements) {
    if (!button.matches("button:enabled:not([type=button])")) continue;
    button.disabled = true;
    button.dataset.held = "";
  }
  pressed?.setAttribute("aria-busy", "true");
}

function release(form) {
  for (const button of form.elements) {
    if (!button.matches("[data-held]")) continue;
    button.disabled = false;
    delete button.dataset.held;
    button.removeAttribute("aria-busy");
  }
}

// Back from the browser's memory: the buttons must work again.
addEventListener("pageshow", (event) => {
  if (event.persisted) for (const form of document.querySelectorAll("form:has([aria-busy])")) release(form);
});

const draftKey = (form) => `${DRAFT}${location.pathname}:${form.dataset.draft}`;
const keepable = (form) =>
  [...form.elements].filter((field) => field.name && field.matches("textarea, input:not([type=hidden], [type=password], [type=file], [type=checkbox], [type=radio])"));

function keepDraft(form) {
  const key = draftKey(form);
  const kept = JSON.parse(localStorage.getItem(key) ?? "{}");
  for (const field of keepable(form)) if (!field.value && kept[field.name]) field.value = kept[field.name];
  form.addEventListener("input", () => {
    const values = keepable(form).filter((field) => field.value).map((field) => [field.name, field.value]);
    if (values.length) localStorage.setItem(key, JSON.stringify(Object.fromEntries(values)));
    else localStorage.removeItem(key);
  });
}

document.querySelectorAll("form[data-draft]").forEach(keepDraft);
document.querySelector("[data-errors]")?.focus();
