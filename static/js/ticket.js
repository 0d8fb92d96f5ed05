/** The order panel at work: prices suggested, shares taken, orders placed, refusals explained. */
import { effect, untracked } from "../vendor/signals-core.js";
import { Refused } from "./api.js";
import { askUnlessOff } from "./confirm.js";
import * as drafts from "./draft.js";
import { fieldsOf, isSizedInQuote } from "./order_types.js";
import * as words from "./order_words.js";
import { element, page } from "./page.js";
import { askAgain, forget, place, placing } from "./placing.js";
import { remember, remembered } from "./preferences.js";
import { isOpen, orders, rules, symbol, ticker } from "./state.js";
import { choose } from "./symbols.js";
import { changed, draft, form, free, recall, refusals, type, write } from "./ticket_state.js";
import * as ticketView from "./ticket_view.js";
import { notify } from "./toasts.js";
import { showView } from "./views.js";

let suggestedFor = "";

/** Once per symbol and type, a price starts at the market, so that a limit order is a nudge away. */
function suggestPrice() {
  const asked = `${symbol.value} ${type.value}`;
  if (!type.value.includes("LIMIT") || !ticker.value || asked === suggestedFor) return;
  suggestedFor = asked;
  untracked(() => draft.value.price || write("price", ticker.value.last));
}

function takeShare(percent) {
  if (!free.value || !rules.value) return;
  const share = drafts.shareOf(percent, {
    draft: draft.value,
    free: free.value.amount,
    ticker: ticker.value,
    rules: rules.value,
  });
  if (share) write(...share);
}

function explain(error) {
  const here = fieldsOf(draft.value);
  const said = (value) => (Array.isArray(value) ? value.join(" ") : String(value));
  const found = Object.entries(error.errors).map(([field, value]) => [
    here.includes(field) ? field : "form",
    said(value),
  ]);
  refusals.value = found.length ? Object.fromEntries(found) : { form: error.message };
  notify("bad", "Order refused", error.message);
  const first = here.find((field) => refusals.value[field]);
  if (first) form.elements[first].focus();
}

async function attempt(act) {
  const size = isSizedInQuote(draft.value) ? "quoteOrderQty" : "quantity";
  const before = draft.value[size];
  try {
    const answer = await act();
    if (!answer) return;
    // The outcome may have come before the answer, and then it is the news.
    const order = orders.peek().get(answer.orderId);
    if (!order || isOpen(order)) {
      notify("plain", "Order accepted", "On its way to the exchange.", answer.orderId);
    }
    if (draft.value[size] === before) write(size, "");
  } catch (error) {
    if (error instanceof Refused) explain(error);
    else throw error;
  }
}

async function submit(event) {
  event.preventDefault();
  if (placing.value.state !== "idle") return;
  const found = drafts.obstacles(draft.value);
  const [first] = Object.keys(found);
  if (first) {
    refusals.value = found;
    form.elements[first].focus();
    return;
  }
  const [written, name] = [draft.value, symbol.value]; // What is confirmed is what is sent.
  const question = {
    title: words.title(written, name),
    rows: words.summary(written, ticker.value, rules.value),
    warning: ticketView.warning(),
    act: words.SIDE_NAMES[written.side],
    side: written.side,
  };
  if (!(await askUnlessOff(question))) return;
  attempt(() => place({ ...drafts.request(written, name), account: page.accountId }));
}

/** Fill in the panel, for the shortcuts and the chart. Placing stays a click away. */
export function prepare({ side, kind = draft.value.kind, name = symbol.value }) {
  choose(name);
  form.elements.side.value = side;
  form.elements.kind.value = kind;
  changed("side");
  form.elements[fieldsOf(draft.value).at(-1)].focus();
}

/** A price of the book: the order becomes a limit order at it. */
export function takePrice(price) {
  if (!type.value.includes("LIMIT")) form.elements.kind.value = "LIMIT";
  changed("kind");
  suggestedFor = `${symbol.value} ${type.value}`;
  write("price", price);
  showView("trade"); // Where one part of the page is shown at a time, this is the next one.
}

function sizeIn(asset) {
  write("sizeIn", asset);
  remember("sizeIn", asset);
  form.elements[fieldsOf(draft.value).at(-1)].focus();
}

function listen() {
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
  for (const button of form.querySelectorAll("[data-size-in]"))
    button.addEventListener("click", () => sizeIn(button.dataset.sizeIn));
  element("ask-again").addEventListener("click", () => attempt(askAgain));
  element("new-order").addEventListener("click", forget);
}

export function start() {
  listen();
  effect(() => {
    const name = symbol.value;
    untracked(() => recall(name));
  });
  write("sizeIn", remembered("sizeIn", "BASE"));
  effect(suggestPrice);
  ticketView.start();
}
