/** Balances with what they are worth, and margin, as the server last heard them from the exchange. */
import { html } from "../vendor/lit-html/lit-html.js";
import { Decimal, ZERO } from "./decimal.js";
import * as format from "./format.js";
import { element } from "./page.js";
import { preference } from "./preferences.js";
import { account, tickers } from "./state.js";
import { stamp } from "./times.js";
import { view } from "./view.js";

const QUOTE = "USDT"; // What values are given in, as the margin balance is.
const SMALL = Decimal.of("1"); // Of the quote asset: below it a balance is small.

const sum = ({ free, locked }) => Decimal.of(free).plus(locked);
const isHeld = (balance) => sum(balance).sign() > 0;

/** What a balance is worth at the newest price, or null where no market says it. */
function value(balance) {
  if (balance.asset === QUOTE) return sum(balance);
  const ticker = tickers.value.get(`${balance.asset}${QUOTE}`);
  return ticker ? sum(balance).times(ticker.last) : null;
}

const isSmall = (balance) => value(balance)?.below(SMALL) ?? false;

function balanceRow(balance) {
  const { asset, free, locked } = balance;
  const worth = value(balance);
  return html`<tr>
    <td><b>${asset}</b></td>
    <td class="n">${format.amount(free)}</td>
    <td class="n ${Decimal.of(locked).sign() ? "" : "muted"}">${format.amount(locked)}</td>
    <td class="n price-live">${worth ? format.money(worth) : "–"}</td>
  </tr>`;
}

function panel() {
  const now = account.value;
  if (!now) return html`<p class="empty">Balances are on their way.</p>`;
  const held = now.balances.filter(isHeld);
  const shown =
    preference("dust").value === "hidden" ? held.filter((row) => !isSmall(row)) : held;
  const none = held.length ? "Only small balances." : "Nothing held yet.";
  const total = held.map(value).reduce((all, worth) => (worth ? all.plus(worth) : all), ZERO);
  return html`
    <dl class="summary">
      <div><dt>Estimated value</dt><dd class="price-live" id="account-value">${format.money(total)} ${QUOTE}</dd></div>
      <div><dt>Margin balance</dt><dd id="margin-balance">${format.money(now.marginBalance)} ${QUOTE}</dd></div>
      <div><dt>Margin ratio</dt><dd>${format.amount(now.marginRatio)}</dd></div>
    </dl>
    <table class="balances">
      <thead><tr><th>Asset</th><th class="n">Free</th><th class="n">Locked</th><th class="n">Value</th></tr></thead>
      <tbody>${shown.length ? shown.map(balanceRow) : html`<tr><td colspan="4" class="empty">${none}</td></tr>`}</tbody>
    </table>`;
}

function state() {
  const now = account.value;
  if (!now) return "";
  const asOf = now.asOf ? `as of ${stamp(now.asOf)}` : "";
  return now.canTrade === false
    ? html`<span class="state">No trading</span>`
    : html`<span class="muted">${asOf}</span>`;
}

export function start() {
  view(element("account"), panel);
  view(element("account-state"), state);
}
