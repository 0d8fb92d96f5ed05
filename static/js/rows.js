/** Rows of orders and trades. `data-label` names the value where the table is drawn as cards. */
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { cancel } from "./cancelling.js";
import { Decimal } from "./decimal.js";
import * as format from "./format.js";
import { TYPE_NAMES } from "./order_types.js";
import { reasonWords, SIDE_NAMES, statusWords } from "./order_words.js";
import { cancelling, isOpen, symbols } from "./state.js";
import { showOrder } from "./timeline.js";
import { stamp } from "./times.js";

export const cell = {
  time: (iso) => html`<td data-label="Time" class="tabular" title=${iso}>${stamp(iso)}</td>`,
  market: (name) => html`<td data-label="Symbol"><b>${name}</b></td>`,
  side: (side) =>
    html`<td data-label="Side" class="side-${side.toLowerCase()}">${SIDE_NAMES[side] ?? side}</td>`,
  type: (type) => html`<td data-label="Type">${TYPE_NAMES[type] ?? type}</td>`,
  number: (label, text, tone = "") => html`<td data-label=${label} class="n ${tone}">${text}</td>`,
};
const { time, market, side, type, number } = cell;

export const rulesOf = (name) => symbols.value.get(name);

function status(order) {
  const words = statusWords(order);
  const leaving = isOpen(order) && (order.cancelRequestedAt || cancelling.value.has(order.orderId));
  const inDoubt = words === statusWords({ status: "SUBMITTED", reason: "?" });
  const reason = reasonWords(order.reason);
  return html`<td data-label="Status">
    <span class="status" data-status=${order.status} ?data-doubt=${inDoubt}>${leaving && !inDoubt ? "Cancelling" : words}</span>${
      reason ? html`<span class="reason" title=${reason}>${reason}</span>` : nothing
    }
  </td>`;
}

/** What was ordered: a quantity, or an amount of the quote asset to spend or receive. */
function ordered(order) {
  const inQuote = Number(order.quoteOrderQty) && !Number(order.quantity);
  const quote = rulesOf(order.symbol)?.quote ?? "";
  return inQuote
    ? `${format.amount(order.quoteOrderQty)} ${quote}`
    : format.amount(order.quantity);
}

function filled(order) {
  const [done, all] = [Decimal.of(order.executedQuantity ?? "0"), Decimal.parse(order.quantity)];
  const share = all && all.sign() && done.sign() ? `${done.times(100).over(all, 0)}%` : "";
  return number("Filled", html`${format.amount(done)}<span class="part">${share}</span>`);
}

function stop(order, rules) {
  const trail = Number(order.trailingDelta)
    ? ` ↻ ${Decimal.of(order.trailingDelta).over(100, 2)}%`
    : "";
  const price = format.priceOrNone(order.stopPrice, rules);
  return number("Stop", trail && price === "–" ? trail.trim() : `${price}${trail}`);
}

const details = (order) => html`<td class="n action details"><button class="button quiet small" type="button"
  aria-label="Details of ${SIDE_NAMES[order.side]} ${order.symbol}" @click=${() => showOrder(order.orderId)}>Details</button></td>`;

export function openRow(order) {
  const rules = rulesOf(order.symbol);
  return html`<tr data-order=${order.orderId} data-status=${order.status} @click=${(event) => openOnClick(event, order.orderId)}>
    ${time(order.createdAt)}${market(order.symbol)}${side(order.side)}${type(order.type)}
    ${number("Price", format.priceOrNone(order.price, rules))}
    ${stop(order, rules)}
    ${number("Quantity", ordered(order))}
    ${filled(order)}${status(order)}
    <td class="n action"><button class="button small" type="button" ?disabled=${cancelling.value.has(order.orderId)}
      aria-label="Cancel ${SIDE_NAMES[order.side]} ${order.symbol}" @click=${() => cancel(order)}>Cancel</button></td>
  </tr>`;
}

/** A click on a row opens the order; the keyboard has the buttons in it. */
function openOnClick(event, orderId) {
  if (!event.target.closest("button, a") && !getSelection().toString()) showOrder(orderId);
}

export function orderRow(order) {
  const rules = rulesOf(order.symbol);
  return html`<tr data-order=${order.orderId} data-status=${order.status} @click=${(event) => openOnClick(event, order.orderId)}>
    ${time(order.createdAt)}${market(order.symbol)}${side(order.side)}${type(order.type)}
    ${number("Price", format.priceOrNone(order.price, rules))}
    ${number("Average", format.priceOrNone(order.averagePrice, rules))}
    ${number("Quantity", ordered(order))}
    ${filled(order)}${status(order)}${details(order)}
  </tr>`;
}

export function tradeRow(trade) {
  const rules = rulesOf(trade.symbol);
  return html`<tr data-trade=${trade.id} @click=${(event) => openOnClick(event, trade.orderId)}>
    ${time(trade.timestamp)}${market(trade.symbol)}${side(trade.side)}
    ${number("Price", format.price(trade.price, rules))}
    ${number("Quantity", format.amount(trade.quantity))}
    ${number("Total", format.money(Decimal.of(trade.price).times(trade.quantity)))}
    ${number("Fee", `${format.amount(trade.commission)} ${trade.commissionAsset}`)}
    ${number("Realised PnL", format.signed(trade.realizedPnL), format.direction(trade.realizedPnL))}
    <td data-label="Order"><button class="link-button" type="button" aria-label="Details of order ${trade.orderId}"
      @click=${() => showOrder(trade.orderId)}>${trade.orderId.slice(0, 8)}</button></td>
  </tr>`;
}
