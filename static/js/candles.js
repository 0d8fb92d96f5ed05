/** Candles: where they come from and where the live ones go. */
import { signal } from "../vendor/signals-core.js";
import { get } from "./api.js";
import { remembered } from "./preferences.js";

const HOW_MANY = 500;

export const interval = signal(remembered("interval", "1m"));

/** The chart's receiver of live candles, while there is one. */
export const watchCandles = signal(null);

/** The newest candles, oldest first, as rows of the wire. */
export async function loadCandles(symbol, width) {
  const parameters = { symbol, interval: width, limit: HOW_MANY };
  const { rows } = await get("/api/market/candles", parameters);
  return rows;
}
