/** What the order panel shows: fields, faults with the nearest legal value, totals, and how it goes. */
import { effect } from "../vendor/signals-core.js";
import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import * as drafts from "./draft.js";
import * as format from "./format.js";
import { fieldsOf, isSizedInQuote, isStop, takesTime } from "./order_types.js";
import { behaviour } from "./order_words.js";
import { element, page } from "./page.js";
import { placing } from "./placing.js";
import { account, link, rules, symbol, ticker } from "./state.js";
import { AMOUNTS, draft, faults, form, free, refusals, write } from "./ticket_state.js";

const STALE_WORDS = {
  stale: "The prices shown may be old. Orders are still taken.",
  reconnecting: "The connection is lost, so the prices are old. Orders are still taken.",
  offline: "This device is offline. Nothing can be sent.",
  "signed-out": "You are signed out. Sign in again to trade.",
};

const STATE_WORDS = {
  HALTED: "This account is halted: it takes no new orders. Open orders can be cancelled.",
  REDUCING: "This account only takes orders that shrink a position.",
};

function showKind() {
  const { kind, side } = draft.value;
  const shown = fieldsOf(draft.value);
  form.dataset.side = side;
  for (const field of AMOUNTS) element(`field-${field}`).hidden = !shown.includes(field);
  element("sent-as").hidden = !isStop(draft.value);
  element("post-only").hidden = kind !== "LIMIT";
  element("time-in-force").hidden = !takesTime(draft.value);
  element("terms").hidden = kind !== "LIMIT" && !takesTime(draft.value);
  for (const button of form.querySelectorAll("[data-size-in]")) button.disabled = kind !== "MARKET";
  form.querySelector("label[for=quoteOrderQty]").textContent = side === "BUY" ? "Spend" : "Receive";
}

function showUnits() {
  const units = { base: rules.value?.base ?? "", quote: rules.value?.quote ?? "", percent: "%" };
  for (const unit of form.querySelectorAll("[data-unit]"))
    unit.textContent = units[unit.dataset.unit];
}

function showNotes() {
  for (const field of AMOUNTS) {
    const refusal = refusals.value[field];
    const fault = refusal ? { words: refusal } : faults.value[field];
    render(fault ? [fault.words, offer(field, fault)] : nothing, element(`${field}-note`));
    element(`field-${field}`).classList.toggle("wrong", Boolean(fault));
    form.elements[field].setAttribute("aria-invalid", String(Boolean(fault)));
  }
}

const KIND_NAMES = { STOP_LOSS: "a stop-loss", TAKE_PROFIT: "a take-profit" };

function offer(field, { nearest, kind }) {
  const button = (words, act) => html`<button type="button" @click=${act}>${words}</button>`;
  if (nearest) return button(`Use ${nearest}`, () => write(field, nearest));
  return kind ? button(`Make it ${KIND_NAMES[kind]}`, () => write("kind", kind)) : nothing;
}

function showTotals() {
  const { quote = "", base = "" } = rules.value ?? {};
  const sums = drafts.worth(draft.value, ticker.value);
  const fee = drafts.estimatedFee(draft.value, ticker.value, rules.value);
  const inQuote = isSizedInQuote(draft.value);
  const about = fieldsOf(draft.value).includes("price") ? "" : "≈ ";
  const [sum, unit] = inQuote ? [sums?.quantity, base] : [sums?.total, quote];
  element("total-label").textContent = inQuote ? "Quantity" : "Total";
  element("total").textContent = sum ? `${about}${format.amount(sum)} ${unit}` : "–";
  element("fee").textContent = fee ? `≈ ${format.amount(fee.amount)} ${fee.asset} (0.1%)` : "–";
  element("available").textContent = free.value
    ? `${format.amount(free.value.amount)} ${free.value.asset}`
    : "–";
}

/** A warning, not a refusal: the exchange alone knows the balance at the moment of the order. */
export function warning() {
  if (refusals.value.form) return refusals.value.form;
  const sums = drafts.worth(draft.value, ticker.value);
  const needed = draft.value.side === "BUY" ? sums?.total : sums?.quantity;
  if (needed && free.value && needed.above(free.value.amount)) {
    return `More than the ${format.amount(free.value.amount)} ${free.value.asset} available.`;
  }
  return STALE_WORDS[link.value.state] ?? "";
}

function accountWords() {
  const now = account.value ?? { state: page.accountState };
  const words = STATE_WORDS[now.state] ?? "";
  const isAsLoaded = now.state === page.accountState && page.accountReason;
  return isAsLoaded && words ? `${words} ${page.accountReason}` : words;
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
  for (const show of [showKind, showUnits, showNotes, showTotals, showPlacing]) effect(show);
  const text = (id, words) => effect(() => (element(id).textContent = words()));
  text("kind-note", () => behaviour(draft.value, rules.value));
  text("ticket-note", warning);
  text("account-note", accountWords);
}
