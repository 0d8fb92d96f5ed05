"""Symbols: the one road by which the markets of an environment and their rules are noted."""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models.functions import Now

from execution.exchange import SymbolRules
from trading.models import Symbol

GONE = "GONE"  # The status of a symbol that the exchange lists no more.


def refresh(environment: str, rules: Iterable[SymbolRules]) -> int:
    """Note the rules of every symbol that the exchange lists; how many there are.

    A symbol that it lists no more keeps its row, for the orders that name it, and cannot be traded.
    """
    rows = [
        Symbol(
            environment=environment,
            symbol=rule.symbol,
            base=rule.base,
            quote=rule.quote,
            status=rule.status,
            filters=dict(rule.filters),
            order_types=list(rule.order_types),
            flags=dict(rule.flags),
            refreshed_at=Now(),
        )
        # In the order of the unique key, so that two who refresh at once cannot deadlock.
        for rule in sorted(rules, key=lambda rule: rule.symbol)
    ]
    if not rows:
        return 0
    Symbol.objects.bulk_create(
        rows,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["environment", "symbol"],
        update_fields=[
            "base", "quote", "status", "filters", "order_types", "flags", "refreshed_at"
        ],
    )  # fmt: skip
    listed = [row.symbol for row in rows]
    Symbol.objects.filter(environment=environment).exclude(symbol__in=listed).update(status=GONE)
    return len(rows)


def are_fresh(environment: str, *, within: timedelta) -> bool:
    """Whether the environment's symbols were refreshed lately."""
    lately = Symbol.objects.filter(environment=environment, refreshed_at__gt=Now() - within)
    return lately.exists()
