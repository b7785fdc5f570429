// Close toasts by hand, and let other modules say something: toast("Saved"), with a way back: toast("Kept", "good", { undo, word: "Undo" }).
document.addEventListener("click", (event) => {
  event.target.closest("[data-dismiss]")?.closest(".toast")?.remove();
});

/** Show one line of news in the corner; kind is "good", "warning" or "error". `undo` is done when its button, called `word`, is
    pressed. */
export function toast(text, kind = "good", { undo, word } = {}) {
  const corner = document.querySelector(".toasts");
  if (!corner) return;
  const item = document.createElement("div");
  item.className = `toast ${kind}`;
  const line = document.createElement("div");
  line.className = "grow";
  line.dir = "auto";
  line.textContent = text;
  item.append(line);
  if (undo) {
    const back = Object.assign(document.createElement("button"), { type: "button", className: "text small", textContent: word });
    const from = document.activeElement;
    back.addEventListener("click", () => {
      item.remove();
      from?.focus();
      undo();
    });
    item.append(back);
  }
  corner.append(item);
}
