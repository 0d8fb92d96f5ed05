/** An order in words: what it will do, and what it comes to. */
import { Decimal } from "./decimal.js";
import { estimatedFee, worth } from "./draft.js";
import * as format from "./format.js";
import {
  isSizedInQuote,
  isStop,
  takesTime,
  TYPE_NAMES,
  typeOf,
  waitsForRise,
} from "./order_types.js";
import { page } from "./page.js";

export const SIDE_NAMES = { BUY: "Buy", SELL: "Sell", FLAT: "Flat" };
export const STATUS_NAMES = {
  PENDING: "Pending",
  SUBMITTED: "Submitted",
  NEW: "Open",
  PARTIALLY_FILLED: "Partly filled",
  FILLED: "Filled",
  CANCELED: "Cancelled",
  REJECTED: "Rejected",
  EXPIRED: "Expired",
};

// Reasons that are codes on the wire; all others are words already.
const REASONS = {
  NOT_PLACED: "The exchange never received it.",
  CANCEL_REQUESTED: "Its cancel was asked for.",
};
export const reasonWords = (reason) => REASONS[reason] ?? reason ?? "";

/** What is known of an order, and no more: what the exchange has not answered for is awaited. */
export function statusWords({ status, reason }) {
  const inDoubt = status === "SUBMITTED" && Boolean(reason) && reason !== "CANCEL_REQUESTED";
  return inDoubt ? "Awaiting the exchange" : (STATUS_NAMES[status] ?? status);
}

export const TIME_NAMES = {
  GTC: "Good till cancelled",
  IOC: "Immediate or cancel",
  FOK: "Fill or kill",
};

const TIME_WORDS = {
  GTC: "",
  IOC: "What cannot be filled at once is cancelled.",
  FOK: "It is filled at once and in full, or cancelled.",
};

/** What the order will do, where that is not plain from its name. */
export function behaviour(draft, rules) {
  if (draft.kind === "MARKET") return "";
  if (draft.kind === "LIMIT") {
    return draft.postOnly
      ? "It only ever waits in the book: one that would trade at once is refused."
      : TIME_WORDS[draft.timeInForce];
  }
  const time = takesTime(draft) ? TIME_WORDS[draft.timeInForce] : "";
  return `${trigger(draft, rules)}, ${consequence(draft, rules)}. ${time}`;
}

function trigger(draft, rules) {
  const stop = Decimal.parse(draft.stopPrice);
  const [rises, trail] = [waitsForRise(draft), draft.trailingDelta.trim()];
  const moves = rises ? "rises" : "falls";
  const at = stop ? ` to ${format.price(stop, rules)}` : "";
  if (!trail) return `Once the price ${moves}${at || " to the stop price"}`;
  const back = draft.side === "BUY" ? "rises from its lowest" : "falls from its highest";
  return stop
    ? `Once the price ${moves}${at} and then ${back} by ${trail}%`
    : `Once the price ${back} by ${trail}%`;
}

function consequence(draft, rules) {
  const side = draft.side === "BUY" ? "buys" : "sells";
  if (draft.sentAs !== "LIMIT") return `it ${side} at market`;
  const price = Decimal.parse(draft.price);
  return `a limit order ${side} at ${price ? format.price(price, rules) : "your price"} or better`;
}

/** The rows of the confirm dialog: [label, value]. */
export function summary(draft, ticker, rules) {
  const { base = "", quote = "" } = rules ?? {};
  const [sums, fee] = [worth(draft, ticker), estimatedFee(draft, ticker, rules)];
  const isLimit = typeOf(draft).includes("LIMIT");
  const inQuote = isSizedInQuote(draft);
  const shownSum = (sum, isExact, unit) =>
    sum && `${isExact ? "" : "≈ "}${format.amount(sum)} ${unit}`;
  const given = (field, unit) => draft[field]?.trim() && `${format.amount(draft[field])} ${unit}`;
  const shown = {
    Account: `${page.accountName} (${page.environment})`,
    "Stop price": isStop(draft) && given("stopPrice", quote),
    Trail: isStop(draft) && given("trailingDelta", "%"),
    Price: isLimit ? given("price", quote) : "Market",
    Quantity: shownSum(sums?.quantity, !inQuote, base),
    "Time in force": takesTime(draft) && TIME_NAMES[draft.timeInForce],
    Total: shownSum(sums?.total, isLimit || inQuote, quote),
    "Estimated fee": fee && `≈ ${format.amount(fee.amount)} ${fee.asset}`,
  };
  return Object.entries(shown).filter(([, value]) => value);
}

export const title = (draft, symbol) =>
  `${SIDE_NAMES[draft.side]} ${symbol}: ${TYPE_NAMES[typeOf(draft)]}`;
