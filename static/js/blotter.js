/** The tables under the chart: tabs with counts, one search box, live rows. */
import { computed, effect, signal } from "../vendor/signals-core.js";
import { html } from "../vendor/lit-html/lit-html.js";
import { repeat } from "../vendor/lit-html/directives/repeat.js";
import { cancelAll } from "./cancelling.js";
import { element } from "./page.js";
import { remember, remembered } from "./preferences.js";
import { openRow, orderRow, positionRow, tradeRow } from "./rows.js";
import { allOrders, openOrders, positions, trades } from "./state.js";
import { view } from "./view.js";

// More rows than anybody reads cost time with every change; the search looks through all of them.
const MOST_DRAWN = 200;

const search = signal("");
const shown = signal(remembered("tab", "open"));

const heldFirst = (a, b) =>
  (a.side === "FLAT") - (b.side === "FLAT") || a.symbol.localeCompare(b.symbol);

const TABLES = {
  open: { rows: openOrders, row: openRow, key: (order) => order.orderId, none: "No open orders." },
  orders: { rows: allOrders, row: orderRow, key: (order) => order.orderId, none: "No orders yet." },
  positions: {
    rows: computed(() => [...positions.value.values()].sort(heldFirst)),
    row: positionRow,
    key: (position) => position.symbol,
    none: "No positions yet.",
    count: (rows) => rows.filter((position) => position.side !== "FLAT").length,
  },
  trades: { rows: trades, row: tradeRow, key: (trade) => trade.id, none: "No trades yet." },
};
const NAMES = Object.keys(TABLES);

const SEARCHED = [
  "symbol",
  "side",
  "type",
  "status",
  "reason",
  "orderId",
  "id",
  "price",
  "quantity",
];

/** Every word of the search must be found somewhere in the row. */
function matches(row, words) {
  const text = SEARCHED.map((field) => row[field] ?? "")
    .join(" ")
    .toLowerCase();
  return words.every((word) => text.includes(word));
}

function filtered(rows) {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  return words.length ? rows.filter((row) => matches(row, words)) : rows;
}

function body(name) {
  const { rows, row, key, none } = TABLES[name];
  if (shown.value !== name) return html``; // Hidden tables are not kept up to date.
  const found = filtered(rows.value);
  if (!found.length) {
    const words = rows.value.length ? "Nothing matches the search." : none;
    return html`<tr><td class="empty" colspan="10">${words}</td></tr>`;
  }
  return repeat(found.slice(0, MOST_DRAWN), key, row);
}

function showCounts() {
  for (const name of NAMES) {
    const { rows, count = (all) => all.length } = TABLES[name];
    element(`tab-${name}`).querySelector(".count").textContent = count(rows.value);
  }
  element("views-open").textContent = openOrders.value.length;
}

function showTab() {
  for (const name of NAMES) {
    const tab = element(`tab-${name}`);
    const selected = name === shown.value;
    tab.setAttribute("aria-selected", String(selected));
    tab.tabIndex = selected ? 0 : -1;
    element(`panel-${name}`).hidden = !selected;
  }
  element("cancel-all").hidden = shown.value !== "open" || openOrders.value.length === 0;
}

export function select(name) {
  shown.value = name;
  remember("tab", name);
}

function steer(event) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const next = NAMES[(NAMES.indexOf(shown.value) + step + NAMES.length) % NAMES.length];
  select(next);
  element(`tab-${next}`).focus();
}

export function start() {
  for (const name of NAMES) {
    view(element(`rows-${name}`), () => body(name));
    element(`tab-${name}`).addEventListener("click", () => select(name));
  }
  element("tabs").addEventListener("keydown", steer);
  element("search").addEventListener("input", (event) => (search.value = event.target.value));
  element("cancel-all").addEventListener("click", cancelAll);
  effect(showCounts);
  effect(showTab);
}
