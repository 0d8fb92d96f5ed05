"""What our ids mean to the exchange: the ground of "at most once"."""

from uuid import UUID, uuid4

import pytest

from execution.exchange import OutcomeUnknown
from tests.conformance.conftest import Seen
from tests.conformance.desk import Desk
from tests.conformance.market import Market
from trading.states import Status

NEW_ORDER = "Trading endpoints, New order: newClientOrderId"


@pytest.mark.relied_on("execution.binance_errors, adopted as ours", source=NEW_ORDER)
def test_an_id_that_rests_is_refused_again(trader: Desk, market: Market, seen: Seen) -> None:
    """The id of an order that rests is refused again: -2010 "Duplicate order sent."."""
    placed = trader.submit(**market.resting())
    error = trader.refusal(**market.resting(), order_id=placed.order_id)
    seen(f"{error.code}, {error.words}")
    assert isinstance(error, OutcomeUnknown)
    assert error.code == -2010
    trader.cancel(placed.order_id)


@pytest.mark.relied_on("trading.ledger.claims: nothing is sent twice", source=NEW_ORDER)
def test_the_id_of_a_filled_order_is_free_again(trader: Desk, market: Market, seen: Seen) -> None:
    """The id of a filled order may be used again, so sending twice would trade twice."""
    first = trader.submit(quantity=market.quantity)
    second = trader.submit(quantity=market.quantity, order_id=first.order_id)
    seen(f"orders {first.exchange_order_id} and {second.exchange_order_id}")
    assert first.status == second.status == Status.FILLED
    assert first.exchange_order_id != second.exchange_order_id


@pytest.mark.relied_on("execution.reconcile", source="Account endpoints, Query order")
def test_an_order_is_found_by_our_id(trader: Desk, market: Market, seen: Seen) -> None:
    """An order is found by origClientOrderId, resting and after its end."""
    placed = trader.submit(**market.resting())
    resting = trader.found(placed.order_id)
    trader.cancel(placed.order_id)
    ended = trader.found(placed.order_id)
    seen(f"{resting.status}, then {ended.status}")
    assert resting.exchange_order_id == ended.exchange_order_id == placed.exchange_order_id
    assert (resting.status, ended.status) == (Status.NEW, Status.CANCELED)


@pytest.mark.relied_on("execution.reconcile, the proof of absence", source="Errors, -2013")
def test_an_order_that_never_was_is_not_found(desk: Desk, seen: Seen) -> None:
    """A client id that was never placed is -2013."""
    unknown: UUID = uuid4()
    answer = desk.ask("GET", "order", symbol=desk.symbol, origClientOrderId=str(unknown))
    seen(answer.words)
    assert (answer.status, answer.code) == (400, -2013)
    assert desk.query(unknown) is None


@pytest.mark.relied_on("execution.binance, cancel", source="Errors, -2011")
def test_a_cancel_of_what_never_was_finds_nothing(desk: Desk, seen: Seen) -> None:
    """A cancel of a client id that was never placed is -2011."""
    unknown = uuid4()
    answer = desk.ask("DELETE", "order", symbol=desk.symbol, origClientOrderId=str(unknown))
    seen(answer.words)
    assert (answer.status, answer.code) == (400, -2011)
    assert desk.cancel(unknown) is None


@pytest.mark.relied_on("execution.binance, cancel", source="Errors, -2011")
def test_a_cancel_of_a_filled_order_finds_nothing(trader: Desk, market: Market, seen: Seen) -> None:
    """A cancel of a filled order is -2011."""
    filled = trader.submit(quantity=market.quantity)
    client_id = str(filled.order_id)
    answer = trader.ask("DELETE", "order", symbol=trader.symbol, origClientOrderId=client_id)
    seen(answer.words)
    assert (answer.status, answer.code) == (400, -2011)


@pytest.mark.relied_on(
    "execution.binance_answers, report", source="Trading endpoints, Cancel order"
)
def test_a_cancel_names_our_id_as_the_original(trader: Desk, market: Market, seen: Seen) -> None:
    """The answer to a cancel has our id in origClientOrderId, and the cancel's own beside it."""
    placed = trader.submit(**market.resting())
    client_id = str(placed.order_id)
    answer = trader.ask("DELETE", "order", symbol=trader.symbol, origClientOrderId=client_id)
    seen(f"{answer.body['status']}, clientOrderId {answer.body['clientOrderId']}")
    assert answer.body["origClientOrderId"] == client_id
    assert answer.body["clientOrderId"] != client_id
    assert answer.body["status"] == "CANCELED"
