// Measures the round trip (median of five) and the download of a small sample, then sends both with the form.
const form = document.querySelector("[data-connection]");
const PINGS = 5;

const timed = async (address) => {
  const begun = performance.now();
  const answer = await fetch(`${address}?${Math.random()}`, { cache: "no-store" });
  if (!answer.ok) throw new Error(answer.statusText);
  const bytes = (await answer.arrayBuffer()).byteLength;
  return { ms: performance.now() - begun, bytes };
};

const measure = async () => {
  const pings = [];
  for (let n = 0; n < PINGS; n += 1) pings.push((await timed(form.dataset.ping)).ms);
  const latency = pings.sort((a, b) => a - b)[Math.floor(PINGS / 2)];
  const sample = await timed(form.dataset.sample);
  return { latency, kbit: (sample.bytes * 8) / sample.ms };
};

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = form.querySelector("button");
  button.disabled = true;
  button.setAttribute("aria-busy", "true");
  form.querySelector("[data-failed]").hidden = true;
  try {
    const { latency, kbit } = await measure();
    form.elements.latency_ms.value = Math.round(latency);
    form.elements.kbit_per_s.value = Math.round(kbit);
    form.submit();
  } catch {
    form.querySelector("[data-failed]").hidden = false;
    button.disabled = false;
    button.removeAttribute("aria-busy");
  }
});
