/** The order panel: reads the form, shows what it would cost and what is wrong, and places it. */
import { computed, effect, signal, untracked } from "../vendor/signals-core.js";
import { Refused } from "./api.js";
import { Decimal, ZERO } from "./decimal.js";
import * as drafts from "./draft.js";
import * as format from "./format.js";
import { element, page } from "./page.js";
import { askAgain, forget, place, placing } from "./placing.js";
import { account, link, rules, symbol, ticker } from "./state.js";
import { choose } from "./symbols.js";
import { notify } from "./toasts.js";

const FIELDS = ["stopPrice", "price", "quantity"];
const form = element("ticket");

const draft = signal(read());
const refusals = signal({}); // field → the server's words, until the field is changed.

let suggestedFor = "";

const kind = computed(() => draft.value.kind);
const faults = computed(() => drafts.faults(draft.value, ticker.value, rules.value));
const free = computed(() => {
  const asset = draft.value.side === "BUY" ? rules.value?.quote : rules.value?.base;
  const balance = account.value?.balances.find((row) => row.asset === asset);
  return asset && account.value ? { asset, amount: Decimal.of(balance?.free ?? "0") } : null;
});

function read() {
  const data = new FormData(form);
  return Object.fromEntries(["side", "kind", ...FIELDS].map((name) => [name, data.get(name)]));
}

function write(field, value) {
  form.elements[field].value = String(value);
  changed(field);
}

function changed(field) {
  draft.value = read();
  const { [field]: _, form: __, ...others } = refusals.value;
  refusals.value = others;
}

// --- What the panel shows -------------------------------------------------------------------

function showKind() {
  const { kind, side } = draft.value;
  form.dataset.side = side;
  for (const field of FIELDS) element(`field-${field}`).hidden = !drafts.FIELDS[kind].includes(field);
}

function showUnits() {
  const { base = "", quote = "" } = rules.value ?? {};
  for (const unit of form.querySelectorAll("[data-unit]")) {
    unit.textContent = unit.dataset.unit === "base" ? base : quote;
  }
  const word = draft.value.side === "BUY" ? "Buy" : "Sell";
  form.dataset.word = `${word} ${base || symbol.value}`;
}

function showNotes() {
  for (const field of FIELDS) {
    const refusal = refusals.value[field];
    const fault = refusal ? { words: refusal } : faults.value[field];
    const note = element(`${field}-note`);
    note.replaceChildren(fault?.words ?? "");
    if (fault?.nearest) note.append(offer(field, fault.nearest));
    element(`field-${field}`).classList.toggle("wrong", Boolean(fault));
    form.elements[field].setAttribute("aria-invalid", String(Boolean(fault)));
  }
}

function offer(field, nearest) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = `Use ${nearest}`;
  button.addEventListener("click", () => write(field, nearest));
  return button;
}

function showStopWords() {
  const { kind, side, stopPrice } = draft.value;
  const [stop, last] = [Decimal.parse(stopPrice), Decimal.parse(ticker.value?.last)];
  element("kind-note").textContent = kind === "STOP" ? stopWords(side, stop, last) : "";
}

function stopWords(side, stop, last) {
  if (!stop || !last) return "The limit order is placed once the market touches the stop price.";
  const type = drafts.stopType(side, stop, last) === "STOP_LOSS_LIMIT" ? "stop-loss" : "take-profit";
  const [where, moves] = stop.above(last) ? ["above", "rises"] : ["below", "falls"];
  return `Stop ${where} the market: sent as a ${type} limit order, waiting until the price ${moves} to ${format.price(stop, rules.value)}.`;
}

function showTotals() {
  const { kind } = draft.value;
  const worth = drafts.total(draft.value, ticker.value);
  const fee = drafts.estimatedFee(draft.value, ticker.value, rules.value);
  const about = kind === "MARKET" ? "≈ " : "";
  element("total").textContent = worth ? `${about}${format.amount(worth)} ${rules.value?.quote ?? ""}` : "–";
  element("fee").textContent = fee ? `≈ ${format.amount(fee.amount)} ${fee.asset} (0.1%)` : "–";
  element("available").textContent = free.value ? `${format.amount(free.value.amount)} ${free.value.asset}` : "–";
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
  const labels = { idle: form.dataset.word, sending: "Placing…", accepted: "Accepted ✓", unknown: "Outcome unknown" };
  button.dataset.state = state;
  button.disabled = state !== "idle";
  button.setAttribute("aria-busy", String(state === "sending"));
  button.firstElementChild.textContent = labels[state];
  element("unknown").hidden = state !== "unknown";
  element("unknown-words").textContent =
    `${words ?? ""} The order may or may not have been taken. Asking again cannot place it twice.`;
}

// --- What the panel does --------------------------------------------------------------------

/** Once per symbol and kind, a price starts at the market, so that a limit order is a nudge away. */
function suggestPrice() {
  const asked = `${symbol.value} ${kind.value}`;
  if (kind.value === "MARKET" || !ticker.value || asked === suggestedFor) return;
  suggestedFor = asked;
  untracked(() => draft.value.price || write("price", ticker.value.last));
}

function takeShare(percent) {
  if (!free.value || !rules.value) return;
  const market = { draft: draft.value, free: free.value.amount, ticker: ticker.value, rules: rules.value };
  const quantity = drafts.shareOf(percent, market);
  if (quantity) write("quantity", quantity);
}

function explain(error) {
  const here = drafts.FIELDS[draft.value.kind];
  const words = (value) => (Array.isArray(value) ? value.join(" ") : String(value));
  const found = Object.entries(error.errors).map(([field, value]) => [here.includes(field) ? field : "form", words(value)]);
  refusals.value = found.length ? Object.fromEntries(found) : { form: error.message };
  notify("bad", "Order refused", error.message);
  const first = here.find((field) => refusals.value[field]);
  if (first) form.elements[first].focus();
}

async function attempt(act) {
  try {
    const answer = await act();
    if (!answer) return;
    notify("plain", "Order accepted", "On its way to the exchange.", answer.orderId);
    write("quantity", "");
  } catch (error) {
    if (error instanceof Refused) explain(error);
    else throw error;
  }
}

function submit(event) {
  event.preventDefault();
  if (placing.value.state !== "idle") return;
  const empty = drafts.missing(draft.value);
  if (empty.length) {
    refusals.value = Object.fromEntries(empty.map((field) => [field, "Please fill this in."]));
    form.elements[empty[0]].focus();
    return;
  }
  const unreadable = drafts.FIELDS[draft.value.kind].find((field) => !Decimal.parse(draft.value[field]));
  if (unreadable) {
    form.elements[unreadable].focus();
    return;
  }
  const body = drafts.request(draft.value, symbol.value, Decimal.parse(ticker.value?.last) ?? ZERO);
  attempt(() => place({ ...body, account: page.accountId }));
}

/** Turn to a side, for the shortcuts and the close buttons. */
export function prepare({ side, quantity, name = symbol.value }) {
  choose(name);
  form.elements.side.value = side;
  if (quantity) write("quantity", quantity);
  changed("side");
  form.elements.quantity.focus();
}

/** A price of the book: the order becomes a limit order at it. */
export function takePrice(price) {
  if (draft.value.kind === "MARKET") form.elements.kind.value = "LIMIT";
  suggestedFor = `${symbol.value} ${form.elements.kind.value}`;
  write("price", price);
}

export function start() {
  form.addEventListener("submit", submit);
  form.addEventListener("input", (event) => changed(event.target.name));
  // A key that is held down repeats itself; an order does not.
  form.addEventListener("keydown", (event) => event.key === "Enter" && event.repeat && event.preventDefault());
  form.querySelector(".shares").addEventListener("click", (event) => {
    if (event.target.value) takeShare(Number(event.target.value));
  });
  element("ask-again").addEventListener("click", () => attempt(askAgain));
  element("new-order").addEventListener("click", forget);
  let before = symbol.value;
  effect(() => {
    if (symbol.value === before) return;
    before = symbol.value;
    untracked(() => FIELDS.forEach((field) => write(field, "")));
  });
  effect(showKind);
  effect(suggestPrice);
  effect(showUnits);
  effect(showNotes);
  effect(showStopWords);
  effect(showTotals);
  effect(() => (element("ticket-note").textContent = warning()));
  effect(() => {
    void rules.value, draft.value.side, symbol.value;
    showPlacing();
  });
}
