/** The trades of everybody, the newest first. A click takes the price into the order panel. */
import { effect, signal } from "../vendor/signals-core.js";
import { html } from "../vendor/lit-html/lit-html.js";
import * as format from "./format.js";
import { element } from "./page.js";
import { rules, symbol } from "./state.js";
import { takePrice } from "./ticket.js";
import { time } from "./times.js";
import { view } from "./view.js";

const MOST_SHOWN = 50;

const trades = signal([]);

/** A TAPE message: the newest trades in full, so it replaces what is there. Oldest or newest first. */
export function receive(data) {
  if (data.symbol !== symbol.value) return;
  const newestFirst = (a, b) => (a.timestamp < b.timestamp ? 1 : a.timestamp > b.timestamp ? -1 : 0);
  trades.value = [...data.trades].sort(newestFirst).slice(0, MOST_SHOWN);
}

function print({ price, quantity, side, timestamp }) {
  const [tone, words] = side === "BUY" ? ["up", "bought"] : ["down", "sold"];
  return html`<li><button type="button" tabindex="-1" title="Take this price" @click=${() => takePrice(price)}>
    <span class="price-live ${tone}">${format.price(price, rules.value)}<span class="visually-hidden"> ${words}</span></span>
    <span>${format.amount(quantity)}</span>
    <time datetime=${timestamp}>${time(timestamp)}</time>
  </button></li>`;
}

function rows() {
  return trades.value.length ? trades.value.map(print) : html`<li class="empty">No trades yet.</li>`;
}

export function start() {
  view(element("tape"), rows);
  effect(() => {
    symbol.value; // Another symbol: nothing of the one before may stay.
    trades.value = [];
  });
}
