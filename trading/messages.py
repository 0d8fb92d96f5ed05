"""What we say on Redis and on sockets, as the wire contract spells it.

Payloads are dicts of `Decimal`, aware `datetime` and `UUID`; `tradeplat.wire` makes JSON of them.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from accounts.models import ExchangeAccount
from trading.models import Balance, Order, OrderEvent, Position, Symbol
from trading.models.amounts import ZERO
from trading.positions import Position as Holding

ORDER_SUBMIT = "commands:order:submit"
ORDER_STATUS = "events:order:status"
ACCOUNT_UPDATE = "events:account:update"
POSITION_UPDATE = "events:position:update"
BELL = "execution:bell"

Payload = dict[str, Any]


def submit_command(order: Order) -> Payload:
    """`commands:order:submit`: an intent that was accepted."""
    optional = {
        "price": order.price,
        "stopPrice": order.stop_price,
        "trailingDelta": order.trailing_delta,
        "timeInForce": order.time_in_force or None,
        "quoteOrderQty": order.quote_order_quantity,
    }
    return {
        "orderId": order.order_id,
        "userId": order.user_id,
        "symbol": order.symbol,
        "side": order.side,
        "type": order.type,
        "quantity": order.quantity or ZERO,
        "timestamp": order.created_at,
    } | {name: value for name, value in optional.items() if value is not None}


def order_status(event: OrderEvent, order: Order) -> Payload:
    """`events:order:status`: one event, with all that an ORDER_UPDATE says of its order."""
    return {
        "orderId": order.order_id,
        "userId": order.user_id,
        "accountId": order.account_id,
        "seq": event.seq,
        "status": event.status,
        "symbol": order.symbol,
        "side": order.side,
        "type": order.type,
        "quantity": event.quantity,
        "price": event.price,
        "orderQuantity": order.quantity or ZERO,
        "limitPrice": order.price or ZERO,
        "reason": event.reason,
        "timestamp": event.timestamp,
    }


_OF_EVENTS_ONLY = ("userId", "seq")


def order_update(status: Mapping[str, Any]) -> Payload:
    """The socket's ORDER_UPDATE from the payload of an `events:order:status`."""
    return {
        "type": "ORDER_UPDATE",
        "seq": status["seq"],
        "data": {field: value for field, value in status.items() if field not in _OF_EVENTS_ONLY},
    }


def position_row(
    position: Position, *, symbol: Symbol | None, market_price: Decimal, as_of: datetime | None
) -> Payload:
    """One row of `GET /api/trading/positions`; every number is 0 where there is nothing."""
    holding = Holding(position.quantity, position.cost, position.realized_pnl)
    price = market_price or holding.entry_price  # Not known yet: no profit and no loss.
    return {
        "accountId": position.account_id,
        "symbol": position.symbol,
        "side": _side(position.quantity, symbol),
        "size": abs(position.quantity),
        "entryPrice": abs(holding.entry_price),
        "marketPrice": price,
        "realizedPnL": position.realized_pnl,
        "unrealizedPnL": holding.unrealized_pnl(price),
        "cost": position.cost,
        "fees": {asset: Decimal(paid) for asset, paid in position.fees.items()},
        "priceAsOf": as_of,
    }


def _side(quantity: Decimal, symbol: Symbol | None) -> str:
    smallest = Decimal(symbol.filters.get("LOT_SIZE", {}).get("minQty", "0")) if symbol else ZERO
    if not quantity or abs(quantity) < smallest:  # Dust that no order could sell is flat.
        return "FLAT"
    return "BUY" if quantity > 0 else "SELL"


def account_row(account: ExchangeAccount, balances: Iterable[Balance]) -> Payload:
    """`GET /api/user/account`. Spot has no margin; `marginBalance` is what is free in USDT."""
    held = sorted(balances, key=lambda row: row.asset)
    rows = [{"asset": row.asset, "free": row.free, "locked": row.locked} for row in held]
    as_of = account.balances_as_of  # Of the last snapshot; single assets may be known better.
    return {
        "accountId": account.pk,
        "marginRatio": ZERO,
        "maintenanceMargin": ZERO,
        "marginBalance": next((row["free"] for row in rows if row["asset"] == "USDT"), ZERO),
        "balances": rows,
        "canTrade": bool(account.can_trade) and account.state == ExchangeAccount.State.ACTIVE,
        "state": account.state,
        "environment": account.environment,
        "asOf": as_of and max([as_of, *(row.as_of for row in held)]),
    }
