/** Rows of positions, at the newest prices we know, and their sums. */
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { closable, close } from "./closing.js";
import { Decimal, ZERO } from "./decimal.js";
import * as format from "./format.js";
import { cell, rulesOf } from "./rows.js";
import { tickers } from "./state.js";

const { market, side, number } = cell;

const isFlat = (position) => position.side === "FLAT";

/** Unrealised PnL at the newest price we know, so that it moves with the market. */
export function unrealised(position) {
  const ticker = tickers.value.get(position.symbol);
  if (!ticker || isFlat(position)) return Decimal.of(position.unrealizedPnL);
  const gain = Decimal.of(ticker.last).minus(position.entryPrice).times(position.size);
  return position.side === "SELL" ? gain.negated() : gain;
}

const lastPrice = (position) => tickers.value.get(position.symbol)?.last ?? position.marketPrice;

const value = (position) =>
  isFlat(position) ? ZERO : Decimal.of(lastPrice(position)).times(position.size);

function fees(paid) {
  const entries = Object.entries(paid ?? {});
  return entries.length
    ? entries.map(([asset, sum]) => `${format.amount(sum)} ${asset}`).join(", ")
    : "–";
}

function closing(position) {
  if (isFlat(position)) return nothing;
  const { dust } = closable(position);
  return html`<button class="button small" type="button" ?disabled=${Boolean(dust)}
    aria-label="Close ${position.symbol}" title=${dust || "Sell or buy back all of it at market"}
    @click=${() => close(position)}>${dust ? "Dust" : "Close"}</button>`;
}

export function positionRow(position) {
  const rules = rulesOf(position.symbol);
  const gain = unrealised(position);
  return html`<tr data-symbol=${position.symbol}>
    ${market(position.symbol)}${side(position.side)}
    ${number("Size", format.amount(position.size))}
    ${number("Entry price", format.priceOrNone(position.entryPrice, rules))}
    ${number("Market price", format.priceOrNone(lastPrice(position), rules), "price-live")}
    ${number("Value", format.money(value(position)), "price-live")}
    ${number("Unrealised PnL", format.signed(gain), `price-live ${format.direction(gain)}`)}
    ${number("Realised PnL", format.signed(position.realizedPnL), format.direction(position.realizedPnL))}
    ${number("Fees", fees(position.fees))}
    <td class="n action">${closing(position)}</td>
  </tr>`;
}

/** One row of sums for each quote asset: amounts of different assets are not added up. */
export function totalRows(positions) {
  const groups = new Map();
  for (const position of positions) {
    const quote = rulesOf(position.symbol)?.quote;
    if (quote) groups.set(quote, [...(groups.get(quote) ?? []), position]);
  }
  return [...groups].map(([quote, rows]) => totalRow(quote, rows));
}

function totalRow(quote, positions) {
  const sum = (amount) => positions.reduce((total, row) => total.plus(amount(row)), ZERO);
  const [gain, realised] = [sum(unrealised), sum((row) => row.realizedPnL)];
  return html`<tr class="total">
    <td colspan="5">Total in ${quote}</td>
    ${number("Value", format.money(sum(value)), "price-live")}
    ${number("Unrealised PnL", format.signed(gain), `price-live ${format.direction(gain)}`)}
    ${number("Realised PnL", format.signed(realised), format.direction(realised))}
    ${number("Fees", fees(allFees(positions)))}
    <td></td>
  </tr>`;
}

function allFees(positions) {
  const sums = {};
  for (const { fees: paid } of positions)
    for (const [asset, amount] of Object.entries(paid ?? {}))
      sums[asset] = Decimal.of(amount).plus(sums[asset] ?? ZERO);
  return sums;
}
