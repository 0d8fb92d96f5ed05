"""What many orders come to: how many in which state, and for how much they have traded."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, QuerySet, Sum

from trading.models import Order, Symbol
from trading.states import OPEN, Status


@dataclass(frozen=True, slots=True)
class OrderTotals:
    """Counts of orders, and what was executed as quote asset → amount."""

    count: int
    open: int
    filled: int
    executed: dict[str, Decimal]


def totals_of(orders: "QuerySet[Order]", environment: str) -> OrderTotals:
    groups = orders.order_by().values("symbol", "status")
    counts: Counter[str] = Counter()
    executed: dict[str, Decimal] = {}
    quotes = dict(Symbol.objects.filter(environment=environment).values_list("symbol", "quote"))
    for group in groups.annotate(count=Count("pk"), executed=Sum("quote_executed")):
        counts[group["status"]] += group["count"]
        if group["executed"]:
            quote = quotes.get(group["symbol"], group["symbol"])
            executed[quote] = executed.get(quote, Decimal(0)) + group["executed"]
    return OrderTotals(
        count=counts.total(),
        open=sum(counts[status] for status in OPEN),
        filled=counts[Status.FILLED],
        executed=dict(sorted(executed.items())),
    )
