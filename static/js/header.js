/** The top bar: what is traded at what price, and how the connection truly is. */
import { effect } from "../vendor/signals-core.js";
import { html } from "../vendor/lit-html/lit-html.js";
import * as format from "./format.js";
import { element } from "./page.js";
import { link, rules, symbol, ticker } from "./state.js";
import { view } from "./view.js";

const WORDS = {
  connecting: "Connecting",
  live: "Live",
  reconnecting: "Reconnecting",
  stale: "Stale",
  offline: "Offline",
  "signed-out": "Signed out",
};

const NONE = "–";
const STALE_STATES = new Set(["stale", "reconnecting", "offline", "signed-out"]);

const seconds = (milliseconds) =>
  milliseconds === null
    ? NONE
    : milliseconds < 10_000
      ? `${(milliseconds / 1000).toFixed(1)} s`
      : `${Math.round(milliseconds / 1000)} s`;

function quote() {
  const now = ticker.value;
  if (!now) return html`<b class="last">–</b>`;
  const price = (value) => format.price(value, rules.value);
  const wide = (label, value) => html`<div class="wide"><dt>${label}</dt><dd>${value}</dd></div>`;
  const colour = format.direction(now.change24h);
  return html`
    <b class="last price-live ${colour}" id="last">${price(now.last)}</b>
    <dl>
      <div><dt>24h change</dt><dd class="price-live ${colour}">${format.percent(now.change24h)}</dd></div>
      ${wide("24h high", price(now.high24h))}
      ${wide("24h low", price(now.low24h))}
      ${wide(`24h volume (${rules.value?.base ?? "base"})`, format.money(now.volume24h))}
    </dl>`;
}

function showLink() {
  const { state, feedAge, roundTrip } = link.value;
  const pill = element("link");
  pill.dataset.state = state;
  pill.querySelector("span").textContent =
    state === "stale" && feedAge !== null ? `Stale ${seconds(feedAge)}` : WORDS[state];
  const age = feedAge === null ? "no price yet" : `prices ${seconds(feedAge)} old`;
  const trip = roundTrip === null ? "round trip not measured" : `round trip ${roundTrip} ms`;
  pill.title = `${WORDS[state]}: ${age}, ${trip}`;
  // Beside the pill, so that a number that changes every second is not read out as its state.
  const lag = state === "live" && roundTrip !== null ? `${roundTrip} ms · ${seconds(feedAge)}` : "";
  element("lag").textContent = lag;
  element("lag").title = lag && `Round trip ${roundTrip} ms, ${age}`;
  document.body.dataset.feed = STALE_STATES.has(state) ? "stale" : "fresh";
}

function showTitle() {
  const now = ticker.value;
  const price = now ? `${format.price(now.last, rules.value)} ` : "";
  document.title = `${price}${symbol.value} · tradeplat`;
  element("symbol-name").textContent = symbol.value;
}

/** The account is another page: its rows, its banner and its socket have nothing in common. */
function watchAccounts() {
  const choice = document.getElementById("account-choice"); // Only where there are several.
  choice?.addEventListener("change", () => choice.form.submit());
}

export function start() {
  watchAccounts();
  view(element("quote"), quote);
  effect(showLink);
  effect(showTitle);
}
