/** Prices and quantities moved by the arrow keys. */
import { Decimal, ZERO } from "./decimal.js";
import { rules } from "./state.js";
import { form, write } from "./ticket_state.js";

const STEPS = { price: "tick", stopPrice: "tick", quantity: "step" }; // Field → rule of the symbol.
const DIRECTIONS = { ArrowUp: 1, ArrowDown: -1 };

/** A price moves by its tick and a quantity by its step, with Shift by ten of them. */
function nudge(event) {
  const [field, direction] = [event.target.name, DIRECTIONS[event.key]];
  const step = rules.value?.[STEPS[field]];
  if (!direction || !step) return;
  event.preventDefault();
  const by = step.times(direction * (event.shiftKey ? 10 : 1));
  const next = (Decimal.parse(event.target.value) ?? ZERO).plus(by);
  if (next.sign() > 0) write(field, next);
}

export function start() {
  form.addEventListener("keydown", nudge);
}
