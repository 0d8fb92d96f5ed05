/** Shows what a key check finds out, without a reload. Everything else on the page is HTML. */

import * as clock from "./clock.js";

const ASK_AGAIN_MS = 700;
const GIVE_UP_MS = 60_000;

async function follow(facts) {
  const since = performance.now();
  while (facts.hasAttribute("data-checking") && performance.now() - since < GIVE_UP_MS) {
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
    facts = await renewed(facts);
  }
}

/** The same facts as the server tells them now; as they were where it does not answer. */
async function renewed(facts) {
  try {
    const response = await fetch(facts.dataset.status);
    if (!response.ok || response.redirected) return facts;
    const piece = document.createRange().createContextualFragment(await response.text());
    const fresh = piece.firstElementChild;
    facts.replaceWith(fresh);
    clock.showTimes(fresh);
    return fresh;
  } catch {
    return facts; // The network went away; it is asked again.
  }
}

clock.start();
document.querySelectorAll("[data-checking]").forEach(follow);
