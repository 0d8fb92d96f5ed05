/** Keys. None of them places or cancels an order, and none acts while a field is being typed in. */
import { select } from "./blotter.js";
import { element } from "./page.js";
import { open as openSymbols } from "./symbols.js";
import { prepare } from "./ticket.js";
import { showView } from "./views.js";

function showSheet() {
  element("shortcuts").showModal();
}

function turn(side) {
  showView("trade");
  prepare({ side });
}

const KEYS = {
  "/": openSymbols,
  "?": showSheet,
  b: () => turn("BUY"),
  s: () => turn("SELL"),
  f: () => element("search").focus(),
  1: () => select("open"),
  2: () => select("orders"),
  3: () => select("positions"),
  4: () => select("trades"),
};

const isTyping = (target) => target.matches("input:not([type=radio]), textarea, select");

export function start() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
    const act = KEYS[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  element("shortcuts-button").addEventListener("click", showSheet);
}
