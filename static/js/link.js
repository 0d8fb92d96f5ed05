/**
 * How the connection truly is: live only while the line answers and the prices are young, offline
 * when the browser itself says that there is no network.
 */
import { link } from "./state.js";

const OLD_PRICES_MS = 10_000;
const TICK_MS = 1_000;

let status = "connecting";
let silent = false; // A ping has gone unanswered.
let opened = 0; // When the line was last opened.
let newestPrice = null; // When the newest price was made, by our own clock.
let ahead = 0; // How far the server's clock is ahead of ours.

/** What the socket tells of itself. */
export function notice({ status: told, silent: quiet, roundTrip }) {
  if (told === "open") {
    status = "live";
    opened = Date.now();
  }
  if (told === "closed") status = "reconnecting";
  if (told === "signed-out") status = told;
  if (quiet !== undefined) silent = quiet;
  if (roundTrip !== undefined) link.value = { ...link.value, roundTrip };
  show();
}

export function serverTime(iso) {
  ahead = Date.parse(iso) - Date.now();
}

/**
 * A price came. A snapshot may be of an hour ago, so its own time counts, not its arrival. The
 * exchange's clock and the server's agree to a second, which is enough to tell old from new.
 */
export function priced(iso) {
  newestPrice = Math.max(newestPrice ?? 0, Math.min(Date.parse(iso) - ahead, Date.now()));
}

/** The server's own word on the age of the market feed, null while it has none. */
export function feedAge(milliseconds) {
  if (milliseconds !== null) newestPrice = Math.max(newestPrice ?? 0, Date.now() - milliseconds);
}

/** Called after every batch of messages, and once a second, because age needs no message. */
export function show() {
  const age = newestPrice === null ? null : Date.now() - newestPrice;
  const waited = Date.now() - Math.max(opened, newestPrice ?? 0);
  const doubtful = silent || waited > OLD_PRICES_MS || (age ?? 0) > OLD_PRICES_MS;
  const known = status === "live" && doubtful ? "stale" : status;
  const state = navigator.onLine || status === "signed-out" ? known : "offline";
  if (link.value.state !== state || link.value.feedAge !== age)
    link.value = { ...link.value, state, feedAge: age };
}

setInterval(show, TICK_MS);
