/** The trade page: starts each part. The parts meet in state.js and nowhere else. */
import { effect } from "../vendor/signals-core.js";
import * as account from "./account.js";
import * as blotter from "./blotter.js";
import * as book from "./book.js";
import { interval } from "./candles.js";
import * as chart from "./chart.js";
import * as confirm from "./confirm.js";
import * as feed from "./feed.js";
import * as header from "./header.js";
import { gathered, loadMarket } from "./loading.js";
import * as nudging from "./nudging.js";
import * as settings from "./settings.js";
import * as shortcuts from "./shortcuts.js";
import { symbol } from "./state.js";
import * as symbols from "./symbols.js";
import * as tape from "./tape.js";
import * as ticket from "./ticket.js";
import * as timeline from "./timeline.js";
import * as views from "./views.js";

const MARKET_RETRY_MS = 3_000;

const PARTS = [
  header,
  symbols,
  chart,
  book,
  tape,
  ticket,
  nudging,
  confirm,
  account,
  blotter,
  timeline,
  settings,
  shortcuts,
  views,
];

for (const part of PARTS) part.start();

const market = gathered(loadMarket, () => setTimeout(market, MARKET_RETRY_MS), 0);
market();
effect(() => feed.watchMarket(symbol.value, interval.value));
feed.start();
