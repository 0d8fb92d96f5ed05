/** Times as the tables show them: in UTC or in the zone of the person looking, as they chose. */
import { computed } from "../vendor/signals-core.js";
import { preference } from "./preferences.js";

export const isUtc = () => preference("clock").value === "utc";

/** A formatter of that shape, built anew only when the choice changes. Views that use it follow. */
export const shaped = (options) =>
  computed(
    () =>
      new Intl.DateTimeFormat([], {
        hour12: false,
        timeZone: isUtc() ? "UTC" : undefined,
        ...options,
      }),
  );

const CLOCK = { hour: "2-digit", minute: "2-digit", second: "2-digit" };
const TIME = shaped(CLOCK);
const STAMP = shaped({ day: "2-digit", month: "short", ...CLOCK });
const EXACT = shaped({ day: "2-digit", month: "short", ...CLOCK, fractionalSecondDigits: 3 });
const YEARLY = shaped({ day: "2-digit", month: "short", year: "numeric", ...CLOCK });

/** Date and time, with the year where it is not this one. */
export function stamp(iso) {
  const at = new Date(iso);
  const isThisYear = at.getUTCFullYear() === new Date().getUTCFullYear();
  return (isThisYear ? STAMP : YEARLY).value.format(at);
}

/** Date and time to the millisecond, for what follows fast upon each other. */
export const exact = (iso) => EXACT.value.format(new Date(iso));

/** The time of day alone, for what happened a moment ago. */
export const time = (iso) => TIME.value.format(new Date(iso));

export const zone = () => (isUtc() ? "UTC" : Intl.DateTimeFormat().resolvedOptions().timeZone);
