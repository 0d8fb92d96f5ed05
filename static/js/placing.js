/**
 * From a request to an accepted order, once. An intent has one Idempotency-Key for its whole life: a
 * lost answer is asked for again with the same key, and the server answers with the same order.
 */
import { signal } from "../vendor/signals-core.js";
import { OutcomeUnknown, post, Refused } from "./api.js";

const STORED = "unsettled-intent";
const REPEAT_MS = 1_200;
const SETTLE_MS = 900; // Longer than a double click: its second half must not be a second order.

/** state: idle, sending, accepted or unknown; `words` says why, `intent` is {key, body}. */
export const placing = signal(unsettled());

function unsettled() {
  const stored = sessionStorage.getItem(STORED);
  const words = "The page was left before the answer came.";
  return stored ? { state: "unknown", intent: JSON.parse(stored), words } : { state: "idle" };
}

// Not crypto.randomUUID: that one is missing on pages served over plain http.
function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const send = ({ key, body }) => post("/api/trading/orders", body, { "Idempotency-Key": key });

/**
 * Place an order. Returns its answer, or null where nothing was done or its outcome is unknown.
 * Throws Refused when the server said no.
 */
export async function place(body) {
  if (placing.value.state !== "idle") return null;
  const intent = { key: newKey(), body };
  sessionStorage.setItem(STORED, JSON.stringify(intent));
  return settle(intent, { repeats: 1 });
}

/**
 * Place several orders, one after the other, each an intent of its own. Returns how many were
 * accepted; stops at one whose outcome is unknown. `refused` hears the body and the error of a
 * refused one, and the rest goes on.
 */
export async function placeEach(bodies, refused) {
  let accepted = 0;
  for (const body of bodies) {
    if (placing.value.state === "accepted") finish({ state: "idle" });
    try {
      if (!(await place(body))) break;
      accepted += 1;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      refused(body, error);
    }
  }
  return accepted;
}

/** Ask again what became of the intent whose outcome is unknown, with its own key. */
export async function askAgain() {
  const { state, intent } = placing.value;
  return state === "unknown" ? settle(intent, { repeats: 0 }) : null;
}

/** Give up asking. The order may exist all the same, and then shows among the orders. */
export function forget() {
  finish({ state: "idle" });
}

async function settle(intent, { repeats }) {
  placing.value = { state: "sending", intent };
  try {
    const answer = await send(intent);
    const accepted = { state: "accepted" };
    finish(accepted);
    setTimeout(() => placing.value === accepted && finish({ state: "idle" }), SETTLE_MS);
    return answer;
  } catch (error) {
    if (error instanceof Refused) {
      finish({ state: "idle" });
      throw error;
    }
    if (!(error instanceof OutcomeUnknown)) throw error;
    if (repeats > 0) {
      await pause(REPEAT_MS);
      return settle(intent, { repeats: repeats - 1 });
    }
    placing.value = { state: "unknown", intent, words: error.message };
    return null;
  }
}

function finish(next) {
  sessionStorage.removeItem(STORED);
  placing.value = next;
}
