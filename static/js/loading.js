/** What is loaded by REST: everything at the start and after a gap, trades whenever some are new. */
import { batch } from "../vendor/signals-core.js";
import { get } from "./api.js";
import { page } from "./page.js";
import { readRules } from "./rules.js";
import * as state from "./state.js";

const TRADING = "/api/trading";
const NEWEST = { limit: 500 };
const keyed = (rows, key) => new Map(rows.map((row) => [row[key], row]));
const mine = { account: page.accountId };

/** Rows read at `seq`, except where an event that came later has already changed a row. */
function merged(rows, seq) {
  const known = state.orders.value;
  const fresh = new Map();
  for (const row of rows) {
    const before = known.get(row.orderId);
    const newer = before?.seq !== undefined && before.seq > seq;
    fresh.set(row.orderId, newer ? { ...row, ...before } : { ...row, seq });
  }
  for (const [id, row] of known) if (row.seq > seq && !fresh.has(id)) fresh.set(id, row);
  return fresh;
}

/** Orders, and the number of the last event that they contain. */
export async function loadOrders() {
  const { rows, seq } = await get(`${TRADING}/orders`, { ...mine, ...NEWEST });
  state.orders.value = merged(rows, seq);
  return seq;
}

export async function loadPositions() {
  const { rows } = await get(`${TRADING}/positions`, mine);
  state.positions.value = keyed(rows, "symbol");
}

export async function loadTrades() {
  const { rows } = await get(`${TRADING}/trades`, { ...mine, ...NEWEST });
  state.trades.value = rows;
}

export async function loadAccount() {
  const { rows } = await get("/api/user/account", mine);
  state.account.value = rows;
}

export async function loadMarket() {
  const [symbols, tickers] = await Promise.all([
    get("/api/market/symbols"),
    get("/api/market/tickers"),
  ]);
  batch(() => {
    state.symbols.value = new Map(symbols.rows.map((row) => [row.symbol, readRules(row)]));
    state.tickers.value = new Map([...keyed(tickers.rows, "symbol"), ...state.tickers.value]);
  });
}

/** All that is the user's. Returns the event number to listen on from. */
export async function loadAll() {
  const [seq] = await Promise.all([loadOrders(), loadPositions(), loadTrades(), loadAccount()]);
  return seq;
}

/** A loader that runs once for many reasons that come close together. */
export function gathered(load, failed, wait = 200) {
  let timer = null;
  return () => {
    timer ??= setTimeout(() => {
      timer = null;
      load().catch(failed);
    }, wait);
  };
}
