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
import { tell } from "./outcomes.js";
import { page } from "./page.js";
import { Socket } from "./socket.js";
import * as state from "./state.js";
import * as tape from "./tape.js";

const CANCEL_REQUESTED = "CANCEL_REQUESTED"; // The reason of an event, never of an order.
const RELOAD_RETRY_MS = 3_000;

let lastSeq = null;
let reloading = false;
let waiting = []; // ORDER_UPDATEs that arrived while the rows were being read.
let everOpen = false; // Whether this is a reconnect.

const failed = (error) => console.warn("could not reload", error.message);
const refresh = {
  trades: gathered(loadTrades, failed),
  orders: gathered(loadOrders, failed, 400),
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
    for (const load of [loadPositions, loadAccount, loadTrades]) load().catch(failed);
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

/** The row after an event. An event tells quantity and price as executed, the row as ordered. */
function changed(before, seq, data) {
  const row = before ?? {
    orderId: data.orderId,
    accountId: data.accountId,
    symbol: data.symbol,
    side: data.side,
    type: data.type,
    quantity: data.orderQuantity,
    price: data.limitPrice,
    createdAt: data.timestamp,
  };
  const asked = data.reason === CANCEL_REQUESTED;
  return {
    ...row,
    seq,
    status: data.status,
    executedQuantity: data.quantity,
    averagePrice: data.price,
    reason: asked ? (row.reason ?? "") : data.reason,
    cancelRequestedAt: asked ? data.timestamp : row.cancelRequestedAt,
    updatedAt: data.timestamp,
  };
}
