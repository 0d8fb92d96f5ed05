/** What the page knows, as signals. Only feed.js and the REST loaders write what the server says. */
import { computed, signal } from "../vendor/signals-core.js";
import { page } from "./page.js";

export const symbol = signal(page.symbol);
export const symbols = signal(new Map()); // symbol → rules (rules.js)
export const tickers = signal(new Map()); // symbol → the last TICKER
export const orders = signal(new Map()); // orderId → row of GET orders, plus `seq` of its last event
export const cancelling = signal(new Set()); // orderIds whose cancel was asked for here
export const positions = signal(new Map()); // symbol → row of GET positions
export const trades = signal([]); // newest first
export const account = signal(null);

/** Why what is shown of the user's own may be behind, in words; empty while it is not. */
export const trouble = signal("");

/** state: connecting, live, reconnecting, stale, offline or signed-out. Ages and times in milliseconds. */
export const link = signal({ state: "connecting", feedAge: null, roundTrip: null });

const OPEN = new Set(["PENDING", "SUBMITTED", "NEW", "PARTIALLY_FILLED"]);
export const isOpen = (order) => OPEN.has(order.status);

export const rules = computed(() => symbols.value.get(symbol.value) ?? null);
export const ticker = computed(() => tickers.value.get(symbol.value) ?? null);

const newestFirst = (a, b) => (a.createdAt < b.createdAt ? 1 : a.createdAt > b.createdAt ? -1 : 0);
export const allOrders = computed(() => [...orders.value.values()].sort(newestFirst));
export const openOrders = computed(() => allOrders.value.filter(isOpen));
