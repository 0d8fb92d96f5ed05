"""The page of one order: what was asked for, what came of it, and every step in between."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.fields import encrypted_columns
from accounts.models import ExchangeAccount
from trading.models import Discrepancy, Fill, Order, Symbol
from trading.models.amounts import ZERO
from trading.order_words import is_doubtful
from trading.pages.chosen_account import user_id_of
from trading.pages.page_data import head_seq, page_data
from trading.pages.timeline import timeline
from trading.states import NOT_PLACED, Status

FINDINGS = {
    "PLACED_AFTER_ALL": "The exchange has it after all, though it twice said that it had not.",
    "FILLS_MISSING": "The exchange executed more than the trades that it has shown us so far.",
    "NOT_SHOWN": "The exchange did not show this order when it was asked for it.",
    "NOT_RECORDED": "An answer about this order could not be recorded. An operator looks at it.",
}


@require_safe
@never_cache
@login_required
def order(request: HttpRequest, order_id: UUID) -> HttpResponse:
    user_id = user_id_of(request)
    mine = Order.objects.for_user(user_id).select_related("account")
    mine = mine.defer(*encrypted_columns(ExchangeAccount, through="account"))
    seq = head_seq(user_id)
    found = get_object_or_404(mine, order_id=order_id)
    page = page_data(request, found.account) | {"headSeq": seq, "orderId": found.order_id}
    context = {"page": page, "account": found.account, "order": found} | _history(found)
    return render(request, "trading/order.html", context)


def _history(order: Order) -> dict[str, Any]:
    events = list(order.events.order_by("seq"))
    fills = list(order.fills.order_by("exchange_trade_id"))
    market = Symbol.objects.filter(environment=order.account.environment, symbol=order.symbol)
    return {
        "steps": timeline(order, events, fills),
        "next_step": next_step(order),
        "fills": fills,
        "fees": _fees(fills),
        "realized_pnl": sum((fill.realized_pnl for fill in fills), ZERO),
        "findings": [_finding(found) for found in order.discrepancies.order_by("created_at")],
        "market": market.first(),
    }


def next_step(order: Order) -> str:
    """What is being done about an order that has not ended, for its owner."""
    if order.is_terminal:
        if order.misses_fills:
            return "Its trades are still being fetched from the exchange."
        watched = order.reason == NOT_PLACED and order.next_check_at
        return "It is looked up some more times, to be sure." if watched else ""
    if is_doubtful(order):
        return "The exchange may have it. Nothing is sent again: it is asked until it has answered."
    if order.cancel_requested_at:
        return (
            "The cancel is on its way, and repeated until the exchange says that the order ended."
        )
    if order.status == Status.PENDING:
        return _why_pending(order)
    if order.status == Status.SUBMITTED:
        return "It has been sent; the exchange's answer is awaited."
    return "It rests at the exchange, whose reports are recorded as they come."


def _why_pending(order: Order) -> str:
    if order.account.state == ExchangeAccount.State.HALTED:
        return "The account is halted: nothing is sent."
    if order.not_before:
        return "The exchange certainly did not take it; it is sent again unless its time runs out."
    return "It waits to be sent, and is cancelled if its time runs out before."


def _fees(fills: Iterable[Fill]) -> dict[str, Decimal]:
    """Asset → what was paid in it."""
    paid: defaultdict[str, Decimal] = defaultdict(Decimal)
    for fill in fills:
        if fill.commission:
            paid[fill.commission_asset] += fill.commission
    return dict(paid)


def _finding(found: Discrepancy) -> dict[str, Any]:
    return {
        "words": FINDINGS.get(found.kind, found.kind.replace("_", " ").capitalize() + "."),
        "action": found.action,
        "at": found.created_at,
        "resolved_at": found.resolved_at,
    }
