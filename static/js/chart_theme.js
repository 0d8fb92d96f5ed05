/** The stylesheet's colours, and the clock of the person looking, in the words of the chart. */
import { shaped } from "./times.js";

/** A token of the stylesheet as a colour that a canvas understands. */
export function colour(token) {
  const probe = document.createElement("i");
  probe.style.color = `var(--${token})`;
  document.body.append(probe);
  const resolved = getComputedStyle(probe).color;
  probe.remove();
  return resolved;
}

export function chartColours() {
  const line = colour("line");
  return {
    layout: {
      background: { color: colour("panel") },
      textColor: colour("muted"),
      panes: { separatorColor: line },
    },
    grid: { vertLines: { color: line }, horzLines: { color: line } },
    rightPriceScale: { borderColor: line },
    timeScale: { borderColor: line },
  };
}

export function candleColours() {
  const [up, down] = [colour("up"), colour("down")];
  return { upColor: up, downColor: down, wickUpColor: up, wickDownColor: down };
}

export function volumeColours() {
  return { up: colour("volume-up"), down: colour("volume-down") };
}

const CLOCK = shaped({ hour: "2-digit", minute: "2-digit" });
const MARKS = [
  shaped({ year: "numeric" }),
  shaped({ month: "short" }),
  shaped({ day: "numeric", month: "short" }),
];
const FULL = shaped({ day: "2-digit", month: "short", hour: "2-digit", minute: "2-digit" });

const date = (seconds) => new Date(seconds * 1000);

/** The chart's kinds of marks: 0 year, 1 month, 2 day, above that a time of day. */
export const tickMark = (seconds, kind) => (MARKS[kind] ?? CLOCK).value.format(date(seconds));
export const fullTime = (seconds) => FULL.value.format(date(seconds));
