// A newcomer's time zone is the one of the device, until they choose another. Persian readers mostly want the Iranian calendar.
const form = document.querySelector("form:has([name=time_zone])");
const zone = form?.elements.time_zone;
const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone?.value === "UTC" && [...zone.options].some((option) => option.value === here)) zone.value = here;

let chosen = false;
form?.addEventListener("change", ({ target }) => {
  if (target.name === "calendar") chosen = true;
  if (target.name === "language" && !chosen) form.elements.calendar.value = target.value === "fa" ? "jalali" : "gregorian";
});
