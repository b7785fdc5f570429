// Where the parts of a page do not fit side by side, the one we are on is brought into sight.
for (const current of document.querySelectorAll(".tabs [aria-current]")) {
  const row = current.closest(".tabs");
  const [part, whole] = [current.getBoundingClientRect(), row.getBoundingClientRect()];
  row.scrollLeft += (part.left + part.right - whole.left - whole.right) / 2;
}
