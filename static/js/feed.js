/**
 * The meaning of the socket's messages. Orders are numbered: each number counts once, a gap is asked
 * for again, and RESYNC means that only the rows can tell.
 */
import { batch } from "../vendor/signals-core.js";
import * as book from "./book.js";
import { watchCandles } from "./candles.js";
import * as link from "./link.js";
import {
  gathered,
  loadAccount,
  loadAll,
  loadOrders,
  loadPositions,
  loadTrades,
} from "./loading.js";
import { changed } from "./order_row.js";
import { tell } from "./outcomes.js";
import { page } from "./page.js";
import { Socket } from "./socket.js";
import * as state from "./state.js";
import * as tape from "./tape.js";

const RELOAD_RETRY_MS = 3_000;

let lastSeq = null;
let reloading = false;
let waiting = []; // ORDER_UPDATEs that arrived while the rows were being read.
let everOpen = false; // Whether this is a reconnect.

const failed = (error) => (state.trouble.value = error.message);

/** A loader that tries again until it has succeeded; meanwhile the page says that it is behind. */
function persistent(load, wait) {
  const succeed = async () => {
    await load();
    state.trouble.value = "";
  };
  const attempt = gathered(
    succeed,
    (error) => {
      failed(error);
      setTimeout(attempt, RELOAD_RETRY_MS);
    },
    wait,
  );
  return attempt;
}

const refresh = {
  trades: persistent(loadTrades),
  orders: persistent(loadOrders, 400),
  positions: persistent(loadPositions),
  account: persistent(loadAccount),
};

const socket = new Socket({
  url: page.socketUrl,
  since: () => lastSeq,
  receive,
  notice: link.notice,
});

/** Read the rows first, so that the socket can go on from there. */
export async function start() {
  await reload();
  socket.open();
}

export function watchMarket(symbol, interval) {
  socket.watchChannels([
    "tickers",
    `ticker:${symbol}`,
    `candle:${symbol}:${interval}`,
    `book:${symbol}`,
    `tape:${symbol}`,
  ]);
}

async function reload() {
  if (reloading) return;
  reloading = true;
  try {
    lastSeq = await loadAll();
    state.trouble.value = "";
    const missed = waiting;
    waiting = [];
    reloading = false;
    batch(() => missed.forEach(orderUpdate));
  } catch (error) {
    failed(error);
    reloading = false;
    setTimeout(reload, RELOAD_RETRY_MS);
  }
}

function receive(messages) {
  batch(() => messages.forEach((message) => HANDLERS[message.type]?.(message)));
  link.show();
}

const HANDLERS = {
  HELLO: ({ data }) => hello(data),
  HEARTBEAT: ({ data }) => heartbeat(data),
  RESYNC: () => reload(),
  ORDER_UPDATE: orderUpdate,
  POSITION_UPDATE: ({ data }) => {
    if (!isOurs(data)) return;
    state.positions.value = new Map(state.positions.value).set(data.symbol, data);
  },
  ACCOUNT_UPDATE: ({ data }) => {
    if (isOurs(data)) state.account.value = { ...state.account.value, ...data };
  },
  TICKER: ({ data }) => {
    link.priced(data.timestamp);
    state.tickers.value = new Map(state.tickers.value).set(data.symbol, data);
  },
  BOOK: ({ data }) => book.receive(data),
  TAPE: ({ data }) => tape.receive(data),
  CANDLE: ({ data }) => watchCandles.value?.(data),
  ERROR: ({ data }) => console.warn("the socket refused", data.code, data.message),
};

const isOurs = (data) => data.accountId === undefined || data.accountId === page.accountId;

// Positions and balances are not numbered: after a gap they are read again.
function hello({ headSeq, serverTime }) {
  link.serverTime(serverTime);
  if (everOpen || headSeq !== lastSeq) {
    for (const load of [refresh.positions, refresh.account, refresh.trades]) load();
  }
  everOpen = true;
}

function heartbeat({ headSeq, feedAgeMs }) {
  link.feedAge(feedAgeMs);
  if (lastSeq !== null && headSeq > lastSeq && !reloading) socket.resume(lastSeq);
}

function orderUpdate(message) {
  if (reloading) {
    waiting.push(message);
    return;
  }
  const { seq, data } = message;
  if (lastSeq !== null && seq <= lastSeq) return;
  lastSeq = seq;
  if (!isOurs(data)) return;
  const before = state.orders.value.get(data.orderId);
  const order = changed(before, seq, data);
  state.orders.value = new Map(state.orders.value).set(data.orderId, order);
  tell(order);
  if (!before) refresh.orders();
  if (data.quantity !== (before?.executedQuantity ?? "0")) refresh.trades();
}
