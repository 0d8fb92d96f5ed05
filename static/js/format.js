/** How numbers and times read on the page. Text in, text out; the digits stay exact. */
import { Decimal } from "./decimal.js";

const NONE = "–";

/** 1234567.5 → 1,234,567.5 */
export function grouped(text) {
  const [whole, fraction] = text.split(".");
  const commas = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return fraction === undefined ? commas : `${commas}.${fraction}`;
}

/** Every digit of an amount, as it is. Nothing, and what is null, is a dash. */
export function amount(value) {
  return value === null || value === undefined || value === ""
    ? NONE
    : grouped(Decimal.of(value).toString());
}

/** A price with as many places as its tick has; an average is rounded to them for the eye. */
export function price(value, rules) {
  if (value === null || value === undefined) return NONE;
  const decimal = Decimal.of(value);
  const places = rules?.tick ? trimmedScale(rules.tick) : 2;
  return grouped(decimal.toFixed(places));
}

/** A price of an order or a fill; 0 means that there is none. */
export function priceOrNone(value, rules) {
  return !value || Decimal.of(value).sign() === 0 ? NONE : price(value, rules);
}

/** A sum of money, rounded for the eye to two places, or to a few more where it is tiny. */
export function money(value) {
  const decimal = Decimal.of(value);
  const small = decimal.sign() !== 0 && decimal.absolute().below("0.01");
  return grouped(decimal.toFixed(small ? 6 : 2));
}

/** Money with its sign always shown, so that colour is not the only sign. */
export function signed(value) {
  const decimal = Decimal.of(value);
  const text = money(decimal.absolute());
  return decimal.sign() > 0 ? `+${text}` : decimal.sign() < 0 ? `−${text}` : text;
}

export function percent(value) {
  const decimal = Decimal.of(value);
  const arrow = decimal.sign() > 0 ? "▲ +" : decimal.sign() < 0 ? "▼ −" : "";
  return `${arrow}${decimal.absolute().toFixed(2)}%`;
}

/** The class that colours a signed value. */
export function direction(value) {
  return ["down", "", "up"][Decimal.of(value).sign() + 1];
}

/** Places of a step without its trailing zeros: "0.0100" has two. */
export function trimmedScale(step) {
  const [, fraction = ""] = Decimal.of(step).toString().split(".");
  return fraction.length;
}
