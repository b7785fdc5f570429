// The figure beside each slider follows it, in the reader's digits.
const figures = new Intl.NumberFormat(document.documentElement.lang);
for (const output of document.querySelectorAll("output[data-of]")) {
  const slider = document.getElementById(output.dataset.of);
  slider?.addEventListener("input", () => { output.textContent = figures.format(slider.value); });
}
