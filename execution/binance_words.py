"""Binance's refusals in plain words for the person whose order it was."""

_BY_MESSAGE = {
    "Order would immediately match and take.": (
        "it would have traded at once, and this type of order may only wait in the book"
    ),
    "Order would trigger immediately.": "the market is already past the stop price",
    "Stop price would trigger immediately.": "the market is already past the stop price",
    "Market is closed.": "the market is closed",
    "This symbol is not permitted for this account.": "this account may not trade this symbol",
    "This action is disabled on this account.": "trading is disabled on this account",
    "This action is disabled on this symbol.": "this symbol cannot be traded now",
    "The symbol is not available.": "this symbol cannot be traded now",
    "Price * QTY is zero or less.": "the order is worth nothing",
    "Duplicate order sent.": "it has this order already",
    "Order was not executed due to no liquidity.": "nobody is on the other side of the market",
}
_BY_FILTER = {
    "PRICE_FILTER": "the price is outside its limits or not a multiple of its step",
    "PERCENT_PRICE": "the price is too far from the market",
    "PERCENT_PRICE_BY_SIDE": "the price is too far from the market",
    "LOT_SIZE": "the quantity is outside its limits or not a multiple of its step",
    "MARKET_LOT_SIZE": "the quantity is outside the limits for market orders",
    "MIN_NOTIONAL": "the order is worth too little",
    "NOTIONAL": "the order is worth too little or too much",
    "MAX_NUM_ORDERS": "too many open orders in this symbol",
    "MAX_NUM_ALGO_ORDERS": "too many open stop orders in this symbol",
    "MAX_POSITION": "the position would become too large",
    "TRAILING_DELTA": "the trailing delta is outside its limits",
}
_BY_CODE = {
    -1022: "the account's secret key does not fit its API key",
    -2008: "the account's API key is not known there",
    -2014: "the account's API key is malformed",
    -2015: ("the account's API key is unknown there, may not trade, or may not be used from here"),
    -1111: "a number has more decimals than the symbol allows",
    -1112: "nobody is on the other side of the market",
    -1121: "it does not know the symbol",
}
_BY_EXPIRY = {
    "INSUFFICIENT_LIQUIDITY": "the market had nobody on the other side",
    "UNFILLED_IOC_QUANTITY_EXPIRED": "the rest could not be filled at once",
    "UNFILLED_FOK_ORDER_EXPIRED": "it could not be filled whole at once",
    "EXECUTION_RULE_PRICE_RANGE_EXCEEDED": "the price left the range that the exchange allows",
    "EXCHANGE_CANCELED": "the exchange cancelled it",
}
_BY_REJECTION = {
    "INSUFFICIENT_BALANCES": "not enough balance",
    "STOP_PRICE_WOULD_TRIGGER_IMMEDIATELY": "the market is already past the stop price",
    "WOULD_MATCH_IMMEDIATELY": (
        "it would have traded at once, and this type of order may only wait in the book"
    ),
    "OCO_BAD_PRICES": "the prices of its pair do not fit the market",
}
_FILTER_FAILURE = "Filter failure: "
_TOO_LITTLE = "Account has insufficient balance for requested action."


def refusal_words(code: int, message: str, *, pays_with: str = "") -> str:
    """Why the exchange refused an order that takes the asset `pays_with`."""
    if message == _TOO_LITTLE:
        why = f"not enough {pays_with or 'balance'}"
    elif message.startswith(_FILTER_FAILURE):
        name = message.removeprefix(_FILTER_FAILURE)
        why = _BY_FILTER.get(name, f"it breaks the rule {name}")
    else:
        # The exchange's own words where it has better ones than its code tells.
        why = _BY_MESSAGE.get(message) or _BY_CODE.get(code) or f"{message.rstrip('.')} ({code})"
    return f"The exchange refused: {why}."[:500]


def rejection_words(reject_reason: str) -> str:
    """Why the exchange rejected an order after taking it in; empty where it did not."""
    if reject_reason in ("", "NONE"):
        return ""
    why = _BY_REJECTION.get(reject_reason, reject_reason.replace("_", " ").lower())
    return f"The exchange refused: {why}."


def expiry_words(expiry_reason: str) -> str:
    """Why the exchange ended an order by itself; empty where it does not say."""
    if not expiry_reason:
        return ""
    why = _BY_EXPIRY.get(expiry_reason, expiry_reason.replace("_", " ").lower())
    return f"The order expired: {why}."
