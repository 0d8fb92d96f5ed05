/** The order being written: its worth, its faults and its request. Pure functions over its texts. */
import { Decimal } from "./decimal.js";
import * as format from "./format.js";
import { fieldsOf, isSizedInQuote, isStop, takesTime, typeOf, waitsForRise } from "./order_types.js";
import { notionalProblem, priceProblem, quantityProblem, spendingProblem } from "./rules.js";

// The exchange's standard rate; the true commission comes with every fill.
const FEE_RATE = Decimal.of("0.001");
const BIPS_PER_PERCENT = 100;
const ROOM = Decimal.of("0.998"); // Of a share at market: the price moves until the order is there.
const QUOTE_PLACES = 8;

/** The price that the order is likely to get: its own, or the other side of the market. */
export function expectedPrice(draft, ticker) {
  if (fieldsOf(draft).includes("price")) return Decimal.parse(draft.price);
  const stop = isStop(draft) ? Decimal.parse(draft.stopPrice) : null;
  const quoted = draft.side === "BUY" ? ticker?.ask : ticker?.bid;
  return stop ?? Decimal.parse(quoted ?? ticker?.last);
}

/** What the order comes to: {quantity, total} in base and quote, or null while something is missing. */
export function worth(draft, ticker) {
  const price = expectedPrice(draft, ticker);
  if (!price || price.sign() <= 0) return null;
  if (isSizedInQuote(draft)) {
    const total = Decimal.parse(draft.quoteOrderQty);
    return total && { quantity: total.over(price, QUOTE_PLACES), total };
  }
  const quantity = Decimal.parse(draft.quantity);
  return quantity && { quantity, total: quantity.times(price) };
}

/** The commission is taken from what is received: {amount, asset}, or null. */
export function estimatedFee(draft, ticker, rules) {
  const sums = worth(draft, ticker);
  if (!sums || !rules) return null;
  return draft.side === "BUY"
    ? { amount: sums.quantity.times(FEE_RATE), asset: rules.base }
    : { amount: sums.total.times(FEE_RATE), asset: rules.quote };
}

/**
 * What is wrong with what has been typed so far: field → {words, nearest, kind}. `nearest` is the
 * legal value that one click takes, `kind` the order type that would be right. Empty fields are not.
 */
export function faults(draft, ticker, rules) {
  const found = {};
  for (const field of fieldsOf(draft)) {
    if (!draft[field].trim()) continue;
    const value = Decimal.parse(draft[field]);
    const fault = valueFault(value) ?? (rules && FAULTS[field](value, { draft, ticker, rules }));
    if (fault) found[field] = fault;
  }
  return found;
}

function valueFault(value) {
  if (!value) return { words: "Digits and one dot, please." };
  return value.sign() > 0 ? null : { words: "More than zero, please." };
}

const FAULTS = {
  price: (value, { rules }) => priceProblem(value, rules),
  stopPrice: (value, market) => priceProblem(value, market.rules) ?? wrongSide(value, market),
  trailingDelta: trailFault,
  quantity: quantityFault,
  quoteOrderQty: (value, { rules }) => spendingProblem(value, rules),
};

/** A stop on the wrong side of the market would go off at once, so the exchange refuses it. */
function wrongSide(stop, { draft, ticker, rules }) {
  const last = Decimal.parse(ticker?.last);
  if (!last || draft.trailingDelta.trim()) return null;
  const rises = waitsForRise(draft);
  if (rises ? stop.above(last) : stop.below(last)) return null;
  const [name, kind] =
    draft.kind === "STOP_LOSS" ? ["stop-loss", "TAKE_PROFIT"] : ["take-profit", "STOP_LOSS"];
  const side = draft.side === "BUY" ? "buys" : "sells";
  const where = rises ? "above" : "below";
  const words = `A ${name} that ${side} lies ${where} the market at ${format.price(last, rules)}.`;
  return { words, kind };
}

function trailFault(percent, { draft, rules }) {
  const bounds = waitsForRise(draft) ? rules.trailAbove : rules.trailBelow;
  const bips = percent.times(BIPS_PER_PERCENT);
  const nearest = (value) => Decimal.of(value).over(BIPS_PER_PERCENT, 2);
  const offer = (words, value) => ({ words, nearest: nearest(value) });
  if (bounds?.least && bips.below(bounds.least))
    return offer(`At least ${nearest(bounds.least)}%.`, bounds.least);
  if (bounds?.most && bips.above(bounds.most))
    return offer(`At most ${nearest(bounds.most)}%.`, bounds.most);
  return bips.isMultipleOf(1) ? null : offer("Two decimals at most.", bips.nearestTo(1));
}

/** The nearest legal quantity is also worth enough: one click must do. */
function quantityFault(quantity, { draft, ticker, rules }) {
  const price = expectedPrice(draft, ticker);
  const problem = quantityProblem(quantity, rules, { market: draft.kind === "MARKET" });
  if (!price) return problem;
  if (!problem) return notionalProblem(quantity, price, rules);
  const tooLittle = notionalProblem(problem.nearest, price, rules);
  return { ...problem, nearest: tooLittle?.nearest ?? problem.nearest };
}

/** What keeps the order from being sent at all: field → words. The rest the server decides. */
export function obstacles(draft) {
  const found = {};
  for (const field of fieldsOf(draft)) {
    const text = draft[field].trim();
    if (text && !Decimal.parse(text)) found[field] = "Digits and one dot, please.";
    if (!text && field !== "trailingDelta") found[field] = "Please fill this in.";
  }
  if (isStop(draft) && draft.trailingDelta.trim() && !draft.stopPrice.trim()) delete found.stopPrice;
  return found;
}

/** The body of POST /api/trading/orders. Amounts travel as text, digit for digit. */
export function request(draft, symbol) {
  const body = { symbol, side: draft.side, type: typeOf(draft) };
  for (const field of fieldsOf(draft))
    if (draft[field].trim()) body[field] = Decimal.of(draft[field]).toString();
  if (body.trailingDelta)
    body.trailingDelta = Decimal.of(body.trailingDelta).times(BIPS_PER_PERCENT).toString();
  if (takesTime(draft)) body.timeInForce = draft.timeInForce;
  return body;
}

/** A share of the balance as the legal value of the amount asked for, or null: [field, value]. */
export function shareOf(percent, { draft, free, ticker, rules }) {
  const part = Decimal.of(free).times(percent).over(100);
  const price = expectedPrice(draft, ticker);
  const buys = draft.side === "BUY";
  const atMarket = !fieldsOf(draft).includes("price");
  if (isSizedInQuote(draft)) {
    if (buys) return ["quoteOrderQty", part.over(1, QUOTE_PLACES)];
    return price && ["quoteOrderQty", part.times(ROOM).times(price).over(1, 2)];
  }
  let quantity = part;
  if (buys) {
    if (!price || price.sign() <= 0) return null;
    quantity = (atMarket ? part.times(ROOM) : part).over(price);
  }
  return ["quantity", rules.step ? quantity.floorTo(rules.step) : quantity];
}
