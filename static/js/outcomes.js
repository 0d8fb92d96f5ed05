/** Says what became of the user's orders, wherever on the page they are looking. */
import { effect } from "../vendor/signals-core.js";
import * as format from "./format.js";
import { allOrders, loaded } from "./state.js";
import { notify } from "./toasts.js";

const known = new Map(); // orderId → the status last spoken of

const name = (order) => `${order.side === "BUY" ? "Buy" : "Sell"} ${order.symbol}`;

// Status → kind of notice, what happened, and the words that explain it.
const ANNOUNCED = {
  FILLED: [
    "good",
    "filled",
    (order) =>
      `${format.amount(order.executedQuantity)} at an average of ${format.money(order.averagePrice)}`,
  ],
  REJECTED: ["bad", "rejected", (order) => order.reason || "The exchange gave no reason."],
  EXPIRED: ["caution", "expired", (order) => order.reason],
  CANCELED: ["plain", "cancelled", (order) => order.reason],
};

function tell(order) {
  const [kind, happened, words] = ANNOUNCED[order.status] ?? [];
  if (kind) notify(kind, `${name(order)} ${happened}`, words(order), order.orderId);
}

/** Only what changes under the user's eyes is news: rows that were so when they came are not. */
function announce() {
  for (const order of allOrders.value) {
    const before = known.get(order.orderId);
    known.set(order.orderId, order.status);
    if (before && before !== order.status) tell(order);
  }
}

export function start() {
  effect(() => loaded.value && announce());
}
