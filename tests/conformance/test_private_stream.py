"""The private stream of an account over the WebSocket API."""

import asyncio
import secrets
from decimal import Decimal

import pytest

from execution.exchange import Holding
from tests.conformance.conftest import Seen
from tests.conformance.desk import Desk
from tests.conformance.market import Market
from tests.conformance.private_stream import Message, connected, listening

SUBSCRIBE = "WebSocket API, User Data Stream requests, Subscribe with signature"
REPORT = "User Data Streams, Order update"
POSITION = "User Data Streams, Account update"
# What we read of an executionReport; N is null and t is -1 where nothing was traded.
FIELDS = set("esSofqpPQxXrizZlLnNtmTcCgE")


@pytest.mark.relied_on("execution, private streams", source=SUBSCRIBE)
async def test_an_account_is_subscribed_to_by_its_signature(desk: Desk, seen: Seen) -> None:
    """userDataStream.subscribe.signature answers with the subscriptionId that events carry."""
    async with connected(desk) as stream:
        answer = await stream.subscribe()
    seen(answer["result"])
    assert answer["status"] == 200
    assert isinstance(answer["result"]["subscriptionId"], int)


@pytest.mark.relied_on("execution, private streams", source=f"{SUBSCRIBE}; Errors, -2035")
async def test_an_account_is_subscribed_to_once(desk: Desk, seen: Seen) -> None:
    """A second subscription to the same account on one connection is refused: -2035."""
    async with listening(desk) as stream:
        answer = await stream.subscribe()
    seen(answer["error"])
    assert answer["error"]["code"] == -2035


@pytest.mark.relied_on("execution, private streams", source=f"{SUBSCRIBE}; Errors, -1022")
async def test_a_subscription_needs_the_right_secret(desk: Desk, seen: Seen) -> None:
    """A subscription signed with another secret is refused: -1022."""
    async with connected(desk) as stream:
        answer = await stream.subscribe(secret_key=secrets.token_hex(32))
    seen(answer["error"])
    assert answer["error"]["code"] == -1022


@pytest.mark.relied_on("execution, private streams", source=REPORT)
async def test_a_resting_order_and_its_cancel_are_told(
    trader: Desk, market: Market, seen: Seen
) -> None:
    """An order that rests is told as NEW under our id in c; on its cancel our id is C, not c."""
    async with listening(trader) as stream:
        placed = await asyncio.to_thread(trader.submit, **market.resting())
        await asyncio.to_thread(trader.cancel, placed.order_id)
        reports = await stream.reports(str(placed.order_id), until="CANCELED")
    seen(", ".join(f"{report['x']} {report['X']}" for report in reports))
    created, cancelled = reports
    assert (created["x"], created["X"], created["c"]) == ("NEW", "NEW", str(placed.order_id))
    assert (cancelled["x"], cancelled["C"]) == ("CANCELED", str(placed.order_id))
    assert cancelled["c"] != str(placed.order_id)
    assert created["i"] == cancelled["i"] == placed.exchange_order_id


@pytest.mark.relied_on("execution, private streams", source=REPORT)
async def test_every_trade_is_told_with_its_commission(
    trader: Desk, market: Market, seen: Seen
) -> None:
    """Each trade is told once: its id t, quantity l, price L, commission n in N, and maker m."""
    async with listening(trader) as stream:
        placed = await asyncio.to_thread(trader.submit, quantity=market.quantity)
        reports = await stream.reports(str(placed.order_id), until="FILLED")
    traded = [report for report in reports if report["x"] == "TRADE"]
    seen(f"{len(traded)} trades, z {[report['z'] for report in traded]}")
    told = {each["t"]: (Decimal(each["l"]), Decimal(each["L"]), each["N"]) for each in traded}
    answered = {
        each.trade_id: (each.quantity, each.price, each.commission_asset) for each in placed.trades
    }
    assert told == answered
    assert not any(report["m"] for report in traded)


@pytest.mark.relied_on("trading.ledger: the cumulative figure only grows", source=REPORT)
async def test_the_executed_quantity_only_grows(trader: Desk, market: Market, seen: Seen) -> None:
    """z and Z are cumulative: they grow from report to report, and z ends at the quantity."""
    async with listening(trader) as stream:
        placed = await asyncio.to_thread(trader.submit, quantity=market.quantity)
        reports = await stream.reports(str(placed.order_id), until="FILLED")
    executed = [Decimal(report["z"]) for report in reports]
    worth = [Decimal(report["Z"]) for report in reports]
    seen(f"z {executed[0]} to {executed[-1]}")
    assert executed == sorted(executed) and worth == sorted(worth)
    assert (executed[-1], worth[-1]) == (placed.executed_quantity, placed.quote_executed)


@pytest.mark.relied_on("execution, private streams", source=REPORT)
async def test_an_order_that_expires_is_told(trader: Desk, market: Market, seen: Seen) -> None:
    """An IOC that matches nothing is told as EXPIRED."""
    fields = market.resting() | {"time_in_force": "IOC"}
    async with listening(trader) as stream:
        placed = await asyncio.to_thread(trader.submit, **fields)
        reports = await stream.reports(str(placed.order_id), until="EXPIRED")
    seen(f"{reports[-1]['x']} {reports[-1].get('eR', '')}")
    assert reports[-1]["x"] == "EXPIRED"


@pytest.mark.relied_on("execution, private streams", source=REPORT)
async def test_a_report_has_every_field_that_we_read(
    trader: Desk, market: Market, seen: Seen
) -> None:
    """An executionReport has every field that we read, whatever it tells of."""
    async with listening(trader) as stream:
        bought = await asyncio.to_thread(trader.submit, quantity=market.quantity)
        placed = await asyncio.to_thread(trader.submit, **market.resting())
        await asyncio.to_thread(trader.cancel, placed.order_id)
        reports = await stream.reports(str(bought.order_id), until="FILLED")
        reports += await stream.reports(str(placed.order_id), until="CANCELED")
    missing: set[str] = set().union(*(FIELDS - report.keys() for report in reports))
    seen(f"{len(reports)} reports of {len(reports[0])} fields")
    assert not missing


@pytest.mark.relied_on("trading.balances", source=POSITION)
async def test_balances_are_told_absolutely(trader: Desk, market: Market, seen: Seen) -> None:
    """outboundAccountPosition tells what is free and locked now, not by how much it changed."""
    async with listening(trader) as stream:
        placed = await asyncio.to_thread(trader.submit, **market.resting())
        rows = await stream.balances(since=int(placed.timestamp.timestamp() * 1000))
        snapshot = await asyncio.to_thread(trader.account)
        await asyncio.to_thread(trader.cancel, placed.order_id)
    row = rows[market.rules.quote]
    seen(row)
    held = next(each for each in snapshot.holdings if each.asset == market.rules.quote)
    assert held == _holding(row)


def _holding(row: Message) -> Holding:
    return Holding(row["a"], free=Decimal(row["f"]), locked=Decimal(row["l"]))
