"""Orders that were placed elsewhere become ours to show and to cancel, once, whoever sees them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts import exchange_accounts
from accounts.models import User
from execution.exchange import Sighting
from tests import cast
from trading import ledger
from trading.models import Discrepancy, Fill, Order, OrderEvent, Position
from trading.models.orders import OrderType
from trading.proof import differences
from trading.results import Seen
from trading.states import NOT_PLACED, Status


def sighting(status: str = "NEW", **fields: Any) -> Sighting:
    """A limit order somebody placed at the exchange by hand, without any trade."""
    trades = fields.get("trades", ())
    defaults: dict[str, Any] = {
        "status": Status(status),
        "executed_quantity": sum((each.quantity for each in trades), Decimal(0)),
        "quote_executed": sum((each.quantity * each.price for each in trades), Decimal(0)),
        "exchange_order_id": 77,
        "exchange_client_id": "by-hand",
        "timestamp": datetime.now(UTC),
        "quantity": Decimal("0.02"),
        "symbol": "BTCUSDT",
        "side": "BUY",
        "type": "LIMIT",
        "price": Decimal(50_000),
        "time_in_force": "GTC",
    }
    return Sighting(**defaults | fields)


def see(user: User, *sightings: Sighting) -> None:
    account = cast.account_of(user).pk
    ledger.record([Seen(account, each, OrderEvent.Origin.STREAM) for each in sightings])


def test_an_order_of_nobody_is_adopted_with_everything_it_did(alice: User) -> None:
    see(alice, sighting(), sighting("PARTIALLY_FILLED", trades=(cast.trade(5, "0.01"),)))
    order = Order.objects.get()
    assert (order.source, order.status, order.attempt) == ("external", "PARTIALLY_FILLED", 0)
    assert (order.exchange_order_id, order.exchange_client_id) == (77, "by-hand")
    assert (order.price, order.time_in_force, order.account_sequence) == (50_000, "GTC", 1)
    assert order.next_check_at is not None
    assert Fill.objects.get().exchange_trade_id == 5
    assert Position.objects.get().quantity == Decimal("0.01")
    assert cast.told(alice) == [(1, "NEW"), (2, "PARTIALLY_FILLED")]


def test_an_order_seen_again_is_the_same(alice: User) -> None:
    see(alice, sighting())
    see(alice, sighting(), sighting("CANCELED"))
    assert Order.objects.get().status == "CANCELED"
    assert cast.told(alice) == [(1, "NEW"), (2, "CANCELED")]


def test_an_order_of_ours_is_known_by_its_id_before_it_was_answered(alice: User) -> None:
    order = cast.submitted_of(alice)
    see(alice, sighting(exchange_client_id=str(order.order_id)))
    order.refresh_from_db()
    assert (order.status, order.exchange_order_id) == ("NEW", 77)
    assert Order.objects.count() == 1


def test_an_order_of_ours_is_known_by_the_exchanges_id(alice: User) -> None:
    order = cast.submitted_of(alice)
    see(alice, sighting(exchange_client_id=str(order.order_id)))
    see(alice, sighting("CANCELED", exchange_client_id="the-cancels-own"))
    order.refresh_from_db()
    assert order.status == "CANCELED"


def test_an_order_proven_absent_is_revived_not_adopted(alice: User) -> None:
    order = cast.order_of(alice, status=Status.REJECTED, reason=NOT_PLACED)
    see(alice, sighting(exchange_client_id=str(order.order_id)))
    order.refresh_from_db()
    assert (order.status, order.source) == ("NEW", "user")


def test_a_late_refusal_of_an_order_of_ours_is_not_another_order(alice: User) -> None:
    order = cast.order_of(alice, status=Status.REJECTED, reason="Not enough USDT.")
    see(alice, sighting("REJECTED", exchange_client_id=str(order.order_id)))
    assert Order.objects.get().reason == "Not enough USDT."


def test_a_client_id_that_is_used_again_is_another_order(alice: User) -> None:
    ours = cast.submitted_of(alice)
    own_id = str(ours.order_id)
    see(alice, sighting("FILLED", exchange_client_id=own_id, trades=(cast.trade(5, "0.02"),)))
    see(alice, sighting(exchange_order_id=78, exchange_client_id=own_id))
    other = Order.objects.exclude(pk=ours.pk).get()
    assert (other.source, other.exchange_client_id) == ("external", own_id)
    assert other.order_id != ours.order_id


def test_a_client_id_that_is_used_again_within_a_batch_is_another_order(alice: User) -> None:
    own_id = str(cast.submitted_of(alice).order_id)
    filled = sighting("FILLED", exchange_client_id=own_id, trades=(cast.trade(5, "0.02"),))
    see(alice, filled, sighting(exchange_order_id=78, exchange_client_id=own_id), filled)
    assert list(
        Order.objects.order_by("id").values_list("source", "exchange_order_id", "status")
    ) == [("user", 77, "FILLED"), ("external", 78, "NEW")]


def test_the_clients_own_uuid_is_kept_where_it_is_free(alice: User, bob: User) -> None:
    own_id = uuid4()
    see(alice, sighting(exchange_client_id=str(own_id)))
    see(bob, sighting(exchange_client_id=str(own_id)))
    assert Order.objects.for_user(alice.pk).get().order_id == own_id
    assert Order.objects.for_user(bob.pk).get().order_id != own_id


def test_symbols_may_share_an_id_of_the_exchange(alice: User) -> None:
    cast.market("ETHUSDT")
    see(alice, sighting(), sighting(symbol="ETHUSDT"))
    assert set(Order.objects.values_list("symbol", flat=True)) == {"BTCUSDT", "ETHUSDT"}


def test_the_legs_of_a_pair_know_that_they_belong_together(alice: User) -> None:
    stop = sighting(
        exchange_order_id=78,
        type="STOP_LOSS_LIMIT",
        stop_price=Decimal(51_000),
        order_list=9,
    )
    see(alice, sighting(type="LIMIT_MAKER", order_list=9), stop)
    assert list(
        Order.objects.order_by("id").values_list("order_list", "type", "time_in_force")
    ) == [
        (9, OrderType.LIMIT_MAKER, ""),
        (9, OrderType.STOP_LOSS_LIMIT, "GTC"),
    ]


@pytest.mark.parametrize(
    "fields",
    [
        {"type": "TRAILING_DANCE"},
        {"time_in_force": "GTX"},
        {"price": None},
        {"quantity": None},
        {"symbol": "NEWUSDT"},
    ],
)
def test_what_we_cannot_express_is_shown_to_an_operator_once(
    alice: User, fields: dict[str, Any]
) -> None:
    see(alice, sighting(**fields))
    see(alice, sighting("CANCELED", **fields))
    assert not Order.objects.exists()
    note = Discrepancy.objects.get()
    assert (note.kind, note.detail["exchangeOrderId"]) == ("NOT_ADOPTED", 77)
    assert cast.told(alice) == []


def test_an_archived_account_gets_no_order_that_nobody_could_cancel(alice: User) -> None:
    account = cast.account_of(alice)
    exchange_accounts.archive(alice.pk, account.pk)
    ledger.record([Seen(account.pk, sighting(), OrderEvent.Origin.STREAM)])
    assert not Order.objects.exists()
    assert "archived" in Discrepancy.objects.get().action


def test_what_cannot_even_be_noted_takes_no_other_order_with_it(alice: User) -> None:
    see(alice, sighting(exchange_client_id="\0"), sighting(exchange_order_id=78))
    assert Order.objects.get().exchange_order_id == 78


def test_a_symbol_that_becomes_known_resolves_what_was_noted(alice: User) -> None:
    see(alice, sighting(symbol="NEWUSDT"))
    cast.market("NEWUSDT")
    see(alice, sighting(symbol="NEWUSDT"))
    assert Order.objects.get().symbol == "NEWUSDT"
    assert Discrepancy.objects.get().resolved_at is not None


def test_an_order_amended_elsewhere_has_its_new_quantity(alice: User) -> None:
    see(alice, sighting(), sighting(quantity=Decimal("0.015")), sighting())
    assert Order.objects.get().quantity == Decimal("0.015")
    assert cast.told(alice) == [(1, "NEW"), (2, "NEW")]


def test_an_order_by_quote_amount_has_the_quantity_it_came_to(alice: User) -> None:
    quote: dict[str, Any] = {"type": "MARKET", "price": None, "quote_order_quantity": Decimal(1000)}
    filled = sighting("FILLED", trades=(cast.trade(5, "0.02"),), **quote)
    see(alice, sighting(quantity=None, **quote), filled)
    assert Order.objects.get().quantity == Decimal("0.02")


def test_two_processes_that_see_the_same_order_adopt_it_once(
    alice_for_good: User,
) -> None:
    together = Barrier(2)

    def see_it() -> None:
        together.wait(5)
        try:
            see(alice_for_good, sighting(), sighting("FILLED", trades=(cast.trade(5, "0.02"),)))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        for done in [threads.submit(see_it) for _ in range(2)]:
            done.result()
    assert Order.objects.get().status == "FILLED"
    assert Fill.objects.count() == 1
    assert cast.told(alice_for_good) == [(1, "NEW"), (2, "FILLED")]


@pytest.fixture
def alice_for_good(transactional_db: None) -> User:
    """Alice, committed, so that other connections see her."""
    cast.market()
    return cast.trader("alice@example.com")


class AnyOrderOfEvents(TestCase):
    """However the events of a stranger's order arrive, one order with all its fills comes of it."""

    @settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def test_ends_in_one_adopted_order(self, data: st.DataObject) -> None:
        cast.market()
        alice = cast.trader("alice@example.com")
        trades = [cast.trade(number, "0.01") for number in (1, 2)]
        events = [
            sighting(),
            sighting("PARTIALLY_FILLED", trades=(trades[0],)),
            sighting(
                "FILLED",
                trades=(trades[1],),
                executed_quantity=Decimal("0.02"),
                quote_executed=Decimal(1000),
            ),
        ]
        told = data.draw(st.permutations(events * 2))
        while told:
            size = data.draw(st.integers(1, len(told)))
            see(alice, *told[:size])
            told = told[size:]
        order = Order.objects.get()
        assert (order.status, order.filled_quantity) == ("FILLED", Decimal("0.02"))
        assert Fill.objects.count() == 2
        assert list(differences()) == []
