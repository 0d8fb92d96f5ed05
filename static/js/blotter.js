/** The tables under the chart: tabs with counts, filters, live rows, and what concerns them all. */
import { computed, effect, signal } from "../vendor/signals-core.js";
import { html } from "../vendor/lit-html/lit-html.js";
import { repeat } from "../vendor/lit-html/directives/repeat.js";
import { cancelAll } from "./cancelling.js";
import { closeAll } from "./closing.js";
import { TYPE_NAMES } from "./order_types.js";
import { reasonWords, SIDE_NAMES, statusWords } from "./order_words.js";
import { element } from "./page.js";
import { positionRow, totalRows } from "./position_rows.js";
import { remember, remembered } from "./preferences.js";
import { openRow, orderRow, tradeRow } from "./rows.js";
import { allOrders, openOrders, positions, symbol, trades, trouble } from "./state.js";
import { view } from "./view.js";

// More rows than anybody reads cost time with every change; the search looks through all of them.
const MOST_DRAWN = 200;

const search = signal("");
const onlyHere = signal(remembered("only-here", "no") === "yes");
const shown = signal(remembered("tab", "open"));

const isHeld = (position) => position.side !== "FLAT";
const heldFirst = (a, b) => isHeld(b) - isHeld(a) || a.symbol.localeCompare(b.symbol);
const sortedPositions = computed(() => [...positions.value.values()].sort(heldFirst));

const TABLES = {
  open: { rows: openOrders, row: openRow, key: (order) => order.orderId, none: "No open orders." },
  orders: { rows: allOrders, row: orderRow, key: (order) => order.orderId, none: "No orders yet." },
  positions: {
    rows: sortedPositions,
    row: positionRow,
    key: (position) => position.symbol,
    none: "No positions yet.",
    count: (rows) => rows.filter(isHeld).length,
  },
  trades: { rows: trades, row: tradeRow, key: (trade) => trade.id, none: "No trades yet." },
};
const NAMES = Object.keys(TABLES);

const SEARCHED = [
  "symbol",
  "side",
  "type",
  "status",
  "orderId",
  "id",
  "exchangeOrderId",
  "price",
  "quantity",
];

/** Every word of the search must be found in the row, as it is on the wire or as it is shown. */
function matches(row, words) {
  const shownAs = [SIDE_NAMES[row.side], TYPE_NAMES[row.type], row.status && statusWords(row)];
  const text = [...SEARCHED.map((field) => row[field]), ...shownAs, reasonWords(row.reason)]
    .join(" ")
    .toLowerCase();
  return words.every((word) => text.includes(word));
}

function filtered(rows) {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const here = onlyHere.value ? rows.filter((row) => row.symbol === symbol.value) : rows;
  return words.length ? here.filter((row) => matches(row, words)) : here;
}

function body(name) {
  const { rows, row, key, none } = TABLES[name];
  if (shown.value !== name) return html``; // Hidden tables are not kept up to date.
  const found = filtered(rows.value);
  if (!found.length) {
    const words = rows.value.length ? "Nothing matches the filters." : none;
    return html`<tr><td class="empty" colspan="10">${words}</td></tr>`;
  }
  return repeat(found.slice(0, MOST_DRAWN), key, row);
}

function totals() {
  return shown.value === "positions" ? totalRows(filtered(sortedPositions.value)) : html``;
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
  element("cancel-all").hidden = shown.value !== "open" || !filtered(openOrders.value).length;
  element("close-all").hidden = shown.value !== "positions" || !sortedPositions.value.some(isHeld);
}

function showTrouble() {
  element("trouble").textContent = trouble.value && `Could not be read, trying again: ${trouble.value}`;
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

function watchFilters() {
  const box = element("only-here");
  box.checked = onlyHere.value;
  box.addEventListener("change", () => {
    onlyHere.value = box.checked;
    remember("only-here", box.checked ? "yes" : "no");
  });
  element("search").addEventListener("input", (event) => (search.value = event.target.value));
}

export function start() {
  for (const name of NAMES) {
    view(element(`rows-${name}`), () => body(name));
    element(`tab-${name}`).addEventListener("click", () => select(name));
  }
  view(element("total-positions"), totals);
  watchFilters();
  element("tabs").addEventListener("keydown", steer);
  element("cancel-all").addEventListener("click", () =>
    cancelAll(onlyHere.value ? symbol.value : null),
  );
  element("close-all").addEventListener("click", closeAll);
  effect(showCounts);
  effect(showTab);
  effect(showTrouble);
}
