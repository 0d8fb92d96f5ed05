/** Draw a template into a container, and again whenever a signal that it reads has changed. */
import { effect } from "../vendor/signals-core.js";
import { render } from "../vendor/lit-html/lit-html.js";

export function view(container, template) {
  container.replaceChildren(); // What the server rendered has done its duty.
  return effect(() => render(template(), container));
}
