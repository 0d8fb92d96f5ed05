"""`verify_ledger` agrees with what the ledger wrote, and sees whatever was changed behind it."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.models import User
from tests import cast
from tests.ledger.test_recording import record
from trading import ledger
from trading.models import EventHead, Fill, Order, OrderEvent, Position
from trading.proof import differences
from trading.results import Reported

D = Decimal


def trade_a_little(user: User) -> None:
    for number, side in enumerate(["BUY", "BUY", "SELL"]):
        order = cast.submitted_of(user, side=side)
        first, second = (
            cast.trade(10 * number, "0.004"),
            cast.trade(10 * number + 1, "0.006", "51000"),
        )
        record(cast.report(order.order_id, "FILLED", first, second))


def test_what_the_ledger_wrote_is_proven(alice: User) -> None:
    trade_a_little(alice)
    assert list(differences()) == []


def test_a_late_older_trade_is_folded_into_its_place(alice: User) -> None:
    orders = [cast.submitted_of(alice, side=side) for side in ("BUY", "SELL", "BUY")]
    for number in (2, 0, 1):
        trade = cast.trade(number, "0.01", str(50000 + number), commission=D("0.5"))
        record(cast.report(orders[number].order_id, "FILLED", trade))
    assert list(differences()) == []
    assert Position.objects.get().realized_pnl == D("1") * D("0.01") - 1


@pytest.mark.parametrize(
    ("tamper", "words"),
    [
        (lambda: Position.objects.update(quantity=1), "is not the fold"),
        (lambda: Position.objects.update(fees={"USDT": "1"}), "is not the fold"),
        (lambda: Position.objects.all().delete(), "no position"),
        (lambda: Fill.objects.filter(exchange_trade_id=10).update(cost_after=1), "otherwise"),
        (lambda: Order.objects.update(filled_quantity=1), "filled, its fills"),
        (lambda: Order.objects.update(executed_quantity=1), "executed"),
        (lambda: OrderEvent.objects.filter(seq=2).delete(), "gaps"),
        (lambda: OrderEvent.objects.filter(seq=1).delete(), "gaps"),
        (lambda: EventHead.objects.update(seq=9), "event head"),
    ],
)
def test_what_was_changed_behind_the_ledger_is_seen(
    alice: User, tamper: Callable[[], Any], words: str
) -> None:
    trade_a_little(alice)
    tamper()
    assert any(words in found for found in differences())


class AnyOrderOfReports(TestCase):
    """Whatever arrives, split, repeated and shuffled: sums and folds are those of the facts."""

    @settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def test_ends_in_the_facts(self, data: st.DataObject) -> None:
        cast.market()
        alice = cast.trader("alice@example.com")
        reports = []
        for number in range(data.draw(st.integers(1, 4))):
            side = data.draw(st.sampled_from(["BUY", "SELL"]))
            order = cast.submitted_of(alice, side=side, quantity=D("0.03"))
            trades = [cast.trade(100 * number + n, "0.01", str(50000 + n)) for n in range(3)]
            for upto in range(1, 4):
                status = "FILLED" if upto == 3 else "PARTIALLY_FILLED"
                reports.append(cast.report(order.order_id, status, *trades[:upto]))
        told = data.draw(st.permutations(reports * 2))
        while told:
            size = data.draw(st.integers(1, len(told)))
            ledger.record([Reported(each, "stream") for each in told[:size]])
            told = told[size:]
        assert list(differences()) == []
        assert set(Order.objects.values_list("status", flat=True)) == {"FILLED"}
        assert Fill.objects.count() == 3 * Order.objects.count()
