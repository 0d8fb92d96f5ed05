/** The order being written, as the form holds it, and what is known to be wrong with it. */
import { computed, signal } from "../vendor/signals-core.js";
import { Decimal } from "./decimal.js";
import * as drafts from "./draft.js";
import { element } from "./page.js";
import { account, rules, ticker } from "./state.js";

export const FIELDS = ["stopPrice", "price", "quantity"];
export const form = element("ticket");

export const draft = signal(read()); // {side, kind, stopPrice, price, quantity}, all text
export const refusals = signal({}); // field → the server's words, until the field is changed.

export const kind = computed(() => draft.value.kind);
export const faults = computed(() => drafts.faults(draft.value, ticker.value, rules.value));

/** What the order can be paid with: {asset, amount}, or null while it is not known. */
export const free = computed(() => {
  const asset = draft.value.side === "BUY" ? rules.value?.quote : rules.value?.base;
  const balance = account.value?.balances.find((row) => row.asset === asset);
  return asset && account.value ? { asset, amount: Decimal.of(balance?.free ?? "0") } : null;
});

function read() {
  const data = new FormData(form);
  return Object.fromEntries(["side", "kind", ...FIELDS].map((name) => [name, data.get(name)]));
}

export function write(field, value) {
  form.elements[field].value = String(value);
  changed(field);
}

/** The form was changed there: what was said about that field is no longer about what it holds. */
export function changed(field) {
  draft.value = read();
  const { [field]: _, form: __, ...others } = refusals.value;
  refusals.value = others;
}
