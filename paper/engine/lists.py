"""One-cancels-the-other: what makes two orders a pair.

Source: Binance's "New Order list - OCO".
"""

from typing import Final

from paper import errors
from paper.engine import stops
from paper.engine.orders import STOP_LOSS_TYPES, OrderRequest

_TAKING: Final = frozenset({"LIMIT_MAKER", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT"})


def check(above: OrderRequest, below: OrderRequest, last_price: int) -> None:
    """One leg takes the profit, the other stops the loss, and the last price is between them."""
    taking, stopping = (above, below) if above.type in _TAKING else (below, above)
    if taking.type not in _TAKING or stopping.type not in STOP_LOSS_TYPES:
        raise errors.ExchangeError(-1014, "Unsupported order combination.")
    if above.client_id == below.client_id:
        raise errors.rejected("Duplicate order sent.")
    # A SELL takes its profit above the market and a BUY below it.
    is_crossed = (taking is above) != (above.side == "SELL")
    if is_crossed or any(_passed(leg, last_price) for leg in (above, below)):
        raise errors.rejected("The relationship of the prices for the orders is not correct.")


def _passed(leg: OrderRequest, last_price: int) -> bool:
    """Whether the market is already where the leg waits for it."""
    if leg.type == "LIMIT_MAKER":
        return last_price >= leg.price if leg.side == "SELL" else last_price <= leg.price
    return bool(leg.stop_price) and stops.reached(leg, last_price)
