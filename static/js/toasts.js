/** Notices in plain words. The list is an aria-live region, so that they are also heard. */
import { html, render } from "../vendor/lit-html/lit-html.js";
import { element } from "./page.js";
import { play } from "./sound.js";

const SHOWN_MS = 6_000;
const MOST = 4;

let shown = [];

function draw() {
  const toast = (item) => html`<div class="toast" data-kind=${item.kind}>
    <p>${item.title ? html`<b>${item.title}</b>` : ""}${item.words}</p>
    <button type="button" aria-label="Dismiss" @click=${() => dismiss(item)}>✕</button>
  </div>`;
  render(shown.map(toast), element("toasts"));
}

function dismiss(item) {
  shown = shown.filter((other) => other !== item);
  draw();
}

/** kind: good, bad, caution or plain. Bad news stays twice as long; news replaces older `about` it. */
export function notify(kind, title, words = "", about = null) {
  const item = { kind, title, words, about };
  const others = shown.filter((other) => about === null || other.about !== about);
  shown = [...others.slice(1 - MOST), item];
  draw();
  play(kind);
  setTimeout(() => dismiss(item), kind === "bad" ? 2 * SHOWN_MS : SHOWN_MS);
}
