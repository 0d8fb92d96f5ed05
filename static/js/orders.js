/** The orders page. Rows change where they stand; new orders are only counted, so nothing jumps. */
import * as cancelButtons from "./cancel_buttons.js";
import * as clock from "./clock.js";
import * as fragments from "./fragments.js";
import { gathered } from "./loading.js";
import { follow } from "./order_events.js";
import { element } from "./page.js";

const GATHERED_MS = 250;
const MOST = 50; // As many as the server answers for at once.

const waiting = new Set(); // Orders that have changed since their rows were last read.
const newer = new Set(); // Orders that came after the page, and that its filter finds.

const rowOf = (orderId) => document.getElementById(`order-${orderId}`);
const shown = () =>
  [...element("rows").querySelectorAll("tr[id]")].map((row) => row.id.slice("order-".length));
const timeOf = (row) => row.querySelector("time").dateTime;

const isNewest = !/[?&](older|newer)_than=/.test(location.search);
const newestShown = [...document.querySelectorAll("#rows tr[id]")].map(timeOf)[0] ?? "";

const refresh = gathered(read, () => setTimeout(refresh, 3_000), GATHERED_MS);

async function read() {
  const ids = [...waiting].slice(0, MOST);
  const query = new URLSearchParams(location.search);
  for (const id of ids) query.append("id", id);
  const fresh = await fragments.load(`/orders/rows?${query}`);
  for (const id of ids) waiting.delete(id);
  for (const row of fresh.querySelectorAll("tr[id]")) take(document.adoptNode(row));
  showNewer();
  if (waiting.size) refresh();
}

function take(row) {
  clock.showTimes(row);
  const old = document.getElementById(row.id);
  if (old) {
    row.classList.add("changed");
    fragments.replace(old, row);
  } else if (isNewest && "found" in row.dataset && timeOf(row) >= newestShown) {
    newer.add(row.id);
  }
}

function showNewer() {
  element("newer").hidden = newer.size === 0;
  element("newer-count").textContent = newer.size === 1 ? "1 newer order" : `${newer.size} newer orders`;
}

function changed(orderIds) {
  const wanted = isNewest ? orderIds : orderIds.filter(rowOf);
  for (const id of wanted) waiting.add(id);
  if (waiting.size) refresh();
}

// A query string of what was filled in, and no more; days mean a zone only where there are any.
function leaveOutEmpty({ formData }) {
  for (const [name, value] of [...formData]) if (value === "") formData.delete(name);
  if (!formData.has("since") && !formData.has("until")) formData.delete("zone");
}

// On a phone the orders come first, unless the filter has something to say.
function foldFilter() {
  const narrow = matchMedia("(max-width: 700px)").matches;
  const asked = [...new URLSearchParams(location.search).keys()].some((name) => name !== "account");
  element("narrowing").open = !narrow || asked;
}

foldFilter();
clock.start();
cancelButtons.start((orderId) => changed([orderId]));
element("filter").addEventListener("formdata", leaveOutEmpty);
follow({ changed, resync: () => changed(shown()) });
