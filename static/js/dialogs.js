// data-opens="ID" opens a native dialog; its href stays the way without JavaScript. data-copy="TEXT" copies; data-back
// goes back with what was typed still there.
document.addEventListener("click", async (event) => {
  const opener = event.target.closest("[data-opens]");
  const dialog = opener && document.getElementById(opener.dataset.opens);
  if (dialog) {
    event.preventDefault();
    dialog.showModal();
    return;
  }
  const closer = event.target.closest("[data-closes]");
  if (closer || event.target instanceof HTMLDialogElement) {
    event.target.closest("dialog")?.close();
    return;
  }
  if (event.target.closest("[data-back]") && history.length > 1) {
    event.preventDefault();
    history.back();
    return;
  }
  const copier = event.target.closest("[data-copy]");
  if (copier) {
    await navigator.clipboard.writeText(copier.dataset.copy);
    const label = copier.querySelector("span");
    if (label) label.textContent = copier.dataset.copied;
  }
});
