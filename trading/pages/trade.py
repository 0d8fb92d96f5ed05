"""The trade page. Rows are rendered once here; static/js/trade.js keeps them alive."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import ExchangeAccount
from trading.models import Order, Position, Symbol
from trading.models.orders import TimeInForce
from trading.pages.chosen_account import accounts_of, chosen_of
from trading.pages.page_data import page_data

DEFAULT_SYMBOL = "BTCUSDT"
INTERVALS = ("1m", "5m", "15m", "1h", "4h", "1d", "1w")


TIMES_IN_FORCE = (
    (TimeInForce.GTC, "Good till cancelled"),
    (TimeInForce.IOC, "Immediate or cancel"),
    (TimeInForce.FOK, "Fill or kill"),
)


@dataclass(frozen=True, slots=True)
class TicketField:
    """An amount that the order panel asks for: in the base or the quote asset, or in percent."""

    name: str
    label: str
    unit: str
    hidden: bool = True
    size_in: str = ""  # The asset in which the amount can be given instead: BASE or QUOTE.
    placeholder: str = "0"


TICKET_FIELDS = (
    TicketField("stopPrice", "Stop price", "quote"),
    TicketField("trailingDelta", "Trail", "percent", placeholder="optional"),
    TicketField("price", "Price", "quote"),
    TicketField("quantity", "Quantity", "base", hidden=False, size_in="QUOTE"),
    TicketField("quoteOrderQty", "Spend", "quote", size_in="BASE"),
)


@require_safe
def trade_default(request: HttpRequest) -> HttpResponse:
    query = request.GET.urlencode()
    address = reverse("trade", kwargs={"symbol": DEFAULT_SYMBOL})
    return redirect(f"{address}?{query}" if query else address)


@require_safe
@never_cache
@login_required
def trade(request: HttpRequest, symbol: str) -> HttpResponse:
    accounts = accounts_of(request)
    account = chosen_of(request, accounts)
    if account is None or account.archived_at:
        return render(request, "trading/no_account.html", {"archived": account}, status=404)
    if not _is_tradable(account.environment, symbol):
        raise Http404(f"no symbol {symbol}")
    context = {
        "symbol": symbol,
        "account": account,
        "accounts": [each for each in accounts if each.archived_at is None],
        "page": page_data(request, account) | _terminal_data(account, symbol),
        "intervals": INTERVALS,
        "times_in_force": TIMES_IN_FORCE,
        "ticket_fields": TICKET_FIELDS,
        "orders": Order.objects.for_account(account.pk).open().newest_first()[:100],
        "positions": Position.objects.filter(account=account).exclude(quantity=0),
    }
    return render(request, "trading/trade.html", context)


def _terminal_data(account: ExchangeAccount, symbol: str) -> dict[str, str | bool]:
    """What the trade page's modules read besides."""
    return {
        "symbol": symbol,
        "accountName": account.name,
        "accountReason": account.state_reason,
        "isDefaultAccount": account.is_default,
    }


def _is_tradable(environment: str, symbol: str) -> bool:
    """Whether the exchange lists the symbol; before its first listing only the default one is."""
    if "\0" in symbol:  # PostgreSQL cannot even be asked about it.
        return False
    listed = Symbol.objects.filter(environment=environment)
    return listed.filter(symbol=symbol).exists() or (
        symbol == DEFAULT_SYMBOL and not listed.exists()
    )
