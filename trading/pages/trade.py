"""The trade page. Rows are rendered once here; static/js/trade.js keeps them alive."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import ExchangeAccount, User
from trading.models import Order, Position, Symbol
from trading.pages.page_data import page_data

DEFAULT_SYMBOL = "BTCUSDT"
INTERVALS = ("1m", "5m", "15m", "1h", "4h", "1d", "1w")


@dataclass(frozen=True, slots=True)
class TicketField:
    """An amount that the order panel asks for, in the base or the quote asset."""

    name: str
    label: str
    unit: str
    hidden: bool = False


TICKET_FIELDS = (
    TicketField("stopPrice", "Stop price", "quote", hidden=True),
    TicketField("price", "Price", "quote", hidden=True),
    TicketField("quantity", "Quantity", "base"),
)


@require_safe
def trade_default(request: HttpRequest) -> HttpResponse:
    return redirect("trade", symbol=DEFAULT_SYMBOL)


@require_safe
@never_cache
@login_required
def trade(request: HttpRequest, symbol: str) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]  # login_required
    account = ExchangeAccount.objects.of(user.pk, None)
    if not _is_tradable(account.environment, symbol):
        raise Http404(f"no symbol {symbol}")
    context = {
        "symbol": symbol,
        "account": account,
        "page": page_data(request, account) | {"symbol": symbol},
        "intervals": INTERVALS,
        "ticket_fields": TICKET_FIELDS,
        "orders": Order.objects.for_account(account.pk).open().newest_first()[:100],
        "positions": Position.objects.filter(account=account).exclude(quantity=0),
    }
    return render(request, "trading/trade.html", context)


def _is_tradable(environment: str, symbol: str) -> bool:
    """Whether the exchange lists the symbol; before its first listing only the default one is."""
    listed = Symbol.objects.filter(environment=environment)
    return listed.filter(symbol=symbol).exists() or (
        symbol == DEFAULT_SYMBOL and not listed.exists()
    )
