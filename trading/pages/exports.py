"""Orders and trades as CSV: all that a filter finds, exact, and safe to open in a spreadsheet."""

import csv
import io
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import ExchangeAccount
from tradeplat.wire import spell
from trading.models import Fill, Order
from trading.models.amounts import product
from trading.pages.chosen_account import accounts_of, chosen_of
from trading.pages.order_filter import OrderFilter

PAGE = 1000  # Rows in memory at once.
# A spreadsheet takes a cell for a formula that begins with one of these.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")

# A long export is work for minutes; the web threads that it leaves go on taking orders.
_slots = threading.BoundedSemaphore(2)
BUSY = "Other exports are being made. Try again in a moment."

Columns = dict[str, Callable[[Any], Any]]

ORDER_COLUMNS: Columns = {
    "created": attrgetter("created_at"),
    "updated": attrgetter("updated_at"),
    "order id": attrgetter("order_id"),
    "client order id": attrgetter("client_order_id"),
    "exchange order id": attrgetter("exchange_order_id"),
    "symbol": attrgetter("symbol"),
    "side": attrgetter("side"),
    "type": attrgetter("type"),
    "time in force": attrgetter("time_in_force"),
    "quantity": attrgetter("quantity"),
    "quote quantity": attrgetter("quote_order_quantity"),
    "price": attrgetter("price"),
    "stop price": attrgetter("stop_price"),
    "trailing delta (bips)": attrgetter("trailing_delta"),
    "status": attrgetter("status"),
    "executed quantity": attrgetter("executed_quantity"),
    "executed value": attrgetter("quote_executed"),
    "average price": attrgetter("average_price"),
    "source": attrgetter("source"),
    "reason": attrgetter("reason"),
}
TRADE_COLUMNS: Columns = {
    "traded": attrgetter("traded_at"),
    "trade id": attrgetter("exchange_trade_id"),
    "order id": attrgetter("order_id"),
    "symbol": attrgetter("symbol"),
    "side": attrgetter("side"),
    "price": attrgetter("price"),
    "quantity": attrgetter("quantity"),
    "value": lambda fill: product(fill.price, fill.quantity),
    "commission": attrgetter("commission"),
    "commission asset": attrgetter("commission_asset"),
    "role": lambda fill: "maker" if fill.is_maker else "taker",
    "realised PnL": attrgetter("realized_pnl"),
}


@require_safe
@never_cache
@login_required
def orders_csv(request: HttpRequest) -> HttpResponseBase:
    account, orders = _asked_for(request)
    return _download(request, f"orders-{_label(account)}", orders, ORDER_COLUMNS)


@require_safe
@never_cache
@login_required
def trades_csv(request: HttpRequest) -> HttpResponseBase:
    """The trades of the orders that the filter finds."""
    account, orders = _asked_for(request)
    fills = Fill.objects.filter(account=account, order__in=orders)
    return _download(request, f"trades-{_label(account)}", fills, TRADE_COLUMNS)


def cell(value: Any) -> str:
    """A value as text that no spreadsheet takes for a formula; numbers are left as they are."""
    match value:
        case None:
            return ""
        case Decimal():
            return spell(value)
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _asked_for(request: HttpRequest) -> tuple[ExchangeAccount, "QuerySet[Order]"]:
    account = chosen_of(request, accounts_of(request))
    if account is None:
        raise Http404("no account, no orders")
    narrowed = OrderFilter(request.GET, queryset=Order.objects.for_account(account.pk))
    if not narrowed.form.is_valid():
        raise Http404("no such filter")
    return account, narrowed.qs


def _label(account: ExchangeAccount) -> str:
    return f"{account.environment.lower()}-{account.pk}"


def _download(
    request: HttpRequest, name: str, rows: "QuerySet[Any]", columns: Columns
) -> HttpResponseBase:
    if not _slots.acquire(blocking=False):
        messages.error(request, BUSY)
        return redirect(f"{reverse('orders')}?{request.GET.urlencode()}")
    disposition = f'attachment; filename="{name}.csv"'
    return StreamingHttpResponse(
        _Export(_lines(rows, columns)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": disposition},
    )


class _Export:
    """The pieces of a file, and the slot that their making holds until the response is closed."""

    def __init__(self, pieces: Iterator[str]) -> None:
        self._pieces = pieces
        self._release = weakref.finalize(self, _slots.release)  # Also if nobody closes it.

    def __iter__(self) -> Iterator[str]:
        return self._pieces

    def close(self) -> None:
        self._release()


def _lines(rows: "QuerySet[Any]", columns: Columns) -> Iterator[str]:
    """The file in pieces of one page each."""
    yield _written([columns.keys()])
    for page in _pages(rows.order_by("-pk")):
        yield _written([cell(column(row)) for column in columns.values()] for row in page)


def _pages(rows: "QuerySet[Any]") -> Iterator[list[Any]]:
    """All rows by their ids, newest first: without a cursor on the server, a page in memory."""
    page = list(rows[:PAGE])
    while page:
        yield page
        page = list(rows.filter(pk__lt=page[-1].pk)[:PAGE]) if len(page) == PAGE else []


def _written(rows: Iterable[Iterable[str]]) -> str:
    lines = io.StringIO()
    csv.writer(lines).writerows(rows)
    return lines.getvalue()
