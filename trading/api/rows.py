"""Rows of the wire, from columns as they come out of a query: no model is built on the way."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from trading.models.amounts import ZERO, ratio

Row = dict[str, Any]

ORDER_COLUMNS = (
    "id",
    "order_id",
    "user_id",
    "account_id",
    "symbol",
    "side",
    "type",
    "quantity",
    "price",
    "stop_price",
    "trailing_delta",
    "time_in_force",
    "quote_order_quantity",
    "status",
    "reason",
    "executed_quantity",
    "quote_executed",
    "client_order_id",
    "exchange_order_id",
    "source",
    "cancel_requested_at",
    "created_at",
    "updated_at",
)
EVENT_COLUMNS = (
    "seq",
    "status",
    "price",
    "quantity",
    "reason",
    "origin",
    "timestamp",
    "created_at",
)
FILL_COLUMNS = (
    "id",
    "exchange_trade_id",
    "order_id",
    "order__user_id",
    "order__status",
    "account_id",
    "symbol",
    "side",
    "quantity",
    "price",
    "commission",
    "commission_asset",
    "is_maker",
    "realized_pnl",
    "traded_at",
    "created_at",
)


def order_row(order: Mapping[str, Any], environment: str) -> Row:
    """One row of `GET /api/trading/orders`."""
    return {
        "id": order["id"],
        "orderId": order["order_id"],
        "userId": order["user_id"],
        "accountId": order["account_id"],
        "environment": environment,
        "symbol": order["symbol"],
        "side": order["side"],
        "type": order["type"],
        "quantity": order["quantity"] or ZERO,  # 0 while only quoteOrderQty says how much.
        "price": order["price"],
        "stopPrice": order["stop_price"],
        "trailingDelta": order["trailing_delta"],
        "timeInForce": order["time_in_force"] or None,
        "quoteOrderQty": order["quote_order_quantity"],
        "status": order["status"],
        "executedQuantity": order["executed_quantity"],
        "averagePrice": _average_price(order["quote_executed"], order["executed_quantity"]),
        "reason": order["reason"],
        "clientOrderId": order["client_order_id"],
        "exchangeOrderId": order["exchange_order_id"],
        "source": order["source"],
        "cancelRequestedAt": order["cancel_requested_at"],
        "createdAt": order["created_at"],
        "updatedAt": order["updated_at"],
    }


def event_row(event: Mapping[str, Any]) -> Row:
    """One of an order's `events`: executed so far, and the average price of it."""
    return {
        "seq": event["seq"],
        "status": event["status"],
        "quantity": event["quantity"],
        "price": event["price"],
        "reason": event["reason"],
        "origin": event["origin"],
        "timestamp": event["timestamp"],
        "createdAt": event["created_at"],
    }


def trade_row(fill: Mapping[str, Any]) -> Row:
    """One row of `GET /api/trading/trades`, and one of an order's `fills`."""
    return {
        "id": fill["id"],
        "exchangeTradeId": fill["exchange_trade_id"],
        "orderId": fill["order_id"],
        "userId": fill["order__user_id"],
        "accountId": fill["account_id"],
        "symbol": fill["symbol"],
        "side": fill["side"],
        "quantity": fill["quantity"],
        "price": fill["price"],
        "commission": fill["commission"],
        "commissionAsset": fill["commission_asset"],
        "isMaker": fill["is_maker"],
        "realizedPnL": fill["realized_pnl"],
        "timestamp": fill["traded_at"],
        "createdAt": fill["created_at"],
        "status": fill["order__status"],
    }


def _average_price(quote_executed: Decimal, executed_quantity: Decimal) -> Decimal:
    # Most rows of a list have none, and a division costs more than the rest of the row.
    return ratio(quote_executed, executed_quantity) if executed_quantity else ZERO
