/** Cancel buttons. Without JavaScript they send a form; here the page stays where it is. */
import { cancel } from "./cancelling.js";

/** @param {(orderId: string) => void} asked the cancel was taken down, and shows in the order */
export function start(asked) {
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button[data-cancel]");
    if (!button) return;
    event.preventDefault();
    const orderId = button.dataset.cancel;
    button.disabled = true;
    const answer = await cancel({ orderId });
    button.disabled = false;
    if (answer) asked(orderId);
  });
}
