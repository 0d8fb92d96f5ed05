"""When a stop order is reached."""

from paper.engine.orders import STOP_LOSS_TYPES, Order, OrderRequest

_BIPS = 10_000


def fires_upwards(order: Order | OrderRequest) -> bool:
    """Whether the order waits for the price to rise."""
    return (order.type in STOP_LOSS_TYPES) == (order.side == "BUY")


def reached(order: Order | OrderRequest, price: int) -> bool:
    """Whether a trade at this price reaches the stop price."""
    return price >= order.stop_price if fires_upwards(order) else price <= order.stop_price


def follow(order: Order, price: int) -> bool:
    """Note a trade on a waiting order; True when the order is due.

    A trailing order is armed when its stop price is reached (at once without one), keeps the best
    price since, and is due when the price has come back from it by `trailing_delta` hundredths of a
    percent.
    """
    if not order.trailing_delta:
        return reached(order, price)
    if not order.extreme:
        if order.stop_price and not reached(order, price):
            return False
        order.extreme = price
    rising = order.is_buy  # A trailing buy follows the price down and fires when it rises.
    order.extreme = min(order.extreme, price) if rising else max(order.extreme, price)
    if rising:
        return price * _BIPS >= order.extreme * (_BIPS + order.trailing_delta)
    return price * _BIPS <= order.extreme * (_BIPS - order.trailing_delta)
