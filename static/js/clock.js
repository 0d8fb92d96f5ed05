/** Times as the reader prefers them: by the browser's own clock or in UTC. */
import { effect } from "../vendor/signals-core.js";
import { preference } from "./preferences.js";

const inUtc = () => preference("clock").value === "utc";
const localZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

// The locale whose dates are ISO 8601, as they sort and as the server writes them.
const formatter = (timeZone) =>
  new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "medium", timeZone });

/** Rewrite every `<time>` under an element. */
export function showTimes(root) {
  const clock = formatter(inUtc() ? "UTC" : undefined);
  for (const time of root.querySelectorAll("time[datetime]"))
    time.textContent = clock.format(new Date(time.dateTime));
}

/** Keep the whole page, and the days of its filter, at the preferred clock. */
export function start() {
  effect(() => {
    showTimes(document);
    const zone = inUtc() ? "" : localZone();
    for (const field of document.querySelectorAll("[data-zone]")) field.value = zone;
    const note = document.getElementById("zone-note");
    if (note) note.textContent = `Days and times are ${zone || "UTC"}.`;
  });
}
