/** The exchange's rules of a symbol, and what they say about a value while it is being typed. */
import { Decimal } from "./decimal.js";

const decimal = (filter, field) => {
  const value = Decimal.parse(filter?.[field]);
  return value && value.sign() > 0 ? value : null; // The exchange writes 0 for "no such rule".
};

/** How far a trailing stop may trail, in BIPS. */
const trailBounds = (filter, side) => ({
  least: decimal(filter, `minTrailing${side}Delta`),
  most: decimal(filter, `maxTrailing${side}Delta`),
});

/** One row of GET /api/market/symbols → the rules that the page checks. */
export function readRules(row) {
  const filters = row.filters ?? {};
  const { PRICE_FILTER: price, LOT_SIZE: lot, MARKET_LOT_SIZE: marketLot } = filters;
  const notional = filters.NOTIONAL ?? filters.MIN_NOTIONAL;
  return {
    symbol: row.symbol,
    base: row.base,
    quote: row.quote,
    status: row.status,
    tick: decimal(price, "tickSize"),
    minPrice: decimal(price, "minPrice"),
    maxPrice: decimal(price, "maxPrice"),
    step: decimal(lot, "stepSize"),
    minQuantity: decimal(lot, "minQty"),
    maxQuantity: decimal(lot, "maxQty"),
    maxMarketQuantity: decimal(marketLot, "maxQty"),
    minNotional: decimal(notional, "minNotional"),
    trailAbove: trailBounds(filters.TRAILING_DELTA, "Above"),
    trailBelow: trailBounds(filters.TRAILING_DELTA, "Below"),
  };
}

/** Whether a value lies in its range and on its step: null, or {words, nearest}. */
function rangeProblem(value, { name, unit, least, most, step, stepWord }) {
  if (least && value.below(least)) {
    return { words: `The least ${name} is ${least} ${unit}.`, nearest: least };
  }
  if (most && value.above(most)) {
    return { words: `The greatest ${name} is ${most} ${unit}.`, nearest: most };
  }
  if (step && !value.isMultipleOf(step)) {
    return { words: `The ${stepWord} is ${step} ${unit}.`, nearest: value.nearestTo(step) };
  }
  return null;
}

export function priceProblem(price, rules) {
  const { minPrice: least, maxPrice: most, tick: step, quote: unit } = rules;
  return rangeProblem(price, { name: "price", unit, least, most, step, stepWord: "tick" });
}

export function quantityProblem(quantity, rules, { market }) {
  const { minQuantity: least, step, base: unit } = rules;
  const most = (market && rules.maxMarketQuantity) || rules.maxQuantity;
  return rangeProblem(quantity, { name: "quantity", unit, least, most, step, stepWord: "step" });
}

/** An amount to spend or to receive that is too little for an order. */
export function spendingProblem(amount, { minNotional: least, quote: unit }) {
  if (!least || !amount.below(least)) return null;
  return { words: `An order is worth at least ${least} ${unit}.`, nearest: least };
}

/** An order worth too little: the quantity that would do is the nearest legal one. */
export function notionalProblem(quantity, price, rules) {
  const least = rules.minNotional;
  if (!least || price.sign() === 0 || !quantity.times(price).below(least)) return null;
  const wanted = least.over(price, 18);
  const nearest = rules.step ? wanted.ceilTo(rules.step) : wanted;
  return { words: `An order is worth at least ${least} ${rules.quote}.`, nearest };
}
