"""Orders that the exchange shows unasked: which of ours they are, and adopting those of nobody.

Ours are committed before they are sent, so whatever is not found here was placed elsewhere.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from accounts.models import ExchangeAccount
from execution.exchange import Sighting
from trading.models import Discrepancy, EventHead, Order, Symbol
from trading.models.orders import PRICED, OrderType, Side, TimeInForce
from trading.results import Reported, Result, Seen
from trading.states import OPEN, Status

NOT_ADOPTED = "NOT_ADOPTED"
_TIMED = frozenset(PRICED) - {OrderType.LIMIT_MAKER}  # The types that have a time in force.
_NOBODYS = UUID(int=0)
_Name = tuple[int, str, int]  # Account, symbol and the exchange's order id.


def identify(results: Sequence[Result | Seen]) -> list[Result]:
    """The results, every sighting as a report of an order of ours.

    Orders of nobody are adopted in the caller's transaction, which locks their accounts first. What
    we cannot express is left out, and noted as a discrepancy.
    """
    seen = [result for result in results if isinstance(result, Seen)]
    known = _Known(seen)
    strangers = [each for each in seen if known.find(each) is None]
    if strangers:
        known = _adopt(strangers, seen)
    return [report for result in results if (report := _reported(result, known)) is not None]


def note_unrecorded(seen: Seen, kind: str, action: str) -> None:
    """Show an operator an order of the exchange that we do not have, once until it is resolved."""
    sighting = seen.sighting
    if _notes(seen, kind).exists():
        return
    Discrepancy.objects.create(
        account_id=seen.account_id,
        kind=kind,
        detail={
            "symbol": sighting.symbol,
            "exchangeOrderId": sighting.exchange_order_id,
            "exchangeClientId": sighting.exchange_client_id,
            "side": sighting.side,
            "type": sighting.type,
            "status": sighting.status,
            "executed": str(sighting.executed_quantity),
        },
        action=action,
    )


class _Known:
    """Which order of ours a sighting is of, as far as the rows tell."""

    def __init__(self, seen: Sequence[Seen]) -> None:
        self._by_name: dict[_Name, UUID] = {}
        self._by_order_id: dict[UUID, Order] = {}
        for order in _candidates(seen):
            self.add(order)

    def add(self, order: Order) -> None:
        self._by_order_id[order.order_id] = order
        if order.exchange_order_id is not None:
            name = (order.account_id, order.symbol, order.exchange_order_id)
            self._by_name[name] = order.order_id

    def find(self, seen: Seen) -> UUID | None:
        """The id of the order that it is, None for one of nobody."""
        found = self._by_name.get(_name(seen))
        if found is not None:
            return found
        order = self._by_order_id.get(_our_id(seen.sighting) or _NOBODYS)
        if order is None or not _is_of(seen, order):
            return None
        order.exchange_order_id = seen.sighting.exchange_order_id  # Which it is from here on.
        self.add(order)
        return order.order_id

    def is_free(self, order_id: UUID) -> bool:
        return order_id not in self._by_order_id


def _candidates(seen: Sequence[Seen]) -> Iterable[Order]:
    if not seen:
        return ()
    named = Q(
        account_id__in={each.account_id for each in seen},
        symbol__in={each.sighting.symbol for each in seen},
        exchange_order_id__in={each.sighting.exchange_order_id for each in seen},
    )
    ids = {_our_id(each.sighting) for each in seen} - {None}
    return Order.objects.filter(named | Q(order_id__in=ids)).only(
        "order_id", "account_id", "symbol", "exchange_order_id", "status", "reason"
    )


def _our_id(sighting: Sighting) -> UUID | None:
    """The client id as one of ours might be, which are UUIDs."""
    try:
        order_id = UUID(sighting.exchange_client_id)
    except ValueError:
        return None
    return order_id if str(order_id) == sighting.exchange_client_id else None


def _is_of(seen: Seen, order: Order) -> bool:
    """Whether an order by the sighting's client id is the one seen.

    A client id may be used again once its order has been filled, also by somebody else.
    """
    sighting = seen.sighting
    if (order.account_id, order.symbol) != (seen.account_id, sighting.symbol):
        return False
    if order.exchange_order_id is not None:
        return False  # It would have been found by that.
    lives = sighting.status in OPEN or bool(sighting.executed_quantity)
    return not (order.is_terminal and lives) or order.can_become(sighting.status)


def _name(seen: Seen) -> _Name:
    return seen.account_id, seen.sighting.symbol, seen.sighting.exchange_order_id


def _reported(result: Result | Seen, known: _Known) -> Result | None:
    if not isinstance(result, Seen):
        return result
    order_id = known.find(result)
    return Reported(result.sighting.as_report(order_id), result.origin) if order_id else None


def _adopt(strangers: Sequence[Seen], seen: Sequence[Seen]) -> _Known:
    """Adopt what is still of nobody once its account is locked: another process may adopt, too."""
    ids = {each.account_id for each in strangers}
    locked = ExchangeAccount.objects.filter(pk__in=ids).order_by("pk")
    accounts = {account.pk: account for account in locked.select_for_update(no_key=True)}
    known = _Known(seen)
    adopted = []
    for each in seen:  # All of them, so that a client id means the order that it was seen of first.
        if known.find(each) is None and _can_adopt(each, accounts[each.account_id]):
            order = _order(each.sighting, accounts[each.account_id], known)
            known.add(order)
            adopted.append(order)
    Order.objects.bulk_create(adopted)
    ExchangeAccount.objects.bulk_update(accounts.values(), ["last_sequence"])
    heads = {account.user_id for account in accounts.values()}
    EventHead.objects.bulk_create(
        [EventHead(user_id=user_id) for user_id in heads], ignore_conflicts=True
    )
    return known


def _can_adopt(seen: Seen, account: ExchangeAccount) -> bool:
    obstacle = _obstacle(seen.sighting, account)
    if obstacle:
        note_unrecorded(seen, NOT_ADOPTED, obstacle)
    else:
        _notes(seen, NOT_ADOPTED).update(resolved_at=Now())
    return not obstacle


def _obstacle(sighting: Sighting, account: ExchangeAccount) -> str:
    """Why an order cannot be adopted; empty when it can."""
    if sighting.type not in OrderType.values or sighting.side not in Side.values:
        return "Not adopted: we do not know this type of order."
    if sighting.type in _TIMED and sighting.time_in_force not in TimeInForce.values:
        return "Not adopted: we do not know this time in force."
    if sighting.type in PRICED and not sighting.price:
        return "Not adopted: it has no price of its own."
    if not (sighting.quantity or sighting.quote_order_quantity):
        return "Not adopted: it has no quantity."
    if account.archived_at:  # Nobody could cancel it, or ask what became of it.
        return "Not adopted: the account has been archived."
    rules = Symbol.objects.filter(environment=account.environment, symbol=sighting.symbol)
    if not rules.exists():
        return "Not adopted: the exchange's rules of this symbol are not known yet."
    return ""


def _order(sighting: Sighting, account: ExchangeAccount, known: _Known) -> Order:
    """An order as if it had just been accepted; what was seen of it is applied like any report."""
    account.last_sequence += 1
    order = Order(
        user_id=account.user_id,
        account_id=account.pk,
        account_sequence=account.last_sequence,
        symbol=sighting.symbol,
        side=sighting.side,
        type=sighting.type,
        quantity=sighting.quantity,
        price=sighting.price if sighting.type in PRICED else None,
        stop_price=sighting.stop_price,
        trailing_delta=sighting.trailing_delta,
        time_in_force=sighting.time_in_force if sighting.type in _TIMED else "",
        quote_order_quantity=sighting.quote_order_quantity,
        status=Status.PENDING,
        exchange_order_id=sighting.exchange_order_id,
        exchange_client_id=sighting.exchange_client_id,
        source=Order.Source.EXTERNAL,
    )
    own = _our_id(sighting)
    if own is not None and known.is_free(own):
        order.order_id = own
    return order


def _notes(seen: Seen, kind: str) -> QuerySet[Discrepancy]:
    return Discrepancy.objects.filter(
        account_id=seen.account_id,
        kind=kind,
        resolved_at=None,
        detail__symbol=seen.sighting.symbol,
        detail__exchangeOrderId=seen.sighting.exchange_order_id,
    )
