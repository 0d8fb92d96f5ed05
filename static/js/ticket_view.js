/** What the order panel shows: fields, faults with the nearest legal value, totals, and how it goes. */
import { effect } from "../vendor/signals-core.js";
import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import { Decimal } from "./decimal.js";
import * as drafts from "./draft.js";
import * as format from "./format.js";
import { element, page } from "./page.js";
import { placing } from "./placing.js";
import { link, rules, symbol, ticker } from "./state.js";
import { draft, faults, FIELDS, form, free, refusals, write } from "./ticket_state.js";

function showKind() {
  const { kind, side } = draft.value;
  form.dataset.side = side;
  for (const field of FIELDS)
    element(`field-${field}`).hidden = !drafts.FIELDS[kind].includes(field);
}

function showUnits() {
  const { base = "", quote = "" } = rules.value ?? {};
  for (const unit of form.querySelectorAll("[data-unit]")) {
    unit.textContent = unit.dataset.unit === "base" ? base : quote;
  }
}

function showNotes() {
  for (const field of FIELDS) {
    const refusal = refusals.value[field];
    const fault = refusal ? { words: refusal } : faults.value[field];
    render(fault ? [fault.words, offer(field, fault.nearest)] : nothing, element(`${field}-note`));
    element(`field-${field}`).classList.toggle("wrong", Boolean(fault));
    form.elements[field].setAttribute("aria-invalid", String(Boolean(fault)));
  }
}

function offer(field, nearest) {
  if (!nearest) return nothing;
  return html`<button type="button" @click=${() => write(field, nearest)}>Use ${String(nearest)}</button>`;
}

function showStopWords() {
  const { kind, side, stopPrice } = draft.value;
  const [stop, last] = [Decimal.parse(stopPrice), Decimal.parse(ticker.value?.last)];
  element("kind-note").textContent = kind === "STOP" ? stopWords(side, stop, last) : "";
}

function stopWords(side, stop, last) {
  if (!stop || !last) return "The limit order is placed once the market touches the stop price.";
  const type =
    drafts.stopType(side, stop, last) === "STOP_LOSS_LIMIT" ? "stop-loss" : "take-profit";
  const [where, moves] = stop.above(last) ? ["above", "rises"] : ["below", "falls"];
  return `Stop ${where} the market: sent as a ${type} limit order, waiting until the price ${moves} to ${format.price(stop, rules.value)}.`;
}

function showTotals() {
  const { kind } = draft.value;
  const worth = drafts.total(draft.value, ticker.value);
  const fee = drafts.estimatedFee(draft.value, ticker.value, rules.value);
  const about = kind === "MARKET" ? "≈ " : "";
  element("total").textContent = worth
    ? `${about}${format.amount(worth)} ${rules.value?.quote ?? ""}`
    : "–";
  element("fee").textContent = fee ? `≈ ${format.amount(fee.amount)} ${fee.asset} (0.1%)` : "–";
  element("available").textContent = free.value
    ? `${format.amount(free.value.amount)} ${free.value.asset}`
    : "–";
}

/** A warning, not a refusal: the exchange alone knows the balance at the moment of the order. */
function warning() {
  if (refusals.value.form) return refusals.value.form;
  if (page.accountState === "HALTED") return "This account is halted: it takes no orders.";
  const { side, quantity } = draft.value;
  const needed = side === "BUY" ? drafts.total(draft.value, ticker.value) : Decimal.parse(quantity);
  if (needed && free.value && needed.above(free.value.amount)) {
    return `More than the ${format.amount(free.value.amount)} ${free.value.asset} available.`;
  }
  if (["stale", "reconnecting"].includes(link.value.state)) {
    return "The prices shown may be old. Orders are still taken.";
  }
  return "";
}

function showPlacing() {
  const { state, words } = placing.value;
  const button = element("place");
  const order = `${draft.value.side === "BUY" ? "Buy" : "Sell"} ${rules.value?.base ?? symbol.value}`;
  const labels = {
    idle: order,
    sending: "Placing…",
    accepted: "Accepted ✓",
    unknown: "Outcome unknown",
  };
  button.dataset.state = state;
  button.disabled = state !== "idle";
  button.setAttribute("aria-busy", String(state === "sending"));
  button.firstElementChild.textContent = labels[state];
  element("unknown").hidden = state !== "unknown";
  element("unknown-words").textContent =
    `${words ?? ""} The order may or may not have been taken. Asking again cannot place it twice.`;
}

export function start() {
  for (const show of [showKind, showUnits, showNotes, showStopWords, showTotals, showPlacing])
    effect(show);
  effect(() => (element("ticket-note").textContent = warning()));
}
