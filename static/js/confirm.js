/** The dialog that asks before something is sent. Enter confirms, Esc goes back. */
import { html, render } from "../vendor/lit-html/lit-html.js";
import { element } from "./page.js";
import { preference, prefer } from "./preferences.js";

const row = ([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`;

/**
 * Ask, and resolve to whether the answer was yes.
 *
 * @param {{title: string, rows: [string, string][], warning?: string, act: string, side?: string}} question
 */
export function ask({ title, rows, warning = "", act, side = "" }) {
  const dialog = element("confirm");
  dialog.dataset.side = side;
  element("confirm-title").textContent = title;
  render(rows.map(row), element("confirm-rows"));
  element("confirm-warning").textContent = warning;
  element("confirm-yes").textContent = act;
  dialog.returnValue = "";
  dialog.showModal();
  element("confirm-yes").focus();
  return new Promise((resolve) =>
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true }),
  );
}

/** Like `ask`, unless the user has switched the question off; it can be switched off right here. */
export async function askUnlessOff(question) {
  if (preference("confirm").value === "off") return true;
  const skip = element("confirm-skip");
  skip.hidden = false;
  skip.querySelector("input").checked = false;
  const yes = await ask(question);
  skip.hidden = true;
  if (yes && skip.querySelector("input").checked) prefer("confirm", "off");
  return yes;
}

export function start() {
  const yes = element("confirm-yes");
  // The second half of a double click, and a key that is held down, were not meant for this.
  yes.addEventListener("click", (event) => event.detail > 1 && event.preventDefault());
  yes.addEventListener("keydown", (event) => event.repeat && event.preventDefault());
}
