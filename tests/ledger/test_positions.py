"""The fold: what fills make of a position, by examples and against a simpler model."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trading.models import Fill
from trading.positions import Position, fold

D = Decimal


def fill(side: str, quantity: str, price: str, commission: str = "0", asset: str = "USDT") -> Fill:
    return Fill(
        side=side,
        quantity=D(quantity),
        price=D(price),
        commission=D(commission),
        commission_asset=asset,
        traded_at=datetime.now(UTC),
    )


def folded(*fills: Fill) -> Position:
    return fold(Position(), fills, base="BTC", quote="USDT")


@pytest.mark.parametrize(
    ("fills", "quantity", "cost", "realized"),
    [
        ([fill("BUY", "1", "100")], "1", "100", "0"),
        ([fill("BUY", "1", "100"), fill("BUY", "1", "200")], "2", "300", "0"),
        ([fill("BUY", "2", "100"), fill("SELL", "1", "150")], "1", "100", "50"),
        ([fill("BUY", "1", "100"), fill("SELL", "1", "90")], "0", "0", "-10"),
        ([fill("SELL", "1", "100")], "-1", "-100", "0"),
        ([fill("SELL", "1", "100"), fill("BUY", "1", "80")], "0", "0", "20"),
        ([fill("BUY", "1", "100"), fill("SELL", "3", "110")], "-2", "-220", "10"),
        # Commission in the quote asset costs; in the base asset it lowers what is held.
        ([fill("BUY", "1", "100", "0.1")], "1", "100.1", "0"),
        ([fill("BUY", "1", "100", "0.001", "BTC")], "0.999", "100", "0"),
        ([fill("BUY", "1", "100", "0.1"), fill("SELL", "1", "110", "0.11")], "0", "0", "9.79"),
        # A third asset's commission is a fee, and no part of the position.
        ([fill("BUY", "1", "100", "0.01", "BNB")], "1", "100", "0"),
    ],
)
def test_fold(fills: list[Fill], quantity: str, cost: str, realized: str) -> None:
    assert folded(*fills) == Position(D(quantity), D(cost), D(realized))


def test_the_entry_price_and_the_profit_not_yet_taken() -> None:
    position = folded(fill("BUY", "1", "100"), fill("BUY", "3", "200"))
    assert (position.entry_price, position.unrealized_pnl(D(200))) == (D(175), D(100))
    short = folded(fill("SELL", "2", "100"))
    assert (short.entry_price, short.unrealized_pnl(D(90))) == (D(100), D(20))


amounts = st.decimals(min_value="0.00001", max_value="100000", places=5)
trades = st.builds(
    lambda side, quantity, price, fee: fill(side, str(quantity), str(price), str(fee)),
    st.sampled_from(["BUY", "SELL"]),
    amounts,
    amounts,
    st.decimals(min_value=0, max_value=10, places=8),
)


@given(st.lists(trades, max_size=30), amounts)
def test_money_is_conserved_whatever_was_traded(fills: list[Fill], price: Decimal) -> None:
    """Realized plus unrealized is what selling everything now would have left in the purse."""
    position = folded(*fills)
    held, purse = D(0), D(0)
    for each in fills:
        sign = 1 if each.side == "BUY" else -1
        held += sign * each.quantity
        purse -= sign * each.quantity * each.price + each.commission
    assert position.quantity == held
    worth = purse + held * price
    assert abs(position.realized_pnl + position.unrealized_pnl(price) - worth) < D("0.000001")


@given(st.lists(trades, min_size=1, max_size=20), st.data())
def test_folding_in_two_parts_is_folding_at_once(fills: list[Fill], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(fills)))
    first = folded(*fills[:cut])
    assert fold(first, fills[cut:], base="BTC", quote="USDT") == folded(*fills)


@given(st.lists(trades, min_size=1, max_size=20))
def test_a_flat_position_has_no_cost(fills: list[Fill]) -> None:
    position = folded(*fills)
    if position.quantity:
        side = "SELL" if position.quantity > 0 else "BUY"
        closing = fill(side, str(abs(position.quantity)), "1")
        position = fold(position, [closing], base="BTC", quote="USDT")
    assert (position.quantity, position.cost) == (0, 0)


def test_sums_keep_more_digits_than_python_would() -> None:
    first = fill("BUY", "1", "12345678901234567")
    position = folded(first, fill("BUY", "1", "0.000000000000000001"))
    assert position.cost == D("12345678901234567.000000000000000001")
    assert folded(fill("SELL", "12345678901234567.000000000000000001", "1")).quantity == D(
        "-12345678901234567.000000000000000001"
    )
