/** Lines where the user stands: the average price of the position, the limits and stops of open orders. */
import { LineStyle } from "../vendor/lightweight-charts.js";
import { colour } from "./chart_theme.js";
import * as format from "./format.js";
import { SIDE_NAMES } from "./order_words.js";
import { openOrders, positions, symbol } from "./state.js";

const MOST_ORDERS = 40; // More lines than this hide the candles.

function positionLines() {
  const position = positions.value.get(symbol.value);
  if (!position || position.side === "FLAT" || !Number(position.entryPrice)) return [];
  const title = `Average ${format.amount(position.size)}`;
  const color = colour("accent");
  return [{ price: Number(position.entryPrice), title, color, lineStyle: LineStyle.Solid }];
}

function orderLines() {
  const here = openOrders.value.filter((order) => order.symbol === symbol.value);
  return here.slice(0, MOST_ORDERS).flatMap(linesOfOrder);
}

/** An order's limit, and where it waits for the market: the stop of one that has not gone off. */
function linesOfOrder(order) {
  const title = `${SIDE_NAMES[order.side]} ${format.amount(order.quantity)}`;
  const color = colour(order.side === "BUY" ? "up" : "down");
  const line = (price, words, lineStyle) => ({ price: Number(price), title: words, color, lineStyle });
  return [
    Number(order.price) ? line(order.price, title, LineStyle.Dashed) : null,
    Number(order.stopPrice) ? line(order.stopPrice, `Stop ${title}`, LineStyle.Dotted) : null,
  ].filter(Boolean);
}

/** Returns a function that draws the lines anew into the series. */
export function linesOf(series) {
  let drawn = [];
  return () => {
    for (const line of drawn) series.removePriceLine(line);
    const wanted = [...positionLines(), ...orderLines()];
    drawn = wanted.map((line) => series.createPriceLine({ lineWidth: 1, ...line }));
  };
}
