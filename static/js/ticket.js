/** The order panel at work: prices suggested, shares taken, orders placed, refusals explained. */
import { effect, untracked } from "../vendor/signals-core.js";
import { Refused } from "./api.js";
import { Decimal } from "./decimal.js";
import * as drafts from "./draft.js";
import { element, page } from "./page.js";
import { askAgain, forget, place, placing } from "./placing.js";
import { isOpen, orders, rules, symbol, ticker } from "./state.js";
import { choose } from "./symbols.js";
import { changed, draft, FIELDS, form, free, kind, refusals, write } from "./ticket_state.js";
import * as ticketView from "./ticket_view.js";
import { notify } from "./toasts.js";

let suggestedFor = "";

/** Once per symbol and kind, a price starts at the market, so that a limit order is a nudge away. */
function suggestPrice() {
  const asked = `${symbol.value} ${kind.value}`;
  if (kind.value === "MARKET" || !ticker.value || asked === suggestedFor) return;
  suggestedFor = asked;
  untracked(() => draft.value.price || write("price", ticker.value.last));
}

function takeShare(percent) {
  if (!free.value || !rules.value) return;
  const market = {
    draft: draft.value,
    free: free.value.amount,
    ticker: ticker.value,
    rules: rules.value,
  };
  const quantity = drafts.shareOf(percent, market);
  if (quantity) write("quantity", quantity);
}

function explain(error) {
  const here = drafts.FIELDS[draft.value.kind];
  const words = (value) => (Array.isArray(value) ? value.join(" ") : String(value));
  const found = Object.entries(error.errors).map(([field, value]) => [
    here.includes(field) ? field : "form",
    words(value),
  ]);
  refusals.value = found.length ? Object.fromEntries(found) : { form: error.message };
  notify("bad", "Order refused", error.message);
  const first = here.find((field) => refusals.value[field]);
  if (first) form.elements[first].focus();
}

async function attempt(act) {
  const { quantity } = draft.value;
  try {
    const answer = await act();
    if (!answer) return;
    // The outcome may have come before the answer, and then it is the news.
    const order = orders.peek().get(answer.orderId);
    if (!order || isOpen(order)) {
      notify("plain", "Order accepted", "On its way to the exchange.", answer.orderId);
    }
    if (draft.value.quantity === quantity) write("quantity", "");
  } catch (error) {
    if (error instanceof Refused) explain(error);
    else throw error;
  }
}

/** Field → what keeps the order from being sent at all. The rest is for the server to decide. */
function obstacles() {
  const found = {};
  for (const field of drafts.FIELDS[draft.value.kind]) {
    if (!draft.value[field].trim()) found[field] = "Please fill this in.";
    else if (!Decimal.parse(draft.value[field])) found[field] = "Digits and one dot, please.";
  }
  // Without a price nobody can say whether the stop lies above the market or below.
  if (draft.value.kind === "STOP" && !ticker.value)
    found.stopPrice ??= "The market price is not known yet.";
  return found;
}

function submit(event) {
  event.preventDefault();
  if (placing.value.state !== "idle") return;
  const found = obstacles();
  const [first] = Object.keys(found);
  if (first) {
    refusals.value = found;
    form.elements[first].focus();
    return;
  }
  const body = drafts.request(draft.value, symbol.value, ticker.value?.last);
  attempt(() => place({ ...body, account: page.accountId }));
}

/** Fill in the panel, for the shortcuts and the close buttons. Placing stays a click away. */
export function prepare({ side, kind = draft.value.kind, quantity, name = symbol.value }) {
  choose(name);
  form.elements.side.value = side;
  form.elements.kind.value = kind;
  changed("side");
  if (quantity) write("quantity", quantity);
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
  form.addEventListener(
    "keydown",
    (event) => event.key === "Enter" && event.repeat && event.preventDefault(),
  );
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
  effect(suggestPrice);
  ticketView.start();
}
