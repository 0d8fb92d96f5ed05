/** Times as the reader prefers them: by the browser's own clock or in UTC. */
import { effect } from "../vendor/signals-core.js";
import { isUtc, zone } from "./times.js";

// The locale whose dates are ISO 8601, as they sort and as the server writes them.
function formatter(fractionalSecondDigits) {
  return new Intl.DateTimeFormat("sv-SE", {
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    fractionalSecondDigits,
    timeZone: isUtc() ? "UTC" : undefined,
  });
}

/** Rewrite every `<time>` under an element. */
export function showTimes(root) {
  const clocks = { seconds: formatter(), milliseconds: formatter(3) };
  for (const time of root.querySelectorAll("time[data-precision]"))
    time.textContent = clocks[time.dataset.precision]
      .format(new Date(time.dateTime))
      .replace(",", ".");
}

/** Keep the whole page, and the days of its filter, at the preferred clock. */
export function start() {
  effect(() => {
    showTimes(document);
    for (const field of document.querySelectorAll("[data-zone]"))
      field.value = isUtc() ? "" : zone();
    const note = document.getElementById("zone-note");
    if (note) note.textContent = `Days and times are ${zone()}.`;
  });
}
