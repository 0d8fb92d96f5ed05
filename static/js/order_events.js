/**
 * Which orders of the page's account have changed. The numbers of events are counted on from those
 * that the page was rendered with, so that nothing is missed between the two.
 */
import { element, page } from "./page.js";
import { Socket } from "./socket.js";

const WORDS = {
  live: "Live",
  reconnecting: "Reconnecting",
  stale: "Stale",
  "signed-out": "Signed out",
};
const STATES = { open: "live", closed: "reconnecting", "signed-out": "signed-out" };

/**
 * @param {(orderIds: string[]) => void} changed
 * @param {() => void} resync so much was missed that only the rows can tell
 */
export function follow({ changed, resync }) {
  let lastSeq = page.headSeq;

  const HANDLERS = {
    ORDER_UPDATE: ({ seq, data }) => {
      if (seq <= lastSeq) return null;
      lastSeq = seq;
      return data.accountId === page.accountId ? data.orderId : null;
    },
    RESYNC: ({ data }) => {
      lastSeq = data.headSeq;
      resync();
    },
    HEARTBEAT: ({ data }) => {
      if (data.headSeq > lastSeq) socket.resume(lastSeq);
    },
  };

  function receive(messages) {
    const ids = messages.map((message) => HANDLERS[message.type]?.(message)).filter(Boolean);
    if (ids.length) changed([...new Set(ids)]);
  }

  const socket = new Socket({
    url: page.socketUrl,
    since: () => lastSeq,
    receive,
    notice: showLink,
  });
  socket.open();
}

let status = "reconnecting";
let silent = false; // A ping has gone unanswered.

function showLink({ status: told, silent: quiet, roundTrip }) {
  const pill = element("link");
  status = STATES[told] ?? status;
  silent = quiet ?? silent;
  const state = status === "live" && silent ? "stale" : status;
  pill.dataset.state = state;
  pill.querySelector("span").textContent = WORDS[state];
  if (roundTrip !== undefined) pill.title = `Round trip ${roundTrip} ms`;
}
