/** The candle chart with its volume, live. A canvas: here prices are floats. */
import {
  CandlestickSeries,
  createChart,
  CrosshairMode,
  HistogramSeries,
} from "../vendor/lightweight-charts.js";
import { effect, untracked } from "../vendor/signals-core.js";
import { interval, loadCandles, watchCandles } from "./candles.js";
import * as legend from "./chart_legend.js";
import { linesOf } from "./chart_lines.js";
import { marksOf } from "./chart_marks.js";
import * as theme from "./chart_theme.js";
import * as format from "./format.js";
import { element } from "./page.js";
import { remember } from "./preferences.js";
import { link, rules, symbol } from "./state.js";
import { zone } from "./times.js";

const RETRY_MS = 3_000;
const CANDLE_PIXELS = 9;
const SPARE_CANDLES = 6; // Room at the right, for what comes.

let chart, candles, volumes, showLines, showMarks;
let tints = {}; // Colours of the volume.
let last = null; // The newest candle drawn.
let hovered = null;
let loading = 0; // Counts loads, so that a slow answer for an old choice is dropped.

function build() {
  chart = createChart(element("chart"), {
    autoSize: true,
    layout: { attributionLogo: false, fontFamily: "Inter, system-ui, sans-serif", fontSize: 11 },
    crosshair: { mode: CrosshairMode.Normal },
    timeScale: {
      timeVisible: true,
      secondsVisible: false,
      rightOffset: SPARE_CANDLES,
    },
  });
  candles = chart.addSeries(CandlestickSeries, { borderVisible: false });
  volumes = chart.addSeries(HistogramSeries, {
    priceScaleId: "volume",
    priceFormat: { type: "volume" },
    lastValueVisible: false,
    priceLineVisible: false,
  });
  candles.priceScale().applyOptions({ scaleMargins: { top: 0.08, bottom: 0.2 } });
  volumes.priceScale().applyOptions({ scaleMargins: { top: 0.84, bottom: 0 } });
  showLines = linesOf(candles);
  showMarks = marksOf(candles);
  chart.subscribeCrosshairMove(({ seriesData }) => {
    hovered = seriesData?.get(candles) ?? null;
    showLegend();
  });
}

function paint() {
  chart.applyOptions(theme.chartColours());
  candles.applyOptions(theme.candleColours());
  tints = theme.volumeColours();
}

/** A row of the wire → a point of each series. */
function points(row) {
  const time = Date.parse(row.time) / 1000;
  const [open, high, low, close] = [row.open, row.high, row.low, row.close].map(Number);
  const color = close >= open ? tints.up : tints.down;
  return {
    candle: { time, open, high, low, close },
    volume: { time, value: Number(row.volume), color },
  };
}

const showLegend = () => legend.show(hovered ?? last);

/** Another symbol or interval: nothing of the one before may stay. */
function begin(name, width) {
  last = hovered = null;
  untracked(() => load(name, width, { fit: true }));
}

const loadAgain = () => load(symbol.peek(), interval.peek(), { fit: false });

async function load(name, width, { fit }) {
  const mine = ++loading;
  try {
    const rows = await loadCandles(name, width);
    if (mine !== loading) return;
    draw(rows.map(points));
    if (fit) showNewest(rows.length);
  } catch (error) {
    if (mine !== loading) return;
    say(`No candles: ${error.message}`);
    setTimeout(() => mine === loading && load(name, width, { fit }), RETRY_MS);
  }
}

function draw(drawn) {
  candles.setData(drawn.map((point) => point.candle));
  volumes.setData(drawn.map((point) => point.volume));
  last = drawn.at(-1)?.candle ?? null;
  showLegend();
  say(drawn.length ? "" : "No candles yet.");
}

function showNewest(count) {
  const visible = Math.round(element("chart").clientWidth / CANDLE_PIXELS);
  chart.timeScale().setVisibleLogicalRange({ from: count - visible, to: count + SPARE_CANDLES });
}

function live(row) {
  if (row.symbol !== symbol.value || row.interval !== interval.value || !last) return;
  const { candle, volume } = points(row);
  if (candle.time < last.time) return; // A late message about a candle that has been passed.
  candles.update(candle);
  volumes.update(volume);
  last = candle;
  showLegend();
}

function say(words) {
  element("chart-note").textContent = words;
  element("chart-note").hidden = !words;
}

function showPrecision() {
  const tick = rules.value?.tick;
  if (!tick) return;
  const [precision, minMove] = [format.trimmedScale(tick), tick.toNumber()];
  candles.applyOptions({ priceFormat: { type: "price", precision, minMove } });
}

/** The chart asks for its words anew only when it is told that they have changed. */
function showClock() {
  zone();
  chart.applyOptions({ localization: { timeFormatter: (seconds) => theme.fullTime(seconds) } });
  chart.timeScale().applyOptions({
    tickMarkFormatter: (seconds, kind) => theme.tickMark(seconds, kind),
  });
}

function watchIntervals() {
  const group = element("intervals");
  group.addEventListener("click", (event) => {
    if (!event.target.value) return;
    interval.value = event.target.value;
    remember("interval", interval.value);
  });
  effect(() => {
    for (const button of group.children) {
      button.setAttribute("aria-pressed", String(button.value === interval.value));
    }
  });
}

/** What was missed while the line was down is read again. */
function watchLink() {
  let missed = false;
  effect(() => {
    if (link.value.state === "reconnecting") missed = true;
    if (link.value.state !== "live" || !missed) return;
    missed = false;
    untracked(loadAgain);
  });
}

export function start() {
  build();
  paint();
  document.documentElement.addEventListener("themechange", () => {
    paint();
    showLines();
    showMarks();
    loadAgain();
  });
  watchIntervals();
  effect(() => begin(symbol.value, interval.value));
  watchLink();
  watchCandles.value = live;
  effect(showPrecision);
  effect(showLines);
  effect(showMarks);
  effect(showClock);
}
