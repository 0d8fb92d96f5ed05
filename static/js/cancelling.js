/** Cancels: one order or all of them. Asking twice does no harm, so a lost answer is simply said. */
import { OutcomeUnknown, Refused, remove } from "./api.js";
import { page } from "./page.js";
import * as state from "./state.js";
import { notify } from "./toasts.js";

function mark(ids, asked) {
  const marked = new Set(state.cancelling.value);
  for (const id of ids) asked ? marked.add(id) : marked.delete(id);
  state.cancelling.value = marked;
}

async function ask(ids, path, parameters) {
  mark(ids, true);
  try {
    return await remove(path, { account: page.accountId, ...parameters });
  } catch (error) {
    mark(ids, false);
    if (error instanceof Refused) notify("bad", "Not cancelled", error.message);
    else if (error instanceof OutcomeUnknown)
      notify("caution", "No answer to the cancel", "Ask again: it does no harm.");
    else throw error;
    return null;
  }
}

export function cancel(order) {
  return ask([order.orderId], `/api/trading/orders/${order.orderId}`);
}

export async function cancelAll() {
  const ids = state.openOrders.value.map((order) => order.orderId);
  const answer = await ask(ids, "/api/trading/orders");
  if (answer) notify("plain", "Cancel asked for", `${answer.count} open orders`);
}
