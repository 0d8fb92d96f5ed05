"""The fixed cast of the tests: alice and bob trade, BTCUSDT is what they trade."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.db.models.functions import Now

from accounts.models import Environment, ExchangeAccount, User
from execution.exchange import Report, Trade
from trading.models import EventHead, Order, OrderEvent, Symbol
from trading.states import Status

BTCUSDT_FILTERS = {
    "PRICE_FILTER": {"minPrice": "0.01", "maxPrice": "1000000.00", "tickSize": "0.01"},
    "LOT_SIZE": {"minQty": "0.00001", "maxQty": "9000.0", "stepSize": "0.00001"},
    "MARKET_LOT_SIZE": {"minQty": "0.00000", "maxQty": "100.0", "stepSize": "0.00000"},
    "NOTIONAL": {
        "minNotional": "5.00",
        "applyMinToMarket": True,
        "maxNotional": "9000000.00",
        "applyMaxToMarket": False,
        "avgPriceMins": 5,
    },
}


def trader(email: str) -> User:
    """A user with a paper account whose keys the paper exchange is said to know."""
    user = User.objects.create_user(email)
    EventHead.objects.create(user=user)
    account = ExchangeAccount(
        user=user,
        name="Paper",
        environment=Environment.PAPER,
        is_default=True,
        provisioned_at=datetime.now(UTC),
    )
    account.set_keys(f"key of {email}", f"secret of {email}")
    account.save()
    return user


def account_of(user: User) -> ExchangeAccount:
    return ExchangeAccount.objects.get(user=user, is_default=True)


def market(symbol: str = "BTCUSDT") -> Symbol:
    return Symbol.objects.create(
        environment=Environment.PAPER,
        symbol=symbol,
        base=symbol.removesuffix("USDT"),
        quote="USDT",
        status="TRADING",
        filters=BTCUSDT_FILTERS,
        order_types=["LIMIT", "LIMIT_MAKER", "MARKET", "STOP_LOSS", "STOP_LOSS_LIMIT"],
        flags={"quoteOrderQtyMarketAllowed": True},
        refreshed_at=datetime.now(UTC),
    )


def order_of(user: User, **fields: Any) -> Order:
    """An accepted order, as the POST would have left it, without its event."""
    account = account_of(user)
    account.last_sequence += 1
    account.save(update_fields=["last_sequence"])
    defaults: dict[str, Any] = {
        "symbol": "BTCUSDT",
        "side": "BUY",
        "type": "MARKET",
        "quantity": Decimal("0.01"),
        "account_sequence": account.last_sequence,
    }
    return Order.objects.create(user=user, account=account, **defaults | fields)


def submitted_of(user: User, **fields: Any) -> Order:
    """An order that the exchange may have: claimed, as its first attempt."""
    claimed = {
        "status": Status.SUBMITTED,
        "attempt": 1,
        "claimed_at": Now(),
        "next_check_at": Now(),
    }
    order = order_of(user, **claimed | fields)
    order.refresh_from_db()
    return order


def trade(trade_id: int, quantity: str, price: str = "50000", **fields: Any) -> Trade:
    defaults: dict[str, Any] = {
        "commission": Decimal(0),
        "commission_asset": "USDT",
        "is_maker": False,
        "traded_at": datetime.now(UTC),
    }
    return Trade(trade_id, Decimal(price), Decimal(quantity), **defaults | fields)


def report(order_id: UUID, status: str, *trades: Trade, **fields: Any) -> Report:
    """A report whose cumulative figures are the sums of its trades, unless they are given."""
    defaults: dict[str, Any] = {
        "executed_quantity": sum((each.quantity for each in trades), Decimal(0)),
        "quote_executed": sum((each.quantity * each.price for each in trades), Decimal(0)),
        "exchange_order_id": order_id.int % 10**15,
        "timestamp": datetime.now(UTC),
    }
    return Report(order_id=order_id, status=Status(status), trades=trades, **defaults | fields)


def told(user: User) -> list[tuple[int, str]]:
    """What a user was told, in order: number and status."""
    return list(OrderEvent.objects.after(user.pk, 0).values_list("seq", "status"))


def unknown_id() -> UUID:
    return uuid4()
