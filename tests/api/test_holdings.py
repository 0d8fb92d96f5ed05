"""Positions, trades and balances, from our own rows."""

from datetime import UTC, datetime
from decimal import Decimal

from rest_framework.test import APIClient

from accounts.models import User
from tests import cast
from trading import ledger
from trading.models import Balance, LastPrice, Position
from trading.results import Reported

NUMBERS = ("size", "entryPrice", "marketPrice", "realizedPnL", "unrealizedPnL")


def fill(user: User, trade_id: int, quantity: str, price: str, side: str = "BUY") -> None:
    order = cast.submitted_of(user, quantity=Decimal(quantity), side=side)
    trade = cast.trade(trade_id, quantity, price)
    ledger.record([Reported(cast.report(order.order_id, "FILLED", trade), "rest")])


def test_a_position_is_valued_at_the_last_price(as_alice: APIClient, alice: User) -> None:
    fill(alice, 1, "0.02", "50000")
    as_of = datetime(2026, 1, 31, 12, tzinfo=UTC)
    LastPrice.objects.create(
        environment="PAPER", symbol="BTCUSDT", price=Decimal(51000), as_of=as_of
    )
    answer = as_alice.get("/api/trading/positions")
    (row,) = answer.json()
    assert answer["X-Event-Seq"] == "1"
    assert (row["side"], row["size"], row["entryPrice"]) == ("BUY", 0.02, 50000)
    assert (row["marketPrice"], row["unrealizedPnL"]) == (51000, 20)
    assert row["priceAsOf"] == "2026-01-31T12:00:00Z"


def test_what_is_closed_stays_listed_as_flat_with_zeros(as_alice: APIClient, alice: User) -> None:
    fill(alice, 1, "0.02", "50000")
    fill(alice, 2, "0.02", "50500", side="SELL")
    (row,) = as_alice.get("/api/trading/positions").json()
    assert row["side"] == "FLAT"
    assert [row[name] for name in NUMBERS] == [0, 0, 0, 10, 0]


def test_dust_that_no_order_could_sell_is_flat(as_alice: APIClient, alice: User) -> None:
    Position.objects.create(
        account=cast.account_of(alice), symbol="BTCUSDT", quantity=Decimal("0.000009")
    )
    (row,) = as_alice.get("/api/trading/positions").json()
    assert (row["side"], row["size"]) == ("FLAT", 0.000009)


def test_a_short_position_has_an_absolute_size(as_alice: APIClient, alice: User) -> None:
    fill(alice, 1, "0.02", "50000", side="SELL")
    (row,) = as_alice.get("/api/trading/positions").json()
    assert (row["side"], row["size"], row["entryPrice"]) == ("SELL", 0.02, 50000)


def test_trades_come_newest_first_in_pages(as_alice: APIClient, alice: User) -> None:
    for trade_id in (1, 2, 3):
        fill(alice, trade_id, "0.01", str(50000 + trade_id))
    answer = as_alice.get("/api/trading/trades?limit=2")
    assert [row["exchangeTradeId"] for row in answer.json()] == [3, 2]
    assert answer["X-Event-Seq"] == "3"
    rest = as_alice.get(answer["Link"].partition(">")[0].removeprefix("<http://testserver"))
    assert [row["exchangeTradeId"] for row in rest.json()] == [1]
    assert "Link" not in rest


def test_a_trade_names_its_order_and_its_own_numbers(as_alice: APIClient, alice: User) -> None:
    fill(alice, 1, "0.01", "50000")
    fill(alice, 2, "0.01", "50100", side="SELL")
    row, _ = as_alice.get("/api/trading/trades").json()
    assert (row["side"], row["quantity"], row["price"]) == ("SELL", 0.01, 50100)
    assert (row["realizedPnL"], row["status"], row["userId"]) == (1, "FILLED", alice.pk)


def test_the_account_answers_from_the_last_snapshot(as_alice: APIClient, alice: User) -> None:
    account = cast.account_of(alice)
    account.can_trade = True
    account.balances_as_of = datetime(2026, 1, 31, 12, tzinfo=UTC)
    account.save()
    for asset, free in (("USDT", "9000.50"), ("BTC", "0.1")):
        Balance.objects.create(
            account=account, asset=asset, free=Decimal(free), locked=Decimal(1),
            as_of=account.balances_as_of,
        )  # fmt: skip
    assert as_alice.get("/api/user/account").json() == {
        "accountId": account.pk,
        "marginRatio": 0,
        "maintenanceMargin": 0,
        "marginBalance": 9000.5,
        "balances": [
            {"asset": "BTC", "free": 0.1, "locked": 1},
            {"asset": "USDT", "free": 9000.5, "locked": 1},
        ],
        "canTrade": True,
        "state": "ACTIVE",
        "environment": "PAPER",
        "asOf": "2026-01-31T12:00:00Z",
    }


def test_an_account_without_a_snapshot_has_zeros(as_alice: APIClient) -> None:
    row = as_alice.get("/api/user/account").json()
    assert (row["marginBalance"], row["balances"], row["asOf"]) == (0, [], None)


def test_nobody_sees_what_another_holds(as_alice: APIClient, bob: User) -> None:
    fill(bob, 1, "0.02", "50000")
    assert as_alice.get("/api/trading/positions").json() == []
    assert as_alice.get("/api/trading/trades").json() == []
