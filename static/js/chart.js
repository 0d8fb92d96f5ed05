/** The candle chart, its volume, and lines where the user stands. A canvas: here prices are floats. */
import {
  CandlestickSeries, createChart, CrosshairMode, HistogramSeries, LineStyle,
} from "../vendor/lightweight-charts.js";
import { effect, untracked } from "../vendor/signals-core.js";
import { html, render } from "../vendor/lit-html/lit-html.js";
import { interval, loadCandles, watchCandles } from "./candles.js";
import * as format from "./format.js";
import { element } from "./page.js";
import { remember } from "./preferences.js";
import { link, openOrders, positions, rules, symbol } from "./state.js";

const RETRY_MS = 3_000;
const CANDLE_PIXELS = 9;

let chart, candles, volumes;
let last = null; // The newest candle drawn, as a point.
let loading = 0; // Counts loads, so that a slow answer for an old choice is dropped.
let lines = [];

/** A token of the stylesheet as a colour that a canvas understands. */
function colour(token) {
  const probe = document.createElement("i");
  probe.style.color = `var(--${token})`;
  document.body.append(probe);
  const resolved = getComputedStyle(probe).color;
  probe.remove();
  return resolved;
}

function theme() {
  const [line, up, down] = ["line", "up", "down"].map(colour);
  return {
    chart: {
      layout: { background: { color: colour("panel") }, textColor: colour("muted"), panes: { separatorColor: line } },
      grid: { vertLines: { color: line }, horzLines: { color: line } },
      rightPriceScale: { borderColor: line },
      timeScale: { borderColor: line },
    },
    candles: { upColor: up, downColor: down, wickUpColor: up, wickDownColor: down, borderVisible: false },
  };
}

function localTime(seconds, options) {
  return new Intl.DateTimeFormat([], { hour12: false, ...options }).format(new Date(seconds * 1000));
}

function tickMark(seconds, kind) {
  const shapes = [{ year: "numeric" }, { month: "short" }, { day: "numeric", month: "short" }];
  return localTime(seconds, shapes[kind] ?? { hour: "2-digit", minute: "2-digit" });
}

function build() {
  const full = { day: "2-digit", month: "short", hour: "2-digit", minute: "2-digit" };
  chart = createChart(element("chart"), {
    autoSize: true,
    layout: { attributionLogo: false, fontFamily: "Inter, system-ui, sans-serif", fontSize: 11 },
    crosshair: { mode: CrosshairMode.Normal },
    localization: { timeFormatter: (seconds) => localTime(seconds, full) },
    timeScale: { timeVisible: true, secondsVisible: false, rightOffset: 6, tickMarkFormatter: tickMark },
  });
  candles = chart.addSeries(CandlestickSeries, { borderVisible: false });
  volumes = chart.addSeries(HistogramSeries, {
    priceScaleId: "volume", priceFormat: { type: "volume" }, lastValueVisible: false, priceLineVisible: false,
  });
  volumes.priceScale().applyOptions({ scaleMargins: { top: 0.84, bottom: 0 } });
  candles.priceScale().applyOptions({ scaleMargins: { top: 0.08, bottom: 0.2 } });
  chart.subscribeCrosshairMove(({ seriesData }) => legend(seriesData?.get(candles) ?? last));
}

function paint() {
  const colours = theme();
  chart.applyOptions(colours.chart);
  candles.applyOptions(colours.candles);
}

/** A row of the wire → points of both series. */
function points(row) {
  const time = Date.parse(row.time) / 1000;
  const [open, high, low, close, value] = [row.open, row.high, row.low, row.close, row.volume].map(Number);
  const tint = colours[close >= open ? "up" : "down"];
  return { candle: { time, open, high, low, close }, volume: { time, value, color: tint } };
}

let colours = { up: "", down: "" };

function legend(candle) {
  const parts = candle ? ["open", "high", "low", "close"] : [];
  const number = (value) => format.price(value.toFixed(12), rules.value);
  const tone = candle && candle.close >= candle.open ? "up" : "down";
  render(parts.map((part) => html`<span>${part[0].toUpperCase()} <b class="price-live ${tone}">${number(candle[part])}</b></span>`), element("chart-legend"));
}

async function load() {
  const [name, width, mine] = [symbol.value, interval.value, ++loading];
  say("");
  try {
    const rows = await loadCandles(name, width);
    if (mine !== loading) return;
    draw(rows);
  } catch (error) {
    if (mine !== loading) return;
    say(`No candles: ${error.message}`);
    setTimeout(() => mine === loading && load(), RETRY_MS);
  }
}

function draw(rows) {
  const drawn = rows.map(points);
  candles.setData(drawn.map((point) => point.candle));
  volumes.setData(drawn.map((point) => point.volume));
  last = drawn.at(-1)?.candle ?? null;
  const visible = Math.round(element("chart").clientWidth / CANDLE_PIXELS);
  chart.timeScale().setVisibleLogicalRange({ from: drawn.length - visible, to: drawn.length + 6 });
  legend(last);
  say(drawn.length ? "" : "No candles yet.");
}

function live(row) {
  if (row.symbol !== symbol.value || row.interval !== interval.value || !last) return;
  const { candle, volume } = points(row);
  if (candle.time < last.time) return; // A late message about a candle that has been passed.
  candles.update(candle);
  volumes.update(volume);
  last = candle;
  legend(last);
}

function say(words) {
  element("chart-note").textContent = words;
  element("chart-note").hidden = !words;
}

/** The average price of the position and the limits of open orders. */
function showLines() {
  for (const line of lines) candles.removePriceLine(line);
  lines = [];
  const line = (price, title, token, lineStyle) => {
    const options = { price: Number(price), title, color: colour(token), lineWidth: 1, lineStyle, axisLabelVisible: true };
    lines.push(candles.createPriceLine(options));
  };
  const position = positions.value.get(symbol.value);
  if (position && position.side !== "FLAT" && Number(position.entryPrice) > 0) {
    line(position.entryPrice, `Average ${format.amount(position.size)}`, "accent", LineStyle.Solid);
  }
  for (const order of openOrders.value) {
    if (order.symbol !== symbol.value || !Number(order.price)) continue;
    line(order.price, `${order.side === "BUY" ? "Buy" : "Sell"} ${format.amount(order.quantity)}`,
      order.side === "BUY" ? "up" : "down", LineStyle.Dashed);
  }
}

function showPrecision() {
  const tick = rules.value?.tick;
  if (!tick) return;
  candles.applyOptions({ priceFormat: { type: "price", precision: format.trimmedScale(tick), minMove: tick.toNumber() } });
}

function repaint() {
  colours = { up: colour("volume-up"), down: colour("volume-down") };
  paint();
}

function watchIntervals() {
  const group = element("intervals");
  group.addEventListener("click", (event) => {
    if (!event.target.value) return;
    interval.value = event.target.value;
    remember("interval", interval.value);
  });
  effect(() => {
    for (const button of group.children) button.setAttribute("aria-pressed", String(button.value === interval.value));
  });
}

export function start() {
  build();
  repaint();
  document.documentElement.addEventListener("themechange", () => {
    repaint();
    load();
    showLines();
  });
  watchIntervals();
  watchCandles.value = live;
  effect(() => {
    void symbol.value, interval.value;
    last = null;
    untracked(load);
  });
  let before = "connecting";
  effect(() => {
    // What was missed while the line was down is read again.
    if (before === "reconnecting" && link.value.state === "live") untracked(load);
    before = link.value.state;
  });
  effect(showPrecision);
  effect(showLines);
}
