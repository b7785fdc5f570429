// Turns the pages of a module with the arrow keys and by swiping, in the direction of the language.
const player = document.querySelector("[data-player]");
const rightToLeft = document.documentElement.dir === "rtl";
const SWIPE = 60;

const turn = (forwards) => player.querySelector(forwards ? "[data-next]" : "[data-previous]")?.click();
const isWriting = (target) => target.closest("input, textarea, select, summary, [contenteditable]") !== null;

document.addEventListener("keydown", (event) => {
  const plain = !event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey;
  if (!plain || isWriting(event.target) || !["ArrowLeft", "ArrowRight"].includes(event.key)) return;
  turn((event.key === "ArrowRight") !== rightToLeft);
});

let start = null;
player.addEventListener("touchstart", (event) => {
  start = event.touches.length === 1 && !isWriting(event.target) ? event.touches[0] : null;
}, { passive: true });
player.addEventListener("touchend", (event) => {
  if (start === null) return;
  const across = event.changedTouches[0].clientX - start.clientX;
  const along = event.changedTouches[0].clientY - start.clientY;
  if (Math.abs(across) > SWIPE && Math.abs(across) > 2 * Math.abs(along)) turn((across < 0) !== rightToLeft);
  start = null;
}, { passive: true });

document.getElementById("feedback")?.focus({ preventScroll: true });
