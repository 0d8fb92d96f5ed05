"""Orders, trades and balances in Binance's field names."""

from typing import Any

from paper.amounts import text, times
from paper.engine.orders import Closed, Filled, Order, Record
from paper.engine.state import Account
from paper.market import Trade
from paper.walk import Candle

STP_MODE = "EXPIRE_MAKER"
Payload = dict[str, Any]


def order_status(order: Order) -> Payload:
    """An entry of GET order, openOrders and allOrders."""
    return {
        "symbol": order.symbol,
        "orderId": order.order_id,
        "orderListId": order.list_id or -1,
        "clientOrderId": order.client_id,
        **_amounts(order),
        "stopPrice": text(order.stop_price),
        "icebergQty": text(0),
        "time": order.created_at,
        "updateTime": order.updated_at,
        "isWorking": order.is_working,
        "workingTime": order.working_at or -1,
        "origQuoteOrderQty": text(order.quote_quantity),
        "selfTradePreventionMode": STP_MODE,
        **_conditional(order),
    }


def new_order(order: Order, fills: list[Filled], response_type: str) -> Payload:
    """The answer to POST order: ACK, RESULT or FULL."""
    payload: Payload = {
        "symbol": order.symbol,
        "orderId": order.order_id,
        "orderListId": order.list_id or -1,
        "clientOrderId": order.client_id,
        "transactTime": order.updated_at,
    }
    if response_type == "ACK":
        return payload
    payload |= _amounts(order)
    payload["origQuoteOrderQty"] = text(order.quote_quantity)
    if order.working_at:
        payload["workingTime"] = order.working_at
    if order.stop_price:
        payload["stopPrice"] = text(order.stop_price)
    if response_type == "FULL":
        payload["fills"] = [_fill(fill) for fill in fills]
    payload["selfTradePreventionMode"] = STP_MODE
    return payload | _conditional(order)


def canceled_order(order: Order) -> Payload:
    """The answer to DELETE order."""
    return {
        "symbol": order.symbol,
        "origClientOrderId": order.client_id,
        "orderId": order.order_id,
        "orderListId": order.list_id or -1,
        "clientOrderId": order.cancel_id,
        "transactTime": order.updated_at,
        **_amounts(order),
        "origQuoteOrderQty": text(order.quote_quantity),
        "selfTradePreventionMode": STP_MODE,
        **_conditional(order),
    }


def order_list(legs: list[Order]) -> Payload:
    """A list as it is now; POST and DELETE add its orders' reports."""
    first, is_open = legs[0], any(leg.is_open for leg in legs)
    return {
        "orderListId": first.list_id,
        "contingencyType": "OCO",
        "listStatusType": "EXEC_STARTED" if is_open else "ALL_DONE",
        "listOrderStatus": "EXECUTING" if is_open else "ALL_DONE",
        "listClientOrderId": first.list_client_id,
        "transactionTime": max(leg.updated_at for leg in legs),
        "symbol": first.symbol,
        "orders": [
            {"symbol": leg.symbol, "orderId": leg.order_id, "clientOrderId": leg.client_id}
            for leg in legs
        ],
    }


def canceled_list(legs: list[Order]) -> Payload:
    """The answer to DELETE orderList."""
    return order_list(legs) | {"orderReports": [canceled_order(leg) for leg in legs]}


def account_trade(fill: Filled, order: Order) -> Payload:
    """An entry of myTrades."""
    return {
        "symbol": order.symbol,
        "id": fill.trade_id,
        "orderId": fill.order_id,
        "orderListId": order.list_id or -1,
        "price": text(fill.price),
        "qty": text(fill.quantity),
        "quoteQty": text(times(fill.price, fill.quantity)),
        "commission": text(fill.fee),
        "commissionAsset": fill.fee_asset,
        "time": fill.time,
        "isBuyer": order.is_buy,
        "isMaker": fill.is_maker,
        "isBestMatch": True,
    }


def public_trade(trade: Trade) -> Payload:
    """An entry of GET trades."""
    return {
        "id": trade.trade_id,
        "price": text(trade.price),
        "qty": text(trade.quantity),
        "quoteQty": text(trade.quote),
        "time": trade.time,
        "isBuyerMaker": trade.buyer_made,
        "isBestMatch": True,
    }


def kline(candle: Candle) -> list[Any]:
    """One row of GET klines."""
    return [
        candle.start,
        text(candle.open),
        text(candle.high),
        text(candle.low),
        text(candle.close),
        text(candle.volume),
        candle.end - 1,
        text(candle.quote_volume),
        candle.trades,
        text(candle.taker_volume),
        text(candle.taker_quote),
        "0",
    ]


def levels(found: list[tuple[int, int]]) -> list[list[str]]:
    """One side of a book."""
    return [[text(price), text(quantity)] for price, quantity in found]


def execution_report(order: Order, record: Record, now: int) -> Payload:
    """The executionReport that tells of one change of an order, as it stood right after it."""
    fill = record if isinstance(record, Filled) else None
    closed = record if isinstance(record, Closed) else None
    execution = "TRADE" if fill else _end_of(closed) if closed else "NEW"
    is_cancel = closed is not None and bool(closed.cancel_id)
    report: Payload = {
        "e": "executionReport",
        "E": now,
        "s": order.symbol,
        "c": order.cancel_id if is_cancel else order.client_id,
        "S": order.side,
        "o": order.type,
        "f": order.time_in_force,
        "q": text(order.quantity),
        "p": text(order.price),
        "P": text(order.stop_price),
        "F": text(0),
        "g": order.list_id or -1,
        "C": order.client_id if is_cancel else "",
        "x": execution,
        "X": order.status,
        "r": "NONE",
        "i": order.order_id,
        "l": text(fill.quantity if fill else 0),
        "z": text(order.executed),
        "L": text(fill.price if fill else 0),
        "n": text(fill.fee if fill else 0),
        "N": fill.fee_asset if fill else None,
        "T": order.updated_at,
        "t": fill.trade_id if fill else -1,
        "I": order.changed,
        "w": order.is_open and order.is_working,
        "m": fill.is_maker if fill else False,
        "M": fill is not None,
        "O": order.created_at,
        "Z": text(order.quote_executed),
        "Y": text(times(fill.price, fill.quantity) if fill else 0),
        "Q": text(order.quote_quantity),
        "V": STP_MODE,
    }
    if order.working_at:
        report["W"] = order.working_at
    return report | _conditional_short(order)


def list_status(legs: list[Order], now: int) -> Payload:
    """listStatus: a list has begun or ended."""
    told = order_list(legs)
    return {
        "e": "listStatus",
        "E": now,
        "s": told["symbol"],
        "g": told["orderListId"],
        "c": told["contingencyType"],
        "l": told["listStatusType"],
        "L": told["listOrderStatus"],
        "r": "NONE",
        "C": told["listClientOrderId"],
        "T": told["transactionTime"],
        "O": [{"s": leg.symbol, "i": leg.order_id, "c": leg.client_id} for leg in legs],
    }


def account_position(account: Account, assets: list[str], now: int) -> Payload:
    """outboundAccountPosition: absolute balances of the assets that may have changed."""
    return {
        "e": "outboundAccountPosition",
        "E": now,
        "u": account.updated_at,
        "B": [
            {
                "a": asset,
                "f": text(account.balances[asset].free),
                "l": text(account.balances[asset].locked),
            }
            for asset in assets
        ],
    }


def balance_update(asset: str, amount: int, now: int) -> Payload:
    """balanceUpdate: money that came or went without a trade."""
    return {"e": "balanceUpdate", "E": now, "a": asset, "d": text(amount), "T": now}


def _amounts(order: Order) -> Payload:
    return {
        "price": text(order.price),
        "origQty": text(order.quantity),
        "executedQty": text(order.executed),
        "cummulativeQuoteQty": text(order.quote_executed),
        "status": order.status,
        "timeInForce": order.time_in_force,
        "type": order.type,
        "side": order.side,
    }


def _conditional(order: Order) -> Payload:
    given: Payload = {}
    if order.trailing_delta:
        given["trailingDelta"] = order.trailing_delta
    if order.strategy_id:
        given["strategyId"] = order.strategy_id
    if order.strategy_type:
        given["strategyType"] = order.strategy_type
    if order.expiry_reason:
        given["expiryReason"] = order.expiry_reason
    return given


def _conditional_short(order: Order) -> Payload:
    given: Payload = {}
    if order.trailing_delta:
        given["d"] = order.trailing_delta
    if order.strategy_id:
        given["j"] = order.strategy_id
    if order.strategy_type:
        given["J"] = order.strategy_type
    if order.expiry_reason:
        given["eR"] = order.expiry_reason
    return given


def _end_of(closed: Closed) -> str:
    return {"CANCELED": "CANCELED", "EXPIRED_IN_MATCH": "TRADE_PREVENTION"}.get(
        closed.status, "EXPIRED"
    )


def _fill(fill: Filled) -> Payload:
    return {
        "price": text(fill.price),
        "qty": text(fill.quantity),
        "commission": text(fill.fee),
        "commissionAsset": fill.fee_asset,
        "tradeId": fill.trade_id,
    }
