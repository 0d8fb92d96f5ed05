/** On a phone one part of the page is shown at a time: Chart, Book, Trade or Orders. */
import { element } from "./page.js";

const buttons = () => document.querySelectorAll(".views button");

export function showView(name) {
  element("main").dataset.view = name;
  for (const button of buttons())
    button.setAttribute("aria-pressed", String(button.dataset.view === name));
}

export function start() {
  for (const button of buttons())
    button.addEventListener("click", () => showView(button.dataset.view));
}
