"""Orders, fills and balances follow the exchange's private streams."""

import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from accounts.models import ExchangeAccount, User
from execution.models import AccountStream, Lease
from execution.sweep import Sweep
from execution.user_streams.service import UserStreams
from tests import cast
from tests.execution.elsewhere import Elsewhere
from tests.execution.watching import becomes, count_calls, counted
from tests.paper_exchange import PaperExchange
from tests.waiting import eventually
from trading import ledger
from trading.models import Balance, Discrepancy, Fill, Order, OrderEvent, Position
from trading.proof import differences

LOOK_UPS = {"method": "GET", "path": "order"}


@pytest.fixture
def make_streams(paper: PaperExchange) -> Iterator[Callable[[], UserStreams]]:
    """Makes running private streams, as many as a test wants processes."""
    made: list[UserStreams] = []

    def make() -> UserStreams:
        made.append(UserStreams())
        made[-1].start()
        return made[-1]

    yield make
    for each in made:
        each.stop()


@pytest.fixture
def streams(alice: User, make_streams: Callable[[], UserStreams]) -> UserStreams:
    """Private streams that hear alice."""
    running = make_streams()
    eventually(lambda: is_heard(alice))
    return running


@pytest.fixture
def elsewhere(alice: User, paper: PaperExchange) -> Iterator[Elsewhere]:
    client = Elsewhere(alice, paper)
    yield client
    client.close()


def is_heard(user: User) -> bool:
    return AccountStream.objects.live().filter(account=cast.account_of(user)).exists()


def heard_since(user: User) -> datetime | None:
    streams = AccountStream.objects.live().filter(account=cast.account_of(user))
    return streams.values_list("live_since", flat=True).first()


def is_heard_anew(user: User, before: datetime | None) -> None:
    eventually(lambda: heard_since(user) not in (None, before), timeout=20)


def resting(user: User, price: int = 49_000) -> Order:
    return cast.order_of(user, type="LIMIT", price=Decimal(price), time_in_force="GTC")


def adopted(user: User) -> Order:
    orders = Order.objects.for_user(user.pk).filter(source=Order.Source.EXTERNAL)
    return eventually(orders.first) or Order()


def holds(user: User, asset: str, free: str) -> bool:
    balances = Balance.objects.filter(account=cast.account_of(user), asset=asset)
    return balances.filter(free=Decimal(free)).exists()


def test_a_resting_order_is_filled_by_the_stream_alone(
    alice: User, paper: PaperExchange, streams: UserStreams, sweep: Sweep
) -> None:
    order = resting(alice)
    becomes(order, "NEW")
    count_calls(paper, LOOK_UPS)
    paper.set_price("BTCUSDT", "48000")
    becomes(order, "FILLED")
    assert order.events.latest("seq").origin == OrderEvent.Origin.STREAM
    assert counted(paper) == 0
    assert not order.misses_fills
    eventually(lambda: holds(alice, "BTC", str(Decimal("0.1") + order_received(order))))


def order_received(order: Order) -> Decimal:
    return sum((fill.quantity - fill.commission for fill in order.fills.all()), Decimal(0))


def test_money_that_comes_shows_in_the_balances(
    alice: User, paper: PaperExchange, streams: UserStreams
) -> None:
    eventually(lambda: holds(alice, "USDT", "10000"))
    paper.deposit(cast.account_of(alice).api_key, "USDT", "25.5")
    eventually(lambda: holds(alice, "USDT", "10025.5"))


def test_an_order_placed_elsewhere_is_adopted_with_its_fills(
    alice: User, streams: UserStreams, elsewhere: Elsewhere
) -> None:
    placed = elsewhere.place(type="MARKET", newClientOrderId="by-hand")
    order = adopted(alice)
    becomes(order, "FILLED")
    assert (order.exchange_client_id, order.exchange_order_id) == ("by-hand", placed["orderId"])
    assert (order.type, order.quantity) == ("MARKET", Decimal("0.01"))
    assert not order.misses_fills
    assert Position.objects.get().quantity == order_received(order)
    assert [status for _, status in cast.told(alice)] == ["NEW", "FILLED"]


def test_an_order_placed_elsewhere_can_be_cancelled_here(
    alice: User, streams: UserStreams, sweep: Sweep, elsewhere: Elsewhere
) -> None:
    elsewhere.place(newClientOrderId="by-hand")
    order = adopted(alice)
    becomes(order, "NEW")
    ledger.request_cancel(alice.pk, order.account_id, order.order_id)
    becomes(order, "CANCELED")
    assert elsewhere.open_orders() == []


def test_an_order_of_ours_can_be_cancelled_elsewhere(
    alice: User, streams: UserStreams, sweep: Sweep, elsewhere: Elsewhere
) -> None:
    order = resting(alice)
    becomes(order, "NEW")
    elsewhere.cancel(origClientOrderId=str(order.order_id))
    becomes(order, "CANCELED")
    assert Order.objects.count() == 1


def test_what_was_placed_elsewhere_before_is_found(
    alice: User, elsewhere: Elsewhere, make_streams: Callable[[], UserStreams]
) -> None:
    own_id = uuid4()
    elsewhere.place(newClientOrderId=str(own_id))
    make_streams()
    order = adopted(alice)
    assert (order.order_id, order.status) == (own_id, "NEW")


@pytest.mark.parametrize("action", ["duplicate_events", "reorder_events"])
def test_events_that_come_twice_or_out_of_order_are_told_once(
    alice: User, paper: PaperExchange, streams: UserStreams, sweep: Sweep, action: str
) -> None:
    key = cast.account_of(alice).api_key
    paper.fault(action, {"apiKey": key}, times=-1)
    paper.deposit(key, "USDT", "1000000")
    order = cast.order_of(alice, quantity=Decimal(12))
    becomes(order, "FILLED")
    eventually(lambda: not Order.objects.get(pk=order.pk).misses_fills)
    trades = paper.orders(str(order.order_id))[0]["trades"]
    assert len(trades) > 2
    assert Fill.objects.count() == len(trades)
    assert list(differences()) == []


def test_a_cut_is_caught_up(
    alice: User, paper: PaperExchange, streams: UserStreams, sweep: Sweep, elsewhere: Elsewhere
) -> None:
    first, second = resting(alice), resting(alice, 47_000)
    for order in (first, second):
        becomes(order, "NEW")
    before = heard_since(alice)
    paper.fault("cut_stream", {"apiKey": cast.account_of(alice).api_key})
    paper.set_price("BTCUSDT", "48000")  # Its event is what cuts the stream.
    becomes(first, "FILLED")
    elsewhere.place(price="40000", newClientOrderId="by-hand")
    is_heard_anew(alice, before)
    assert adopted(alice).exchange_client_id == "by-hand"
    eventually(lambda: not Order.objects.get(pk=first.pk).misses_fills)
    assert Fill.objects.filter(order=first).count() == 1
    becomes(second, "NEW")


def test_what_was_traded_elsewhere_while_nobody_heard_is_found(
    alice: User,
    streams: UserStreams,
    make_streams: Callable[[], UserStreams],
    elsewhere: Elsewhere,
) -> None:
    elsewhere.place(type="MARKET", newClientOrderId="heard")
    becomes(adopted(alice), "FILLED")
    streams.stop()
    elsewhere.place(type="MARKET", newClientOrderId="unheard")
    make_streams()
    found = Order.objects.filter(exchange_client_id="unheard")
    becomes(eventually(found.first) or Order(), "FILLED")
    assert Position.objects.get().quantity == sum(map(order_received, Order.objects.all()))
    eventually(lambda: AccountStream.objects.filter(gap_since=None).exists())
    assert list(differences()) == []


def test_a_lost_event_is_found_when_its_order_is_looked_at(
    alice: User,
    paper: PaperExchange,
    streams: UserStreams,
    sleeping_sweep: Sweep,
    settings: Any,
) -> None:
    settings.STREAMED_ORDER_CHECK_SECONDS = 0.3
    sleeping_sweep.start()
    order = resting(alice)
    becomes(order, "NEW")
    paper.fault("drop_events", {"apiKey": cast.account_of(alice).api_key}, times=-1)
    paper.set_price("BTCUSDT", "48000")
    becomes(order, "FILLED")
    assert order.events.latest("seq").origin == OrderEvent.Origin.RECONCILE


@pytest.mark.parametrize("action", ["end_subscription", "garble_events"])
def test_what_the_stream_does_not_tell_is_asked_for(
    alice: User, paper: PaperExchange, streams: UserStreams, elsewhere: Elsewhere, action: str
) -> None:
    paper.fault(action, {"apiKey": cast.account_of(alice).api_key}, times=1)
    elsewhere.place(newClientOrderId="unheard")
    assert adopted(alice).exchange_client_id == "unheard"


def test_trades_that_the_stream_garbles_are_asked_for(
    alice: User, paper: PaperExchange, streams: UserStreams, elsewhere: Elsewhere, sweep: Sweep
) -> None:
    elsewhere.place(type="MARKET", newClientOrderId="heard")
    becomes(adopted(alice), "FILLED")
    order = resting(alice)
    becomes(order, "NEW")
    paper.fault("garble_events", {"apiKey": cast.account_of(alice).api_key}, times=-1)
    elsewhere.place(type="MARKET", newClientOrderId="garbled")
    paper.set_price("BTCUSDT", "48000")
    becomes(order, "FILLED")
    garbled = Order.objects.filter(exchange_client_id="garbled")
    becomes(eventually(garbled.first) or Order(), "FILLED")


def test_an_exchange_that_starts_again_is_heard_again(
    alice: User, paper: PaperExchange, streams: UserStreams, elsewhere: Elsewhere
) -> None:
    before = heard_since(alice)
    paper.restart()
    is_heard_anew(alice, before)
    elsewhere.place(type="MARKET")
    becomes(adopted(alice), "FILLED")


def test_a_new_account_is_heard_and_an_archived_one_let_go(
    alice: User, streams: UserStreams, request: pytest.FixtureRequest
) -> None:
    bob: User = request.getfixturevalue("bob")
    eventually(lambda: is_heard(bob))
    account = cast.account_of(bob)
    ExchangeAccount.objects.filter(pk=account.pk).update(archived_at=datetime.now(UTC))
    eventually(lambda: not is_heard(bob))
    assert is_heard(alice)


def test_a_second_process_stands_by_and_takes_over(
    alice: User,
    streams: UserStreams,
    make_streams: Callable[[], UserStreams],
    elsewhere: Elsewhere,
) -> None:
    second = make_streams()
    assert AccountStream.objects.get().owner == streams.owner
    streams.stop()
    eventually(lambda: AccountStream.objects.live().filter(owner=second.owner).exists())
    elsewhere.place(type="MARKET")
    becomes(adopted(alice), "FILLED")


def test_streams_that_end_leave_the_orders_to_be_polled(alice: User, streams: UserStreams) -> None:
    streams.stop()
    assert not is_heard(alice)


def test_an_account_is_halted_once_both_doors_refuse_its_key(
    alice: User, streams: UserStreams, paper: PaperExchange
) -> None:
    account = cast.account_of(alice)
    account.set_keys("key-of-nobody", "secret-of-nobody")
    account.save()

    def is_halted() -> bool:
        return cast.account_of(alice).state == ExchangeAccount.State.HALTED

    eventually(is_halted)
    assert not is_heard(alice)
    assert "API key" in cast.account_of(alice).state_reason
    assert not Discrepancy.objects.exists()


def test_accounts_are_shared_out_over_connections(
    alice: User, bob: User, make_streams: Callable[[], UserStreams], settings: Any
) -> None:
    settings.STREAM_SHARD_SIZE = 1
    make_streams()
    eventually(lambda: is_heard(alice) and is_heard(bob))
    assert Lease.objects.filter(name__startswith="streams:PAPER:").count() == 2


def test_a_connection_is_renewed_before_the_exchange_ends_it(
    alice: User, make_streams: Callable[[], UserStreams], settings: Any
) -> None:
    settings.STREAM_LIFE_SECONDS = 0.5
    make_streams()
    eventually(lambda: is_heard(alice))
    is_heard_anew(alice, heard_since(alice))


def test_what_was_accepted_before_the_streams_began_is_heard_as_well(
    alice: User, paper: PaperExchange, make_streams: Callable[[], UserStreams], sweep: Sweep
) -> None:
    order = resting(alice)
    becomes(order, "NEW")
    make_streams()
    eventually(lambda: is_heard(alice))
    paper.set_price("BTCUSDT", "48000")
    becomes(order, "FILLED")
    assert not order.misses_fills


def test_no_key_is_ever_logged(
    alice: User, make_streams: Callable[[], UserStreams], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    make_streams()
    eventually(lambda: is_heard(alice))
    account = cast.account_of(alice)
    assert "Private streams are kept" in caplog.text
    assert "userDataStream" not in caplog.text  # No frame, however shortened.
    assert account.api_key not in caplog.text
    assert account.secret_key not in caplog.text
