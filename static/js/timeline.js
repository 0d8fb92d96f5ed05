/** What became of one order, step by step: each with its time and the exchange's own words. */
import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import { get } from "./api.js";
import * as format from "./format.js";
import { TYPE_NAMES } from "./order_types.js";
import { reasonWords, SIDE_NAMES, statusWords, TIME_NAMES } from "./order_words.js";
import { element, page } from "./page.js";
import { symbols } from "./state.js";
import { exact, stamp } from "./times.js";

let shown = null; // The id of the order asked for last.

/** Open the dialog and fill it as soon as the server has answered. */
export async function showOrder(orderId) {
  shown = orderId;
  const body = element("order-body");
  render(html`<p class="empty">Just a moment.</p>`, body);
  element("order").showModal();
  try {
    const { rows } = await get(`/api/trading/orders/${orderId}`, { account: page.accountId });
    if (shown === orderId) render(details(rows), body);
  } catch (error) {
    if (shown === orderId) render(html`<p class="empty">It could not be read: ${error.message}</p>`, body);
  }
}

function details(order) {
  const rules = symbols.peek().get(order.symbol);
  const facts = [
    ["Quantity", Number(order.quantity) ? `${format.amount(order.quantity)} ${rules?.base ?? ""}` : ""],
    ["Amount", order.quoteOrderQty && `${format.amount(order.quoteOrderQty)} ${rules?.quote ?? ""}`],
    ["Price", Number(order.price) ? format.price(order.price, rules) : ""],
    ["Stop price", Number(order.stopPrice) ? format.price(order.stopPrice, rules) : ""],
    ["Time in force", TIME_NAMES[order.timeInForce]],
    ["Filled", `${format.amount(order.executedQuantity)} ${rules?.base ?? ""}`],
    ["Average price", Number(order.averagePrice) ? format.price(order.averagePrice, rules) : ""],
    ["Order", order.orderId],
    ["At the exchange", order.exchangeOrderId],
  ];
  return html`
    <h2>${SIDE_NAMES[order.side]} ${order.symbol} · ${TYPE_NAMES[order.type] ?? order.type}</h2>
    <dl class="totals">${facts.filter(([, value]) => value).map(fact)}</dl>
    <ol class="steps">${order.events.map((event) => step(event, rules))}</ol>
    ${order.fills.length ? fills(order.fills, rules) : nothing}
    <a href="/orders/${order.orderId}">Everything about this order</a>`;
}

const fact = ([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`;

function step(event, rules) {
  const executed = Number(event.quantity)
    ? `${format.amount(event.quantity)} at ${format.price(event.price, rules)}`
    : "";
  const cancel = event.reason === "CANCEL_REQUESTED";
  return html`<li data-status=${event.status}>
    <b>${cancel ? "Cancel asked for" : statusWords(event)}</b>
    <time datetime=${event.timestamp}>${exact(event.timestamp)}</time>
    ${executed ? html`<span>${executed}</span>` : nothing}
    ${event.reason && !cancel ? html`<span>${reasonWords(event.reason)}</span>` : nothing}
  </li>`;
}

function fills(rows, rules) {
  const fill = (row) => html`<tr>
    <td class="tabular">${stamp(row.timestamp)}</td>
    <td class="n">${format.amount(row.quantity)}</td>
    <td class="n">${format.price(row.price, rules)}</td>
    <td class="n">${format.amount(row.commission)} ${row.commissionAsset}</td>
  </tr>`;
  return html`<table>
    <thead><tr><th>Fill</th><th class="n">Quantity</th><th class="n">Price</th><th class="n">Fee</th></tr></thead>
    <tbody>${rows.map(fill)}</tbody>
  </table>`;
}

export function start() {
  const dialog = element("order");
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
}
