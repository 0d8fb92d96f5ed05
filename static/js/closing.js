/** Closing positions: ordinary market orders for what can be traded of them, asked about first. */
import { Decimal } from "./decimal.js";
import { ask } from "./confirm.js";
import * as format from "./format.js";
import { SIDE_NAMES } from "./order_words.js";
import { page } from "./page.js";
import { placeEach, placing } from "./placing.js";
import { notionalProblem } from "./rules.js";
import { account, positions, symbols, tickers } from "./state.js";
import { notify } from "./toasts.js";

/**
 * What can be traded of a position: {quantity}, a legal one, or {dust}, why none is. A commission
 * taken in the base asset leaves a position off the step; the rest of it stays.
 */
export function closable(position) {
  const rules = symbols.value.get(position.symbol);
  const price = Decimal.parse(tickers.value.get(position.symbol)?.last);
  const size = Decimal.of(position.size);
  if (!rules) return { quantity: size };
  const most = rules.maxMarketQuantity ?? rules.maxQuantity;
  const capped = most && size.above(most) ? most : size;
  const quantity = rules.step ? capped.floorTo(rules.step) : capped;
  const least = rules.minQuantity ?? rules.step ?? "0";
  if (quantity.sign() === 0 || quantity.below(least))
    return { dust: `Too small to trade: the least quantity is ${least} ${rules.base}.` };
  const problem = price && notionalProblem(quantity, price, rules);
  return problem ? { dust: `Too small to trade. ${problem.words}` } : { quantity };
}

const opposite = (position) => (position.side === "BUY" ? "SELL" : "BUY");

function order(position) {
  return {
    symbol: position.symbol,
    side: opposite(position),
    type: "MARKET",
    quantity: closable(position).quantity.toString(),
    account: page.accountId,
  };
}

function describe(position) {
  const { dust, quantity } = closable(position);
  const base = symbols.value.get(position.symbol)?.base ?? "";
  if (dust) return [position.symbol, `stays: ${dust}`];
  const rest = Decimal.of(position.size).minus(quantity);
  const left = rest.sign() ? `, ${format.amount(rest)} stay` : "";
  return [
    position.symbol,
    `${SIDE_NAMES[opposite(position)]} ${format.amount(quantity)} ${base} at market${left}`,
  ];
}

/** Open orders hold what they may sell, and then it cannot be sold twice. */
function warning(held) {
  const locked = held.filter((position) => {
    const base = symbols.value.get(position.symbol)?.base;
    const free = account.value?.balances.find(({ asset }) => asset === base)?.free ?? "0";
    const { quantity } = closable(position);
    return position.side === "BUY" && quantity?.above(free);
  });
  if (!locked.length) return "";
  const names = locked.map(({ symbol }) => symbol).join(", ");
  return `More of ${names} is to be sold than is free: cancel the open orders that hold it first.`;
}

async function closeThese(held, { title, act }) {
  const tradable = held.filter((position) => closable(position).quantity);
  if (!["idle", "accepted"].includes(placing.value.state) || !tradable.length) {
    const words = tradable.length
      ? "What became of the order before is not known yet: ask again first."
      : "Nothing of it can be traded.";
    notify("caution", "Not closed", words);
    return;
  }
  const bodies = tradable.map(order); // What is confirmed is what is sent.
  const question = { title, rows: held.map(describe), warning: warning(tradable), act };
  if (!(await ask({ ...question, side: bodies[0].side }))) return;
  const refused = (body, error) => notify("bad", `${body.symbol} not closed`, error.message);
  const accepted = await placeEach(bodies, refused);
  if (accepted) notify("plain", "Closing", `${accepted} of ${bodies.length} orders accepted.`);
}

export function close(position) {
  return closeThese([position], { title: `Close ${position.symbol}`, act: "Close position" });
}

export function closeAll() {
  const held = [...positions.value.values()].filter(({ side }) => side !== "FLAT");
  return closeThese(held, { title: "Close all positions", act: "Close all" });
}
