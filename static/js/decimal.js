/**
 * Exact decimals over BigInt: `units` × 10^-`scale`. Amounts never pass through a float here,
 * because 0.1 + 0.2 is not 0.3 there, and a quantity one step off is an order refused.
 */
const SHAPE = /^([+-]?)(\d*)(?:\.(\d*))?$/;

const power = (places) => 10n ** BigInt(places);

export class Decimal {
  constructor(units, scale) {
    this.units = units;
    this.scale = scale;
    Object.freeze(this);
  }

  /** The decimal that a text says, or null where it says none. Never rounds, takes no exponent. */
  static parse(text) {
    const match = SHAPE.exec(String(text ?? "").trim());
    if (!match || !(match[2] || match[3])) return null;
    const [, sign, whole, fraction = ""] = match;
    const units = BigInt(whole + fraction);
    return new Decimal(sign === "-" ? -units : units, fraction.length);
  }

  /** Like parse, for values that our own server sent. Throws TypeError on anything else. */
  static of(value) {
    if (value instanceof Decimal) return value;
    const decimal = Decimal.parse(value);
    if (!decimal) throw new TypeError(`not a decimal: ${value}`);
    return decimal;
  }

  /** Both operands' units at their common scale. */
  #aligned(other) {
    const scale = Math.max(this.scale, other.scale);
    const units = (d) => d.units * power(scale - d.scale);
    return [units(this), units(other), scale];
  }

  plus(other) {
    const [a, b, scale] = this.#aligned(Decimal.of(other));
    return new Decimal(a + b, scale);
  }

  minus(other) {
    return this.plus(Decimal.of(other).negated());
  }

  times(other) {
    const factor = Decimal.of(other);
    return new Decimal(this.units * factor.units, this.scale + factor.scale);
  }

  /** The quotient cut off (not rounded) after so many places. Throws RangeError on zero. */
  over(other, places = 18) {
    const divisor = Decimal.of(other);
    const shift = places + divisor.scale - this.scale;
    const units = shift >= 0 ? this.units * power(shift) : this.units / power(-shift);
    return new Decimal(units / divisor.units, places);
  }

  negated() {
    return new Decimal(-this.units, this.scale);
  }

  absolute() {
    return this.units < 0n ? this.negated() : this;
  }

  /** Below, at or above zero: -1, 0 or 1. */
  sign() {
    return this.units < 0n ? -1 : this.units > 0n ? 1 : 0;
  }

  compare(other) {
    const [a, b] = this.#aligned(Decimal.of(other));
    return a < b ? -1 : a > b ? 1 : 0;
  }

  equals(other) {
    return this.compare(other) === 0;
  }

  below(other) {
    return this.compare(other) < 0;
  }

  above(other) {
    return this.compare(other) > 0;
  }

  /** The greatest multiple of a step that is not above this (for amounts, so not below zero). */
  floorTo(step) {
    const [units, size, scale] = this.#aligned(Decimal.of(step));
    return size === 0n ? this : new Decimal(units - (units % size), scale);
  }

  /** The least multiple of a step that is not below this. */
  ceilTo(step) {
    const floor = this.floorTo(step);
    return floor.equals(this) ? this : floor.plus(step);
  }

  /** The nearest multiple of a step, the upper one of two equally near. */
  nearestTo(step) {
    const floor = this.floorTo(step);
    const above = this.minus(floor);
    return above.plus(above).below(step) || floor.equals(this) ? floor : floor.plus(step);
  }

  isMultipleOf(step) {
    return this.floorTo(step).equals(this);
  }

  /** Exactly so many places, rounded half away from zero. For display only. */
  toFixed(places) {
    let units = this.units;
    if (places < this.scale) {
      const unit = power(this.scale - places);
      const half = unit / 2n;
      units = (units < 0n ? units - half : units + half) / unit;
    } else {
      units *= power(places - this.scale);
    }
    const negative = units < 0n;
    const digits = String(negative ? -units : units).padStart(places + 1, "0");
    const text = places ? `${digits.slice(0, -places)}.${digits.slice(-places)}` : digits;
    return negative ? `-${text}` : text;
  }

  /** Every digit, without trailing zeros and never with an exponent: what goes on the wire. */
  toString() {
    const text = this.toFixed(this.scale);
    return this.scale ? text.replace(/\.?0+$/, "") : text;
  }

  /** A float, for drawing on a canvas and nothing else. */
  toNumber() {
    return Number(this.toString());
  }
}

export const ZERO = new Decimal(0n, 0);
