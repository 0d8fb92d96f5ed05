"""Balances, trades and commission of the calling account."""

from collections.abc import Mapping
from typing import Any

from paper import payloads
from paper.amounts import text
from paper.rest.call import Call, Endpoint


def account(call: Call) -> Any:
    holder = call.account
    rate = text(call.venue.config.fee_bips * 10_000)
    omit = call.parameters.get("omitZeroBalances") == "true"
    return {
        "makerCommission": call.venue.config.fee_bips,
        "takerCommission": call.venue.config.fee_bips,
        "buyerCommission": 0,
        "sellerCommission": 0,
        "commissionRates": {
            "maker": rate,
            "taker": rate,
            "buyer": text(0),
            "seller": text(0),
        },
        "canTrade": True,
        "canWithdraw": False,
        "canDeposit": False,
        "brokered": False,
        "requireSelfTradePrevention": False,
        "preventSor": False,
        "updateTime": holder.updated_at,
        "accountType": "SPOT",
        "balances": [
            {"asset": asset, "free": text(balance.free), "locked": text(balance.locked)}
            for asset, balance in holder.balances.items()
            if not omit or balance.free or balance.locked
        ],
        "permissions": ["SPOT"],
        "uid": holder.uid,
    }


def my_trades(call: Call) -> Any:
    fills = call.account.trades.get(call.symbol(), [])
    limit, order_id = call.limit(500, 1000), call.integer("orderId")
    first, start, end = call.integer("fromId"), call.integer("startTime"), call.integer("endTime")
    found = [
        fill
        for fill in fills
        if (order_id is None or fill.order_id == order_id)
        and (first is None or fill.trade_id >= first)
        and (start is None or fill.time >= start)
        and (end is None or fill.time <= end)
    ]
    is_forward = first is not None or start is not None
    chosen = found[:limit] if is_forward else found[-limit:]
    orders = call.venue.state.orders
    return [payloads.account_trade(fill, orders[fill.order_id]) for fill in chosen]


def commission(call: Call) -> Any:
    symbol = call.symbol()
    rate, none = text(call.venue.config.fee_bips * 10_000), text(0)
    return {
        "symbol": symbol,
        "standardCommission": {"maker": rate, "taker": rate, "buyer": none, "seller": none},
        "specialCommission": {"maker": none, "taker": none, "buyer": none, "seller": none},
        "taxCommission": {"maker": none, "taker": none, "buyer": none, "seller": none},
        "discount": {
            "enabledForAccount": False,
            "enabledForSymbol": False,
            "discountAsset": "BNB",
            "discount": text(0),
        },
    }


def _trades_weight(parameters: Mapping[str, str]) -> int:
    return 5 if "orderId" in parameters else 20


ENDPOINTS = [
    Endpoint("GET", "/api/v3/account", account, 20, signed=True),
    Endpoint("GET", "/api/v3/account/commission", commission, 20, signed=True),
    Endpoint("GET", "/api/v3/myTrades", my_trades, _trades_weight, signed=True),
]
