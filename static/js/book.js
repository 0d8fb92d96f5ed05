/** The order book: twenty levels a side with depth bars. A click takes the price into the order panel. */
import { effect, signal } from "../vendor/signals-core.js";
import { html } from "../vendor/lit-html/lit-html.js";
import { get } from "./api.js";
import { Decimal } from "./decimal.js";
import * as format from "./format.js";
import { element } from "./page.js";
import { rules, symbol, ticker } from "./state.js";
import { takePrice } from "./ticket.js";
import { view } from "./view.js";

const book = signal(null);

/** A BOOK message; one about a symbol that was left behind is dropped. */
export function receive(data) {
  if (data.symbol === symbol.value) book.value = data;
}

function level([price, quantity], deepest) {
  const width = (100 * Number(quantity)) / deepest; // A bar's length, not an amount.
  return html`<button type="button" tabindex="-1" title="Take this price" @click=${() => takePrice(price)}>
    <i .style=${`width:${width.toFixed(1)}%`}></i>
    <span class="price price-live">${format.price(price, rules.value)}</span>
    <span>${format.amount(quantity)}</span>
  </button>`;
}

function levels(side) {
  const now = book.value;
  if (!now) return "";
  const deepest = Math.max(...[...now.bids, ...now.asks].map(([, quantity]) => Number(quantity)));
  return now[side].map((row) => level(row, deepest));
}

function spread() {
  const [ask, bid] = [book.value?.asks[0]?.[0], book.value?.bids[0]?.[0]];
  const gap = ask && bid ? Decimal.of(ask).minus(bid) : null;
  return html`<b class="price-live ${ticker.value ? format.direction(ticker.value.change24h) : ""}">
    ${ticker.value ? format.price(ticker.value.last, rules.value) : "–"}</b>
    <small>${gap ? `Spread ${format.price(gap, rules.value)}` : ""}</small>`;
}

export function start() {
  view(element("asks"), () => levels("asks"));
  view(element("bids"), () => levels("bids"));
  view(element("spread"), spread);
  effect(() => {
    book.value = null;
    const name = symbol.value;
    // The socket sends its own snapshot; this one is there while the socket is not.
    get("/api/market/book", { symbol: name }).then(
      ({ rows }) => (book.peek() ? null : receive(rows)),
      (error) => console.info("no book yet:", error.message),
    );
  });
}
