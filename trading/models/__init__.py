from trading.models.holdings import Balance, Position
from trading.models.market import LastPrice, Symbol
from trading.models.orders import EventHead, Fill, Order, OrderEvent
from trading.models.oversight import Discrepancy, IdempotencyKey, Platform

__all__ = [
    "Balance",
    "Discrepancy",
    "EventHead",
    "Fill",
    "IdempotencyKey",
    "LastPrice",
    "Order",
    "OrderEvent",
    "Platform",
    "Position",
    "Symbol",
]
