/** The order being written, as the form holds it, and what is known to be wrong with it. */
import { computed, signal } from "../vendor/signals-core.js";
import { Decimal } from "./decimal.js";
import * as drafts from "./draft.js";
import { typeOf } from "./order_types.js";
import { element } from "./page.js";
import { account, rules, symbol, ticker } from "./state.js";

export const AMOUNTS = ["stopPrice", "trailingDelta", "price", "quantity", "quoteOrderQty"];
const CHOICES = ["side", "kind", "sentAs", "postOnly", "timeInForce", "sizeIn"];
export const form = element("ticket");

export const draft = signal(read()); // The AMOUNTS and CHOICES, all text.
export const refusals = signal({}); // field → the server's words, until the field is changed.

export const type = computed(() => typeOf(draft.value));
export const faults = computed(() => drafts.faults(draft.value, ticker.value, rules.value));

/** What the order can be paid with: {asset, amount}, or null while it is not known. */
export const free = computed(() => {
  const asset = draft.value.side === "BUY" ? rules.value?.quote : rules.value?.base;
  const balance = account.value?.balances.find((row) => row.asset === asset);
  return asset && account.value ? { asset, amount: Decimal.of(balance?.free ?? "0") } : null;
});

function read() {
  const data = new FormData(form);
  return Object.fromEntries([...CHOICES, ...AMOUNTS].map((name) => [name, data.get(name) ?? ""]));
}

export function write(field, value) {
  form.elements[field].value = String(value);
  changed(field);
}

/** The form was changed there: what was said about that field is no longer about what it holds. */
export function changed(field) {
  draft.value = read();
  keep();
  const { [field]: _, form: __, ...others } = refusals.value;
  refusals.value = others;
}

// What was typed outlives a reload, a switch of the symbol and the way back.
const kept = (name) => `draft ${name}`;

function keep() {
  sessionStorage.setItem(kept(symbol.peek()), JSON.stringify(draft.value));
}

/** Show what was written for this symbol before; a new one starts without amounts. */
export function recall(name) {
  const stored = JSON.parse(sessionStorage.getItem(kept(name)) ?? "{}");
  for (const choice of CHOICES) if (stored[choice]) choose(choice, stored[choice]);
  for (const field of AMOUNTS) form.elements[field].value = stored[field] ?? "";
  draft.value = read();
  refusals.value = {};
}

function choose(choice, value) {
  const control = form.elements[choice];
  if (control.type === "checkbox") control.checked = true;
  else control.value = value;
}
