"""An order in words for a person. On the wire stay codes; static/js/rows.js says the same there."""

from trading.ledger.cancels import CANCEL_REQUESTED
from trading.models import Order, OrderEvent
from trading.models.orders import OrderType, Side
from trading.states import NOT_PLACED, Status

SIDES = {Side.BUY: "Buy", Side.SELL: "Sell"}
TYPES = {
    OrderType.MARKET: "Market",
    OrderType.LIMIT: "Limit",
    OrderType.LIMIT_MAKER: "Post-only",
    OrderType.STOP_LOSS: "Stop-loss",
    OrderType.STOP_LOSS_LIMIT: "Stop-loss limit",
    OrderType.TAKE_PROFIT: "Take-profit",
    OrderType.TAKE_PROFIT_LIMIT: "Take-profit limit",
}
SOURCES = {Order.Source.USER: "Here", Order.Source.EXTERNAL: "Elsewhere"}
TIMES_IN_FORCE = {
    "GTC": "Good till cancelled",
    "IOC": "Immediate or cancel",
    "FOK": "Fill or kill",
}
STATUSES = {
    Status.PENDING: "Pending",
    Status.SUBMITTED: "Sent",
    Status.NEW: "Open",
    Status.PARTIALLY_FILLED: "Partly filled",
    Status.FILLED: "Filled",
    Status.CANCELED: "Cancelled",
    Status.REJECTED: "Rejected",
    Status.EXPIRED: "Expired",
}
REASONS = {
    NOT_PLACED: "The exchange never received it.",
    CANCEL_REQUESTED: "",  # Of an event, whose title says it.
}
ORIGINS = {
    OrderEvent.Origin.USER: "You",
    OrderEvent.Origin.OPERATOR: "An operator",
    OrderEvent.Origin.REST: "The exchange's answer",
    OrderEvent.Origin.STREAM: "The exchange's stream",
    OrderEvent.Origin.RECONCILE: "A look-up at the exchange",
    OrderEvent.Origin.SWEEP: "Our own watch",
}


def is_doubtful(order: Order) -> bool:
    """Whether its outcome was asked for and is not known; one just sent is only awaited."""
    return order.status == Status.SUBMITTED and bool(order.reason or order.not_found_count)


def status_words(order: Order) -> str:
    """What is known of the order, and no more."""
    if is_doubtful(order):
        return "Outcome unknown"
    if order.is_open and order.cancel_requested_at:
        return "Cancelling"
    return STATUSES[Status(order.status)]


def reason_words(reason: str) -> str:
    return REASONS.get(reason, reason)
