/** The types of orders: their names, which one a draft asks for, and the fields that each one has. */
export const TYPE_NAMES = {
  MARKET: "Market",
  LIMIT: "Limit",
  LIMIT_MAKER: "Post-only",
  STOP_LOSS: "Stop-loss",
  STOP_LOSS_LIMIT: "Stop-loss limit",
  TAKE_PROFIT: "Take-profit",
  TAKE_PROFIT_LIMIT: "Take-profit limit",
};

const LIMITED = { STOP_LOSS: "STOP_LOSS_LIMIT", TAKE_PROFIT: "TAKE_PROFIT_LIMIT" };

const STOP = ["stopPrice", "trailingDelta"];
const FIELDS = {
  MARKET: ["quantity"],
  LIMIT: ["price", "quantity"],
  LIMIT_MAKER: ["price", "quantity"],
  STOP_LOSS: [...STOP, "quantity"],
  STOP_LOSS_LIMIT: [...STOP, "price", "quantity"],
  TAKE_PROFIT: [...STOP, "quantity"],
  TAKE_PROFIT_LIMIT: [...STOP, "price", "quantity"],
};
const TAKE_TIME = new Set(["LIMIT", "STOP_LOSS_LIMIT", "TAKE_PROFIT_LIMIT"]);

/** The exchange's type for what was chosen: {kind, sentAs, postOnly}. */
export function typeOf({ kind, sentAs, postOnly }) {
  if (kind === "LIMIT") return postOnly ? "LIMIT_MAKER" : "LIMIT";
  return sentAs === "LIMIT" ? (LIMITED[kind] ?? kind) : kind;
}

/** The amounts that a draft consists of, in the order in which they stand on the page. */
export function fieldsOf(draft) {
  if (isSizedInQuote(draft)) return ["quoteOrderQty"];
  return FIELDS[typeOf(draft)];
}

/** Only a market order may be told how much to spend or to receive. */
export const isSizedInQuote = ({ kind, sizeIn }) => kind === "MARKET" && sizeIn === "QUOTE";

export const isStop = ({ kind }) => kind in LIMITED;
export const takesTime = (draft) => TAKE_TIME.has(typeOf(draft));

/**
 * Whether a stop waits for the price to rise. Buying into a rise or selling into a fall limits a
 * loss; the other two take a profit.
 */
export const waitsForRise = ({ kind, side }) => (kind === "STOP_LOSS") === (side === "BUY");
