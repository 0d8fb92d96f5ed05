"""The proof that what we keep beside the facts still follows from them.

Folds every fill again, adds every order's fills up, counts every user's events. Reads only.
"""

from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby

from django.db.models import Count, F, Max, Min, Q, Sum

from accounts.models import ExchangeAccount
from trading import positions
from trading.models import EventHead, Fill, Order, OrderEvent, Position, Symbol
from trading.models.amounts import ZERO

_CHUNK = 2000


def differences() -> Iterator[str]:
    """One sentence for every row that does not follow from the facts."""
    yield from _positions()
    yield from _executed()
    yield from _numbering()


def _positions() -> Iterator[str]:
    symbols = {(row.environment, row.symbol): row for row in Symbol.objects.all()}
    environments = dict(ExchangeAccount.objects.values_list("id", "environment"))
    kept = {(row.account_id, row.symbol): row for row in Position.objects.all()}
    fills = Fill.objects.order_by("account_id", "symbol", "exchange_trade_id")
    by_market = groupby(
        fills.iterator(chunk_size=_CHUNK), key=lambda fill: (fill.account_id, fill.symbol)
    )
    for market, of_market in by_market:
        symbol = symbols[environments[market[0]], market[1]]
        yield from _folded(of_market, kept.pop(market, None), symbol)
    for (account, name), row in kept.items():
        if row.quantity or row.cost or row.realized_pnl:
            yield f"Position {account}/{name} has no fills."


def _folded(fills: Iterator[Fill], kept: Position | None, symbol: Symbol) -> Iterator[str]:
    position, fees, last = positions.Position(), dict[str, str](), 0
    for fill in fills:
        noted = (fill.realized_pnl, fill.quantity_after, fill.cost_after)
        position = positions.fold(position, [fill], base=symbol.base, quote=symbol.quote)
        positions.add_fee(fees, fill)
        last = fill.exchange_trade_id
        if noted != (fill.realized_pnl, fill.quantity_after, fill.cost_after):
            yield f"Fill {fill.pk} was folded otherwise than from its predecessor."
    expected = (position.quantity, position.cost, position.realized_pnl, fees, last)
    if kept is None:
        yield f"{symbol.symbol} has fills up to trade {last} but no position."
    elif expected != (kept.quantity, kept.cost, kept.realized_pnl, kept.fees, kept.last_trade_id):
        yield f"Position {kept.account_id}/{kept.symbol} is not the fold of its fills."


def _executed() -> Iterator[str]:
    """The sums of fills; what is still open may lag behind the exchange, what has ended may not."""
    sums = Order.objects.annotate(of_fills=Sum("fills__quantity"))
    for order in sums.iterator(chunk_size=_CHUNK):
        total: Decimal = order.of_fills or ZERO
        if order.filled_quantity != total:
            yield f"Order {order.order_id} says {order.filled_quantity} filled, its fills {total}."
        elif order.is_terminal and order.misses_fills:
            yield f"Order {order.order_id} executed {order.executed_quantity}, its fills {total}."


def _numbering() -> Iterator[str]:
    counted = OrderEvent.objects.values("user_id").annotate(
        count=Count("id"), first=Min("seq"), last=Max("seq")
    )
    heads = dict(EventHead.objects.values_list("user_id", "seq"))
    for row in counted.filter(~Q(first=1) | ~Q(count=F("last"))):
        yield f"The events of user {row['user_id']} have gaps."
    for row in counted:
        if heads.pop(row["user_id"], None) != row["last"]:
            yield f"The event head of user {row['user_id']} is not {row['last']}."
    for user, seq in heads.items():
        if seq:
            yield f"The event head of user {user} is {seq}, but there are no events."
