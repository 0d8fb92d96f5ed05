/** The user's own fills as arrows at the candles in which they happened. */
import { createSeriesMarkers } from "../vendor/lightweight-charts.js";
import { interval } from "./candles.js";
import { colour } from "./chart_theme.js";
import { Decimal, ZERO } from "./decimal.js";
import * as format from "./format.js";
import { symbol, trades } from "./state.js";

const SECONDS = {
  "1m": 60,
  "5m": 300,
  "15m": 900,
  "1h": 3_600,
  "4h": 14_400,
  "1d": 86_400,
  "1w": 604_800,
};
const MONDAY = 4 * 86_400; // The first one of the Unix clock, which began on a Thursday.

/** When the candle began in which that happened, in seconds. */
function candleOf(iso, width) {
  const [at, size] = [Math.floor(Date.parse(iso) / 1000), SECONDS[width]];
  const shift = width === "1w" ? MONDAY : 0;
  return at - ((at - shift) % size);
}

/** Fills of one side within one candle are one arrow, with the sum of their quantities. */
function gathered() {
  const sums = new Map();
  for (const trade of trades.value) {
    if (trade.symbol !== symbol.value) continue;
    const time = candleOf(trade.timestamp, interval.value);
    const key = `${time} ${trade.side}`;
    const quantity = Decimal.of(trade.quantity).plus(sums.get(key)?.quantity ?? ZERO);
    sums.set(key, { time, side: trade.side, quantity });
  }
  return [...sums.values()].sort((a, b) => a.time - b.time);
}

function mark({ time, side, quantity }) {
  const bought = side === "BUY";
  return {
    time,
    position: bought ? "belowBar" : "aboveBar",
    shape: bought ? "arrowUp" : "arrowDown",
    color: colour(bought ? "up" : "down"),
    text: format.amount(quantity),
  };
}

/** Returns a function that draws the marks anew into the series. */
export function marksOf(series) {
  const marks = createSeriesMarkers(series, []);
  return () => marks.setMarkers(gathered().map(mark));
}
