"""How amounts are stored: numeric(36,18), wide enough for every asset, exact in both directions."""

from decimal import Decimal, DefaultContext, setcontext
from typing import Any

from django.db import models

ZERO = Decimal(0)
DIGITS, PLACES = 36, 18
SMALLEST = Decimal(1).scaleb(-PLACES)
# Python's own context keeps 28 digits, fewer than a column holds: sums would be rounded. Every
# thread takes its context from the default one when it first computes, so plain operators do.
DefaultContext.prec = 2 * DIGITS + PLACES
setcontext(DefaultContext)


class AmountField(models.DecimalField):
    """A price, a quantity or a sum of money.

    PostgreSQL rounds extra decimals silently, so the edge refuses them before they come here.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_digits": DIGITS, "decimal_places": PLACES} | kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_digits"], kwargs["decimal_places"]
        return name, path, args, kwargs


def product(price: Decimal, quantity: Decimal) -> Decimal:
    """A price times a quantity as a column can hold it."""
    return (price * quantity).quantize(SMALLEST)


def ratio(dividend: Decimal, divisor: Decimal) -> Decimal:
    """A quotient as a column can hold it, 0 where there is nothing to divide by."""
    if not divisor:
        return ZERO
    return (dividend / divisor).quantize(SMALLEST)
