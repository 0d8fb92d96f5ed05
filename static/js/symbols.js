/** The symbol switch: a searchable list with prices. The address follows the choice. */
import { effect, signal } from "../vendor/signals-core.js";
import { html } from "../vendor/lit-html/lit-html.js";
import * as format from "./format.js";
import { element, tradePath } from "./page.js";
import { remember, remembered } from "./preferences.js";
import { symbol, symbols, tickers } from "./state.js";
import { view } from "./view.js";

const search = signal("");
const marked = signal(0); // The row that Enter takes.
const watched = signal(new Set(JSON.parse(remembered("watchlist", "[]"))));

/** Put a symbol onto the watchlist or take it off; what is watched stands first. */
function watch(name, wanted) {
  const names = new Set(watched.value);
  wanted ? names.add(name) : names.delete(name);
  watched.value = names;
  remember("watchlist", JSON.stringify([...names]));
}

function found() {
  const wanted = search.value.trim().toUpperCase();
  const names = [...symbols.value.keys()].filter((name) => name.toUpperCase().includes(wanted));
  const isWatched = (name) => watched.value.has(name);
  return names.sort((a, b) => isWatched(b) - isWatched(a) || a.localeCompare(b));
}

/** Trade another symbol, and say so in the address. */
export function choose(name) {
  if (name === symbol.value) return;
  history.pushState(null, "", tradePath(name));
  symbol.value = name;
}

function take(name) {
  element("symbols").close();
  choose(name);
}

function star(name) {
  const isWatched = watched.value.has(name);
  return html`<button class="star" type="button" aria-pressed=${isWatched} title="On the watchlist"
    aria-label="Watch ${name}" @click=${() => watch(name, !isWatched)}>${isWatched ? "★" : "☆"}</button>`;
}

function row(name, index) {
  const ticker = tickers.value.get(name);
  const rules = symbols.value.get(name);
  return html`<li ?data-marked=${index === marked.value}>
    ${star(name)}
    <a href=${tradePath(name)} aria-current=${name === symbol.value ? "page" : "false"}
        @click=${(event) => {
          if (event.metaKey || event.ctrlKey) return; // A new tab, as with any link.
          event.preventDefault();
          take(name);
        }}>
      <b>${name}</b>
      <span class="price-live">${ticker ? format.price(ticker.last, rules) : "–"}</span>
      <span class="price-live ${ticker ? format.direction(ticker.change24h) : ""}">
        ${ticker ? format.percent(ticker.change24h) : ""}</span>
    </a>
  </li>`;
}

function rows() {
  const names = found();
  return names.length ? names.map(row) : html`<li class="empty">No symbol is called that.</li>`;
}

function steer(event) {
  const names = found();
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    event.preventDefault();
    marked.value = Math.max(0, Math.min(names.length - 1, marked.value + step));
  } else if (event.key === "Enter" && names.length) {
    event.preventDefault();
    take(names[marked.value]);
  }
}

export function open() {
  const field = element("symbol-search");
  field.value = search.value = "";
  marked.value = 0;
  element("symbols").showModal();
  field.focus();
}

export function start() {
  const [dialog, field] = [element("symbols"), element("symbol-search")];
  view(element("symbol-rows"), rows);
  element("symbol-button").addEventListener("click", open);
  field.addEventListener("keydown", steer);
  field.addEventListener("input", () => {
    search.value = field.value;
    marked.value = 0;
  });
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  window.addEventListener("popstate", () => {
    symbol.value = decodeURIComponent(location.pathname.split("/").pop());
  });
  effect(() =>
    document.body.classList.toggle(
      "unknown-symbol",
      symbols.value.size > 0 && !symbols.value.has(symbol.value),
    ),
  );
}
