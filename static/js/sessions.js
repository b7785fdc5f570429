// Offering times: when three are ticked, the others wait until one is taken away. The server checks the same.
const MOST = 3;
const form = document.getElementById("times");
const boxes = form ? [...form.querySelectorAll("[name=suggested]")] : [];

function hold() {
  const full = boxes.filter((box) => box.checked).length >= MOST;
  for (const box of boxes) box.disabled = full && !box.checked;
}

for (const box of boxes) box.addEventListener("change", hold);
hold();
