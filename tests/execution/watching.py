"""What becomes of an order, and how often it was sent."""

from tests.paper_exchange import PaperExchange
from tests.waiting import eventually
from trading.models import Order

POST_ORDER = {"method": "POST", "path": "order"}


def becomes(order: Order, status: str) -> None:
    """Wait until an order has a status."""

    def has_it() -> bool:
        order.refresh_from_db()
        return order.status == status

    eventually(has_it)


def ends(*orders: Order) -> None:
    """Wait until orders have ended, in whatever way."""

    def ended() -> bool:
        for order in orders:
            order.refresh_from_db()
        return all(order.is_terminal for order in orders)

    eventually(ended)


def is_tried(order: Order) -> None:
    """Wait until somebody has claimed an order."""

    def tried() -> bool:
        order.refresh_from_db()
        return order.attempt > 0

    eventually(tried)


def count_calls(paper: PaperExchange, match: dict[str, str] | None = None) -> None:
    """Count the calls that match, POSTs of orders by default, without doing them any harm."""
    paper.fault("delay", POST_ORDER if match is None else match, ms=0, times=-1)


def counted(paper: PaperExchange) -> int:
    """Calls that ran into a fault, among them those of `count_calls`."""
    return sum(fault["hits"] for fault in paper.faults())
