/** One row of each table. `data-label` names the value where the table is drawn as cards. */
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { cancel } from "./cancelling.js";
import { Decimal, ZERO } from "./decimal.js";
import * as format from "./format.js";
import { cancelling, isOpen, symbols, tickers } from "./state.js";
import { prepare } from "./ticket.js";
import { showView } from "./views.js";

const STATUS = {
  PENDING: "Pending",
  SUBMITTED: "Submitted",
  NEW: "Open",
  PARTIALLY_FILLED: "Partly filled",
  FILLED: "Filled",
  CANCELED: "Cancelled",
  REJECTED: "Rejected",
  EXPIRED: "Expired",
};

const TYPE = {
  MARKET: "Market",
  LIMIT: "Limit",
  LIMIT_MAKER: "Post-only",
  STOP_LOSS: "Stop-loss",
  STOP_LOSS_LIMIT: "Stop-loss limit",
  TAKE_PROFIT: "Take-profit",
  TAKE_PROFIT_LIMIT: "Take-profit limit",
};

// Reasons that are codes on the wire; all others are words already.
const REASON = { NOT_PLACED: "The exchange never received it." };

const SIDE = { BUY: "Buy", SELL: "Sell", FLAT: "Flat" };

const time = (iso) =>
  html`<td data-label="Time" class="tabular" title=${iso}>${format.time(iso)}</td>`;
const market = (name) => html`<td data-label="Symbol"><b>${name}</b></td>`;
const side = (value) =>
  html`<td data-label="Side" class="side-${value.toLowerCase()}">${SIDE[value] ?? value}</td>`;
const type = (value) => html`<td data-label="Type">${TYPE[value] ?? value}</td>`;
const number = (label, text, tone = "") =>
  html`<td data-label=${label} class="n ${tone}">${text}</td>`;

/** What is known of an order, and no more: what the exchange has not answered for is awaited. */
function status(order) {
  const inDoubt = order.status === "SUBMITTED" && Boolean(order.reason);
  const leaving = isOpen(order) && (order.cancelRequestedAt || cancelling.value.has(order.orderId));
  const words = inDoubt
    ? "Awaiting the exchange"
    : leaving
      ? "Cancelling"
      : (STATUS[order.status] ?? order.status);
  const reason = REASON[order.reason] ?? order.reason;
  return html`<td data-label="Status">
    <span class="status" data-status=${order.status} ?data-doubt=${inDoubt}>${words}</span>${
      reason ? html`<span class="reason" title=${reason}>${reason}</span>` : nothing
    }
  </td>`;
}

function filled(order) {
  const [done, all] = [Decimal.of(order.executedQuantity ?? "0"), Decimal.parse(order.quantity)];
  const share = all && all.sign() && done.sign() ? `${done.times(100).over(all, 0)}%` : "";
  return number("Filled", html`${format.amount(done)}<span class="part">${share}</span>`);
}

const rulesOf = (name) => symbols.value.get(name);

export function openRow(order) {
  const rules = rulesOf(order.symbol);
  return html`<tr data-order=${order.orderId} data-status=${order.status}>
    ${time(order.createdAt)}${market(order.symbol)}${side(order.side)}${type(order.type)}
    ${number("Price", format.priceOrNone(order.price, rules))}
    ${number("Stop", format.priceOrNone(order.stopPrice, rules))}
    ${number("Quantity", format.amount(order.quantity))}
    ${filled(order)}${status(order)}
    <td class="n action"><button class="button small" type="button" ?disabled=${cancelling.value.has(order.orderId)}
      aria-label="Cancel ${SIDE[order.side]} ${order.symbol}" @click=${() => cancel(order)}>Cancel</button></td>
  </tr>`;
}

export function orderRow(order) {
  const rules = rulesOf(order.symbol);
  return html`<tr data-order=${order.orderId} data-status=${order.status}>
    ${time(order.createdAt)}${market(order.symbol)}${side(order.side)}${type(order.type)}
    ${number("Price", format.priceOrNone(order.price, rules))}
    ${number("Average", format.priceOrNone(order.averagePrice, rules))}
    ${number("Quantity", format.amount(order.quantity))}
    ${filled(order)}${status(order)}
  </tr>`;
}

/** Unrealised PnL at the newest price we know, so that it moves with the market. */
export function unrealised(position) {
  const ticker = tickers.value.get(position.symbol);
  if (!ticker || position.side === "FLAT") return Decimal.of(position.unrealizedPnL);
  const gain = Decimal.of(ticker.last).minus(position.entryPrice).times(position.size);
  return position.side === "SELL" ? gain.negated() : gain;
}

function fees(position) {
  const entries = Object.entries(position.fees ?? {});
  return entries.length
    ? entries.map(([asset, sum]) => `${format.amount(sum)} ${asset}`).join(", ")
    : "–";
}

/** What can be sold of a position: a commission taken in the base asset leaves it off the step. */
function closable(position) {
  const step = rulesOf(position.symbol)?.step;
  return step ? Decimal.of(position.size).floorTo(step) : position.size;
}

function closing(position) {
  if (position.side === "FLAT") return nothing;
  const close = () => {
    showView("trade");
    prepare({
      side: position.side === "BUY" ? "SELL" : "BUY",
      kind: "MARKET",
      name: position.symbol,
      quantity: closable(position),
    });
  };
  return html`<button
    class="button small"
    type="button"
    aria-label="Close ${position.symbol}…"
    title="Fill in the order panel to close this position"
    @click=${close}
  >
    Close…
  </button>`;
}

export function positionRow(position) {
  const rules = rulesOf(position.symbol);
  const last = tickers.value.get(position.symbol)?.last ?? position.marketPrice;
  const flat = position.side === "FLAT";
  const gain = unrealised(position);
  const value = flat ? ZERO : Decimal.of(last).times(position.size);
  return html`<tr data-symbol=${position.symbol}>
    ${market(position.symbol)}${side(position.side)}
    ${number("Size", format.amount(position.size))}
    ${number("Entry price", format.priceOrNone(position.entryPrice, rules))}
    ${number("Market price", format.priceOrNone(last, rules), "price-live")}
    ${number("Value", format.money(value), "price-live")}
    ${number("Unrealised PnL", format.signed(gain), `price-live ${format.direction(gain)}`)}
    ${number("Realised PnL", format.signed(position.realizedPnL), format.direction(position.realizedPnL))}
    ${number("Fees", fees(position))}
    <td class="n action">${closing(position)}</td>
  </tr>`;
}

export function tradeRow(trade) {
  const rules = rulesOf(trade.symbol);
  return html`<tr data-trade=${trade.id}>
    ${time(trade.timestamp)}${market(trade.symbol)}${side(trade.side)}
    ${number("Price", format.price(trade.price, rules))}
    ${number("Quantity", format.amount(trade.quantity))}
    ${number("Total", format.money(Decimal.of(trade.price).times(trade.quantity)))}
    ${number("Fee", `${format.amount(trade.commission)} ${trade.commissionAsset}`)}
    ${number("Realised PnL", format.signed(trade.realizedPnL), format.direction(trade.realizedPnL))}
    <td data-label="Order" class="muted" title=${trade.orderId}>${trade.orderId.slice(0, 8)}</td>
  </tr>`;
}
