/**
 * The meaning of the socket's messages. Orders are numbered: each number counts once, a gap is asked
 * for again, and RESYNC means that only the rows can tell.
 */
import { batch } from "../vendor/signals-core.js";
import * as book from "./book.js";
import { watchCandles } from "./candles.js";
import { gathered, loadAccount, loadAll, loadOrders, loadPositions, loadTrades } from "./loading.js";
import { page } from "./page.js";
import { Socket } from "./socket.js";
import * as state from "./state.js";

const OLD_FEED_MS = 10_000;
const RELOAD_RETRY_MS = 3_000;

let lastSeq = null;
let reloading = false;
let waiting = []; // ORDER_UPDATEs that arrived while the rows were being read.
let feed = { age: null, at: 0 }; // The market feed's age, and when we were told.
let status = "connecting";
let silent = false;
let everOpen = false; // Whether this is a reconnect.

const failed = (error) => console.warn("could not reload", error.message);
const refresh = {
  trades: gathered(loadTrades, failed),
  orders: gathered(loadOrders, failed, 400),
};

const socket = new Socket({ url: page.socketUrl, since: () => lastSeq, receive, notice });

/** Read the rows first, so that the socket can go on from there. */
export async function start() {
  await reload();
  socket.open();
}

export function watchMarket(symbol, interval) {
  socket.watchChannels(["tickers", `ticker:${symbol}`, `candle:${symbol}:${interval}`, `book:${symbol}`]);
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
  showLink();
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
    feed = { age: 0, at: Date.now() };
    state.tickers.value = new Map(state.tickers.value).set(data.symbol, data);
  },
  BOOK: ({ data }) => book.receive(data),
  CANDLE: ({ data }) => watchCandles.value?.(data),
  ERROR: ({ data }) => console.warn("the socket refused", data.code, data.message),
};

const isOurs = (data) => data.accountId === undefined || data.accountId === page.accountId;

// Positions and balances are not numbered: after a gap they are read again.
function hello({ headSeq }) {
  if (everOpen || headSeq !== lastSeq) {
    for (const load of [loadPositions, loadAccount, loadTrades]) load().catch(failed);
  }
  everOpen = true;
}

function heartbeat({ headSeq, feedAgeMs }) {
  if (feedAgeMs !== null && feedAgeMs !== undefined) feed = { age: Number(feedAgeMs), at: Date.now() };
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
  state.orders.value = new Map(state.orders.value).set(data.orderId, changed(before, seq, data));
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
  return {
    ...row,
    seq,
    status: data.status,
    executedQuantity: data.quantity,
    averagePrice: data.price,
    reason: data.reason,
    updatedAt: data.timestamp,
  };
}

function notice(change) {
  if (change.status === "open") status = "live";
  if (change.status === "closed") status = "reconnecting";
  if (change.status === "signed-out") status = "signed-out";
  if (change.silent !== undefined) silent = change.silent;
  if (change.roundTrip !== undefined) state.link.value = { ...state.link.value, roundTrip: change.roundTrip };
  showLink();
}

/** Live only while the line answers and the prices are young. */
function showLink() {
  const feedAge = feed.age === null ? null : feed.age + Date.now() - feed.at;
  const doubtful = silent || (feedAge !== null && feedAge > OLD_FEED_MS);
  const shown = status === "live" && doubtful ? "stale" : status;
  const { state: before, feedAge: age, roundTrip } = state.link.value;
  if (before !== shown || age !== feedAge) state.link.value = { state: shown, feedAge, roundTrip };
}

setInterval(showLink, 1_000);
