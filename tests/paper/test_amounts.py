"""Amounts are exact on the way in, inside, and on the way out."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paper.amounts import ONE, TooPrecise, parse, ratio, text, times
from paper.symbols import SYMBOLS, Symbol

AMOUNTS = st.decimals(min_value=0, max_value=10**12, places=8, allow_nan=False)


@given(AMOUNTS)
def test_text_survives_the_way_in_and_out(amount: Decimal) -> None:
    units = parse(f"{amount:f}")
    assert units == amount * ONE
    assert Decimal(text(units)) == amount


@given(st.sampled_from(list(SYMBOLS.values())), st.integers(1, 10**9), st.integers(1, 10**9))
def test_a_price_times_a_quantity_is_exact(market: Symbol, ticks: int, steps: int) -> None:
    price, quantity = ticks * market.tick, steps * market.step
    exact = Decimal(text(price)) * Decimal(text(quantity))
    assert Decimal(text(times(price, quantity))) == exact


@pytest.mark.parametrize("nonsense", ["", "-1", "+1", "1e3", ".5", "1.", " 1", "NaN", "٣", "1,5"])
def test_what_is_not_a_plain_decimal_is_refused(nonsense: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse(nonsense)


def test_digits_below_a_unit_are_refused_and_trailing_zeros_are_not() -> None:
    with pytest.raises(TooPrecise):
        parse("0.000000001")
    assert parse("1.1000000000") == parse("1.1")


def test_small_and_negative_amounts_keep_their_form() -> None:
    assert text(1) == "0.00000001"
    assert text(-ONE) == "-1.00000000"
    assert ratio(5 * ONE, 0) == 0
