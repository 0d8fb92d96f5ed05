/** Open, high, low and close of the candle under the pointer, or of the newest. */
import { html, render } from "../vendor/lit-html/lit-html.js";
import * as format from "./format.js";
import { element } from "./page.js";
import { rules } from "./state.js";

const PARTS = { O: "open", H: "high", L: "low", C: "close" };
const FLOAT_PLACES = 12; // A chart's prices are floats: more places than any tick has.

/** Show a candle of the chart, or nothing for null. */
export function show(candle) {
  const tone = candle && candle.close >= candle.open ? "up" : "down";
  const part = ([letter, name]) => {
    const price = format.price(candle[name].toFixed(FLOAT_PLACES), rules.value);
    return html`<span>${letter} <b class="price-live ${tone}">${price}</b></span>`;
  };
  render(candle ? Object.entries(PARTS).map(part) : [], element("chart-legend"));
}
