/** Small choices that a browser remembers. Never anything secret. */
import { signal } from "../vendor/signals-core.js";

export function remembered(name, fallback) {
  return localStorage.getItem(name) ?? fallback;
}

export function remember(name, value) {
  localStorage.setItem(name, value);
}

// What the menu offers; the first of each is what nobody has to choose.
export const PREFERENCES = {
  confirm: ["on", "off"], // Ask before an order is placed.
  clock: ["local", "utc"],
  sound: ["off", "on"],
  dust: ["shown", "hidden"], // Balances worth next to nothing.
};

const signals = Object.fromEntries(
  Object.entries(PREFERENCES).map(([name, [first]]) => [name, signal(remembered(name, first))]),
);

/** A choice as a signal, to be read. */
export const preference = (name) => signals[name];

export function prefer(name, value) {
  signals[name].value = value;
  remember(name, value);
}

// Another tab of the same person: what was chosen there holds here.
window.addEventListener("storage", ({ key, newValue }) => {
  if (key in signals) signals[key].value = newValue ?? PREFERENCES[key][0];
});
