"""Exact amounts as integers.

Every price and quantity inside the exchange is an `int` counting units of 0.00000001, the finest
that Binance Spot quotes. Integers are exact like Decimal and several times faster, which is what
lets one core match a thousand orders a second. Text is converted at the edge and nowhere else.
"""

import re
from typing import Final

ONE: Final = 10**8
LEGAL_RANGE: Final = r"^([0-9]{1,20})(\.[0-9]{1,20})?$"
_LEGAL: Final = re.compile(r"([0-9]{1,20})(?:\.([0-9]{1,20}))?", re.ASCII)


class TooPrecise(ValueError):
    """The text has digits below one unit."""


def parse(text: str) -> int:
    """Units of a plain decimal such as "0.00100". Raises ValueError, or TooPrecise below 1e-8."""
    match = _LEGAL.fullmatch(text)
    if match is None:
        raise ValueError(text)
    whole, fraction = match.group(1), (match.group(2) or "").rstrip("0")
    if len(fraction) > 8:
        raise TooPrecise(text)
    return int(whole) * ONE + int(fraction.ljust(8, "0"))


def text(units: int) -> str:
    """The amount with all eight decimals, as Binance writes it."""
    sign = "-" if units < 0 else ""
    whole, fraction = divmod(abs(units), ONE)
    return f"{sign}{whole}.{fraction:08d}"


def times(price: int, quantity: int) -> int:
    """price x quantity. Exact, because a tick times a step is a whole number of units."""
    return price * quantity // ONE


def ratio(quote: int, quantity: int) -> int:
    """quote / quantity rounded down to a unit; 0 when there is no quantity."""
    return quote * ONE // quantity if quantity else 0
