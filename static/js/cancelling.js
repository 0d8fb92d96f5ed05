/** Cancels: one order or all of them. Asking twice does no harm, so a lost answer is simply said. */
import { OutcomeUnknown, Refused, remove } from "./api.js";
import { askUnlessOff } from "./confirm.js";
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

/** Cancel every open order of the account, or those of one symbol, whatever else is filtered. */
export async function cancelAll(symbol) {
  const orders = state.openOrders.value.filter((order) => !symbol || order.symbol === symbol);
  const where = symbol ? ` of ${symbol}` : "";
  const rows = [["Open orders", `${orders.length}${where}`]];
  const act = "Cancel all";
  if (!(await askUnlessOff({ title: `Cancel all open orders${where}`, rows, act, side: "SELL" })))
    return;
  const ids = orders.map((order) => order.orderId);
  const answer = await ask(ids, "/api/trading/orders", symbol ? { symbol } : {});
  if (answer) notify("plain", "Cancel asked for", `${answer.count} open orders`);
}
