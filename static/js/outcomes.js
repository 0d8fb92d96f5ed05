/** Says what became of the user's orders, wherever on the page they are looking. */
import { effect } from "../vendor/signals-core.js";
import * as format from "./format.js";
import { allOrders, loaded } from "./state.js";
import { notify } from "./toasts.js";

const known = new Map(); // orderId → the status last spoken of

const ANNOUNCED = {
  FILLED: (order) => notify("good", `${name(order)} filled`, `${format.amount(order.executedQuantity)} at an average of ${format.money(order.averagePrice)}`),
  REJECTED: (order) => notify("bad", `${name(order)} rejected`, order.reason || "The exchange gave no reason."),
  EXPIRED: (order) => notify("caution", `${name(order)} expired`, order.reason),
  CANCELED: (order) => notify("plain", `${name(order)} cancelled`, order.reason),
};

const name = (order) => `${order.side === "BUY" ? "Buy" : "Sell"} ${order.symbol}`;

/** Only what changes under the user's eyes is news: rows that were so when they came are not. */
function announce() {
  for (const order of allOrders.value) {
    const before = known.get(order.orderId);
    known.set(order.orderId, order.status);
    if (before && before !== order.status) ANNOUNCED[order.status]?.(order);
  }
}

export function start() {
  effect(() => loaded.value && announce());
}
