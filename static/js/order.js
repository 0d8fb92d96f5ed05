/** The page of one order: shown again by the server whenever something has happened to it. */
import * as cancelButtons from "./cancel_buttons.js";
import * as clock from "./clock.js";
import * as fragments from "./fragments.js";
import { gathered } from "./loading.js";
import { follow } from "./order_events.js";
import { element, page } from "./page.js";

const GATHERED_MS = 100;

const refresh = gathered(read, () => setTimeout(refresh, 3_000), GATHERED_MS);

async function read() {
  const fresh = await fragments.load(location.href);
  const order = document.adoptNode(fresh.getElementById("order"));
  clock.showTimes(order);
  fragments.replace(element("order"), order);
}

clock.start();
cancelButtons.start(refresh);
follow({
  changed: (orderIds) => {
    if (orderIds.includes(page.orderId)) refresh();
  },
  resync: refresh,
});
