/** The menu of small choices. Each is a select named after what it sets. */
import { effect } from "../vendor/signals-core.js";
import { element } from "./page.js";
import { prefer, preference, PREFERENCES, remembered } from "./preferences.js";

const ROOT = document.documentElement;
const LOOKS = ["theme", "palette"]; // Kept on the root element by theme.js, before the first paint.

function watchLooks(form) {
  const show = () => {
    for (const look of LOOKS) form.elements[look].value = ROOT.dataset[look];
  };
  ROOT.addEventListener("themechange", show);
  show();
}

export function start() {
  const form = element("settings-form");
  for (const name of Object.keys(PREFERENCES))
    effect(() => (form.elements[name].value = preference(name).value));
  watchLooks(form);
  form.addEventListener("change", ({ target }) => {
    if (!LOOKS.includes(target.name)) {
      prefer(target.name, target.value);
      return;
    }
    localStorage.setItem(target.name, target.value);
    ROOT.dataset[target.name] = remembered(target.name, "");
    ROOT.dispatchEvent(new Event("themechange"));
  });
}
