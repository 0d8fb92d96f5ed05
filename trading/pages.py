"""The pages of the terminal. Rows are rendered once here; static/js/trade.js keeps them alive."""

import json
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import Environment, ExchangeAccount, User
from trading.models import Order, Position, Symbol

DEFAULT_SYMBOL = "BTCUSDT"
INTERVALS = ("1m", "5m", "15m", "1h", "4h", "1d", "1w")

ENVIRONMENT_WORDS = {
    Environment.PAPER: "Simulated exchange. No real money.",
    Environment.TESTNET: "The exchange's test network. No real money.",
    Environment.DEMO: "The exchange's demo mode. No real money.",
    Environment.LIVE: "Real money.",
}


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
def landing(request: HttpRequest) -> HttpResponse:
    return render(request, "landing.html", {"environment": settings.DEFAULT_ENVIRONMENT})


@require_safe
def licences(request: HttpRequest) -> HttpResponse:
    return render(request, "licences.html", {"works": vendored_works()})


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
        "page": _page(request, user, account, symbol),
        "environment_words": ENVIRONMENT_WORDS[Environment(account.environment)],
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


def _page(
    request: HttpRequest, user: User, account: ExchangeAccount, symbol: str
) -> dict[str, Any]:
    """What static/js/page.js reads."""
    return {
        "symbol": symbol,
        "userId": user.pk,
        "accountId": account.pk,
        "accountState": account.state,
        "environment": account.environment,
        "socketUrl": socket_url(request),
    }


def socket_url(request: HttpRequest) -> str:
    """Where this browser finds the WebSocket: the configured address, or our port on its host."""
    if settings.REALTIME_URL:
        return f"{settings.REALTIME_URL.rstrip('/')}/prices"
    scheme = "wss" if request.is_secure() else "ws"
    host = urlsplit(f"//{request.get_host()}").hostname or "localhost"
    host = f"[{host}]" if ":" in host else host
    return f"{scheme}://{host}:{settings.REALTIME_PORT}/prices"


@cache
def vendored_works() -> list[dict[str, str]]:
    """The works of others in static/vendor: name, version, licence and its text."""
    vendor = settings.BASE_DIR / "static" / "vendor"
    packages = json.loads((vendor / "VENDOR.json").read_text())["packages"]
    return [work | {"text": (vendor / work["licence_file"]).read_text()} for work in packages]
