// Close toasts by hand, and let other modules say something: toast("Saved").
document.addEventListener("click", (event) => {
  event.target.closest("[data-dismiss]")?.closest(".toast")?.remove();
});

/** Show one line of news in the corner; kind is "good", "warning" or "error". */
export function toast(text, kind = "good") {
  const corner = document.querySelector(".toasts");
  if (!corner) return;
  const item = document.createElement("div");
  item.className = `toast ${kind}`;
  const line = document.createElement("div");
  line.className = "grow";
  line.dir = "auto";
  line.textContent = text;
  item.append(line);
  corner.append(item);
}
