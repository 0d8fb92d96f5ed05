"""The private stream of an account over the WebSocket API."""

import asyncio
import secrets
from typing import Any
from uuid import UUID

import pytest

from execution.binance_events import SUBSCRIBED_ALREADY
from execution.events import Refused, Subscribed, Unknown
from tests.conformance.conftest import Seen
from tests.conformance.desk import Desk
from tests.conformance.market import Market
from tests.conformance.private_stream import connected, listening
from tradeplat.wire import spell
from trading.states import Status

SUBSCRIBE = "WebSocket API, User Data Stream requests, Subscribe with signature"
UNSUBSCRIBE = "WebSocket API, User Data Stream requests, Unsubscribe"
REPORT = "User Data Streams, Order update"
POSITION = "User Data Streams, Account update"


@pytest.mark.relied_on("execution.user_streams.session", source=SUBSCRIBE)
async def test_an_account_is_subscribed_to_by_its_signature(desk: Desk, seen: Seen) -> None:
    """userDataStream.subscribe.signature answers with the subscriptionId that events carry."""
    async with connected(desk) as stream:
        answer = await stream.subscribe()
    seen(answer)
    assert isinstance(answer, Subscribed)


@pytest.mark.relied_on("execution.user_streams.session", source=f"{SUBSCRIBE}; Errors, -2035")
async def test_an_account_is_subscribed_to_once(desk: Desk, seen: Seen) -> None:
    """A second subscription to the same account on one connection is refused: -2035."""
    async with listening(desk) as stream:
        answer = await stream.subscribe()
    assert isinstance(answer, Refused)
    seen(f"{answer.error.code}, {answer.error.words}")
    assert answer.error.code == SUBSCRIBED_ALREADY == -2035


@pytest.mark.relied_on("execution.user_streams.refusals", source=f"{SUBSCRIBE}; Errors, -1022")
async def test_a_subscription_needs_the_right_secret(desk: Desk, seen: Seen) -> None:
    """A subscription signed with another secret is refused: -1022."""
    async with connected(desk) as stream:
        answer = await stream.subscribe(secret_key=secrets.token_hex(32))
    assert isinstance(answer, Refused)
    seen(f"{answer.error.code}, {answer.error.words}")
    assert answer.error.code == -1022


@pytest.mark.relied_on("execution.user_streams.session", source=UNSUBSCRIBE)
async def test_an_account_that_was_left_can_be_heard_again(desk: Desk, seen: Seen) -> None:
    """userDataStream.unsubscribe with a subscriptionId makes room for the account's next one."""
    async with connected(desk) as stream:
        first = await stream.subscribe()
        assert isinstance(first, Subscribed)
        await stream.unsubscribe(first.subscription)
        second = await stream.subscribe()
    seen(f"{first}, {second}")
    assert isinstance(second, Subscribed)
    assert second.subscription != first.subscription


@pytest.mark.relied_on("execution.binance_events", source=REPORT)
async def test_a_resting_order_and_its_cancel_are_told(
    trader: Desk, market: Market, seen: Seen
) -> None:
    """An order that rests is told as NEW under our id in c; on its cancel our id is C, not c."""
    async with listening(trader) as stream:
        placed = await asyncio.to_thread(trader.submit, **market.resting())
        await asyncio.to_thread(trader.cancel, placed.order_id)
        told = await stream.sightings(placed.order_id, until=Status.CANCELED)
    seen(", ".join(each.status for each in told))
    assert [each.status for each in told] == [Status.NEW, Status.CANCELED]
    assert {each.exchange_order_id for each in told} == {placed.exchange_order_id}
    assert {each.quantity for each in told} == {market.quantity}
    assert {(each.symbol, each.side, each.type) for each in told} == {
        (trader.symbol, "BUY", "LIMIT")
    }


@pytest.mark.relied_on("execution.binance_events", source=REPORT)
async def test_every_trade_is_told_with_its_commission(
    trader: Desk, market: Market, seen: Seen
) -> None:
    """Each trade is told once: its id t, quantity l, price L, commission n in N, and maker m."""
    async with listening(trader) as stream:
        placed = await asyncio.to_thread(trader.submit, quantity=market.quantity)
        told = await stream.sightings(placed.order_id, until=Status.FILLED)
    trades = [trade for each in told for trade in each.trades]
    seen(f"{len(trades)} trades")
    assert sorted(trade.trade_id for trade in trades) == [trade.trade_id for trade in placed.trades]
    assert {(trade.price, trade.quantity, trade.commission) for trade in trades} == {
        (trade.price, trade.quantity, trade.commission) for trade in placed.trades
    }
    assert not any(trade.is_maker for trade in trades)


@pytest.mark.relied_on("trading.ledger: the cumulative figure only grows", source=REPORT)
async def test_the_executed_quantity_only_grows(trader: Desk, market: Market, seen: Seen) -> None:
    """z and Z are cumulative: they grow from report to report, and z ends at the quantity."""
    async with listening(trader) as stream:
        placed = await asyncio.to_thread(trader.submit, quantity=market.quantity)
        told = await stream.sightings(placed.order_id, until=Status.FILLED)
    executed = [each.executed_quantity for each in told]
    worth = [each.quote_executed for each in told]
    seen(" to ".join(map(spell, executed)))
    assert executed == sorted(executed) and worth == sorted(worth)
    assert (executed[-1], worth[-1]) == (placed.executed_quantity, placed.quote_executed)


@pytest.mark.relied_on("execution.binance_events", source=REPORT)
async def test_an_order_that_expires_is_told(trader: Desk, market: Market, seen: Seen) -> None:
    """An IOC that matches nothing is told as EXPIRED."""
    fields = market.resting() | {"time_in_force": "IOC"}
    async with listening(trader) as stream:
        placed = await asyncio.to_thread(trader.submit, **fields)
        told = await stream.sightings(placed.order_id, until=Status.EXPIRED)
    seen(f"{told[-1].status}. {told[-1].reason}")
    assert told[-1].executed_quantity == 0


@pytest.mark.relied_on("trading.ledger.adoption", source="Order lists, OCO; List status")
async def test_the_legs_of_a_pair_are_told_with_their_list(
    seller: Desk, market: Market, seen: Seen
) -> None:
    """The legs of an OCO are told with their orderListId; the cancel of one is told of both."""
    above, below = UUID(seller.new_id()), UUID(seller.new_id())
    pair: dict[str, Any] = {
        "symbol": seller.symbol, "side": "SELL", "quantity": spell(market.quantity),
        "aboveType": "LIMIT_MAKER", "abovePrice": spell(market.far_above),
        "aboveClientOrderId": str(above), "belowType": "STOP_LOSS_LIMIT",
        "belowStopPrice": spell(market.far_below), "belowPrice": spell(market.far_below),
        "belowTimeInForce": "GTC", "belowClientOrderId": str(below),
    }  # fmt: skip
    async with listening(seller) as stream:
        answer = await asyncio.to_thread(seller.ask, "POST", "orderList/oco", **pair)
        await asyncio.to_thread(seller.cancel, above)
        told = await stream.sightings(above, until=Status.CANCELED)
        told += await stream.sightings(below, until=Status.CANCELED)
    seen(f"list {answer.body['orderListId']}, {', '.join(each.status for each in told)}")
    assert {each.order_list for each in told} == {answer.body["orderListId"]}


@pytest.mark.relied_on("execution.binance_events", source="User Data Streams, payloads")
async def test_nothing_is_told_that_we_cannot_read(
    trader: Desk, market: Market, seen: Seen
) -> None:
    """Whatever comes while an account trades is an event that we know, with all that we read."""
    async with listening(trader) as stream:
        await asyncio.to_thread(trader.submit, quantity=market.quantity)
        placed = await asyncio.to_thread(trader.submit, **market.resting())
        await asyncio.to_thread(trader.cancel, placed.order_id)
        await stream.sightings(placed.order_id, until=Status.CANCELED)
    unknown = [each.event for each in stream.events if isinstance(each.event, Unknown)]
    seen(unknown or f"{len(stream.events)} events")
    assert not unknown


@pytest.mark.relied_on("trading.balances", source=POSITION)
async def test_balances_are_told_absolutely(trader: Desk, market: Market, seen: Seen) -> None:
    """outboundAccountPosition tells what is free and locked now, not by how much it changed."""
    async with listening(trader) as stream:
        placed = await asyncio.to_thread(trader.submit, **market.resting())
        told = await stream.balances(since=placed.timestamp)
        snapshot = await asyncio.to_thread(trader.account)
        await asyncio.to_thread(trader.cancel, placed.order_id)
    seen(told[market.rules.quote])
    assert told[market.rules.quote] in snapshot.holdings
