/** Lines where the user stands: the average price of the position, the limits of open orders. */
import { LineStyle } from "../vendor/lightweight-charts.js";
import { colour } from "./chart_theme.js";
import * as format from "./format.js";
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
  const colours = { BUY: colour("up"), SELL: colour("down") };
  const here = (order) => order.symbol === symbol.value && Number(order.price);
  return openOrders.value
    .filter(here)
    .slice(0, MOST_ORDERS)
    .map((order) => ({
      price: Number(order.price),
      title: `${order.side === "BUY" ? "Buy" : "Sell"} ${format.amount(order.quantity)}`,
      color: colours[order.side],
      lineStyle: LineStyle.Dashed,
    }));
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
