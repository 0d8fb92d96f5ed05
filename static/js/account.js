/** Balances and margin, as the server last heard them from the exchange. */
import { html } from "../vendor/lit-html/lit-html.js";
import { Decimal } from "./decimal.js";
import * as format from "./format.js";
import { element } from "./page.js";
import { account } from "./state.js";
import { view } from "./view.js";

const isHeld = ({ free, locked }) => Decimal.of(free).plus(locked).sign() > 0;

function balanceRow({ asset, free, locked }) {
  return html`<tr>
    <td><b>${asset}</b></td>
    <td class="n">${format.amount(free)}</td>
    <td class="n ${Decimal.of(locked).sign() ? "" : "muted"}">${format.amount(locked)}</td>
  </tr>`;
}

function panel() {
  const now = account.value;
  if (!now) return html`<p class="empty">Balances are on their way.</p>`;
  const held = now.balances.filter(isHeld);
  return html`
    <dl class="summary">
      <div><dt>Margin balance</dt><dd id="margin-balance">${format.money(now.marginBalance)} USDT</dd></div>
      <div><dt>Margin ratio</dt><dd>${format.amount(now.marginRatio)}</dd></div>
    </dl>
    <table class="balances">
      <thead><tr><th>Asset</th><th class="n">Free</th><th class="n">Locked</th></tr></thead>
      <tbody>${held.length ? held.map(balanceRow) : html`<tr><td colspan="3" class="empty">Nothing held yet.</td></tr>`}</tbody>
    </table>`;
}

function state() {
  const now = account.value;
  if (!now) return "";
  const asOf = now.asOf ? `as of ${format.time(now.asOf)}` : "";
  return now.canTrade === false
    ? html`<span class="state">No trading</span>`
    : html`<span class="muted">${asOf}</span>`;
}

export function start() {
  view(element("account"), panel);
  view(element("account-state"), state);
}
