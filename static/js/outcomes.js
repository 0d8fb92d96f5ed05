/** Says what became of the user's orders, wherever on the page they are looking. */
import * as format from "./format.js";
import { notify } from "./toasts.js";

const told = new Set(); // "orderId status": a late fill does not make it news again.

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

/** An event came about this order. Rows that are only read are no news, and not told here. */
export function tell(order) {
  const [kind, happened, words] = ANNOUNCED[order.status] ?? [];
  const news = `${order.orderId} ${order.status}`;
  if (!kind || told.has(news)) return;
  told.add(news);
  notify(kind, `${name(order)} ${happened}`, words(order), order.orderId);
}
