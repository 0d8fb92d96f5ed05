/** The order being written: its type, its worth, its faults and its request. Pure functions. */
import { Decimal } from "./decimal.js";
import { notionalProblem, priceProblem, quantityProblem } from "./rules.js";

// The exchange's standard rate; the true commission comes with every fill.
const FEE_RATE = Decimal.of("0.001");

export const FIELDS = {
  MARKET: ["quantity"],
  LIMIT: ["price", "quantity"],
  STOP: ["stopPrice", "price", "quantity"],
};

/**
 * A stop above the market waits for a rise, one below for a fall. Buying into a rise or selling
 * into a fall limits a loss; the other two take a profit. The exchange has a type for each.
 */
export function stopType(side, stopPrice, last) {
  const rises = stopPrice.above(last);
  return (side === "BUY") === rises ? "STOP_LOSS_LIMIT" : "TAKE_PROFIT_LIMIT";
}

/** The price that the order is likely to get: its limit, or the other side of the market. */
export function expectedPrice(draft, ticker) {
  if (draft.kind !== "MARKET") return Decimal.parse(draft.price);
  const quoted = draft.side === "BUY" ? ticker?.ask : ticker?.bid;
  return Decimal.parse(quoted ?? ticker?.last);
}

/** Worth in the quote asset, exact, or null while something is missing. */
export function total(draft, ticker) {
  const [quantity, price] = [Decimal.parse(draft.quantity), expectedPrice(draft, ticker)];
  return quantity && price ? quantity.times(price) : null;
}

/** The commission is taken from what is received: {amount, asset}, or null. */
export function estimatedFee(draft, ticker, rules) {
  const worth = total(draft, ticker);
  if (!worth || !rules) return null;
  return draft.side === "BUY"
    ? { amount: Decimal.parse(draft.quantity).times(FEE_RATE), asset: rules.base }
    : { amount: worth.times(FEE_RATE), asset: rules.quote };
}

/** What is wrong with what has been typed so far: field → {words, nearest}. Empty fields are not. */
export function faults(draft, ticker, rules) {
  const found = {};
  for (const field of FIELDS[draft.kind]) {
    if (!draft[field].trim()) continue;
    const value = Decimal.parse(draft[field]);
    if (!value) found[field] = { words: "Digits and one dot, please." };
    else if (value.sign() <= 0) found[field] = { words: "More than zero, please." };
    else if (rules && field !== "quantity") found[field] = priceProblem(value, rules);
    else if (rules) found[field] = quantityFault(draft, value, ticker, rules);
    if (!found[field]) delete found[field];
  }
  return found;
}

/** The nearest legal quantity is also worth enough: one click must do. */
function quantityFault(draft, quantity, ticker, rules) {
  const price = expectedPrice(draft, ticker);
  const problem = quantityProblem(quantity, rules, { market: draft.kind === "MARKET" });
  if (!price) return problem;
  if (!problem) return notionalProblem(quantity, price, rules);
  const tooLittle = notionalProblem(problem.nearest, price, rules);
  return { ...problem, nearest: tooLittle?.nearest ?? problem.nearest };
}

/** The body of POST /api/trading/orders. Amounts travel as text, digit for digit. */
export function request(draft, symbol, last) {
  const body = { symbol, side: draft.side, type: draft.kind };
  for (const field of FIELDS[draft.kind]) body[field] = Decimal.of(draft[field]).toString();
  if (draft.kind === "STOP") body.type = stopType(draft.side, Decimal.of(draft.stopPrice), last);
  return body;
}

/** A share of the balance as a legal quantity. Buying at market keeps 0.2 % for a price that moves. */
export function shareOf(percent, { draft, free, ticker, rules }) {
  const part = Decimal.of(free).times(percent).over(100);
  let quantity = part;
  if (draft.side === "BUY") {
    const price = expectedPrice(draft, ticker);
    if (!price || price.sign() <= 0) return null;
    const spare = draft.kind === "MARKET" ? Decimal.of("0.998") : Decimal.of("1");
    quantity = part.times(spare).over(price);
  }
  return rules.step ? quantity.floorTo(rules.step) : quantity;
}
