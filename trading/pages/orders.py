"""The orders page: every order of an account, narrowed, in slices; and cancels by form."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import ExchangeAccount
from tradeplat.problems import Conflict
from trading import ledger
from trading.models import Order, Position
from trading.pages.chosen_account import accounts_of, chosen_of, user_id_of
from trading.pages.order_filter import OrderFilter
from trading.pages.order_totals import totals_of
from trading.pages.page_data import head_seq, page_data
from trading.pages.slices import slice_of

ROWS = 50


@require_safe
@never_cache
@login_required
def orders(request: HttpRequest) -> HttpResponse:
    accounts = accounts_of(request)
    account = chosen_of(request, accounts)
    if account is None:
        return render(request, "trading/orders.html", {"accounts": accounts})
    context = {"accounts": accounts, "account": account} | _shown(request, account)
    return render(request, "trading/orders.html", context)


@require_safe
@never_cache
@login_required
def order_rows(request: HttpRequest) -> HttpResponse:
    """The rows of the orders with these ids as they are now, for a page that shows them.

    The rest of the query is the page's own; the rows that it would find are marked.
    """
    account = chosen_of(request, accounts_of(request))
    if account is None:
        raise Http404("no account, no orders")
    wanted = filter(None, map(_uuid, request.GET.getlist("id")[:ROWS]))
    mine = Order.objects.for_account(account.pk).filter(order_id__in=wanted)
    narrowed = OrderFilter(request.GET, queryset=mine)
    found = set(narrowed.qs.values_list("pk", flat=True)) if narrowed.form.is_valid() else set()
    context = {"orders": mine.newest_first(), "found": found}
    return render(request, "trading/order_rows.html", context)


@require_POST
@login_required
def cancel_order(request: HttpRequest, order_id: UUID) -> HttpResponse:
    mine = Order.objects.for_user(user_id_of(request))
    order = get_object_or_404(mine, order_id=order_id)
    try:
        ledger.request_cancel(order.user_id, order.account_id, order_id)
    except Conflict as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "The order is being cancelled.")
    return redirect(_return_address(request, order_id))


def _shown(request: HttpRequest, account: ExchangeAccount) -> dict[str, Any]:
    seq = head_seq(account.user_id)
    mine = Order.objects.for_account(account.pk)
    narrowed = OrderFilter(request.GET, queryset=mine)
    found = narrowed.qs if narrowed.form.is_valid() else mine.none()
    page = page_data(request, account) | {"headSeq": seq}
    return {
        "page": page,
        "filter": narrowed,
        "slice": slice_of(found, request, size=ROWS),
        "totals": totals_of(found, account.environment),
        "symbols": Position.objects.filter(account=account)
        .order_by("symbol")
        .values_list("symbol", flat=True),
        "query": _query_without(request, "older_than", "newer_than"),
    }


def _query_without(request: HttpRequest, *names: str) -> str:
    """The page's own query string without some of its parameters, ready for others to follow."""
    query = request.GET.copy()
    for name in names:
        query.pop(name, None)
    return query.urlencode()


def _return_address(request: HttpRequest, order_id: UUID) -> str:
    """The page that the form stood on, as long as it is one of ours."""
    wanted = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if ours else resolve_url("order", order_id=order_id)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
