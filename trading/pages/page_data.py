"""What a live page tells its JavaScript, which reads it in static/js/page.js."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest

from accounts.models import ExchangeAccount
from trading.models import EventHead


def page_data(request: HttpRequest, account: ExchangeAccount) -> dict[str, Any]:
    """Whose rows the page shows, and where it hears of their changes."""
    return {
        "userId": account.user_id,
        "accountId": account.pk,
        "accountState": account.state,
        "environment": account.environment,
        "socketUrl": socket_url(request),
    }


def head_seq(user_id: int) -> int:
    """The number of the user's last event. Read before the rows, it makes sure that what happens in
    between is heard of, twice rather than never."""
    seq = EventHead.objects.filter(user_id=user_id).values_list("seq", flat=True).first()
    return seq or 0


def socket_url(request: HttpRequest) -> str:
    """Where this browser finds the WebSocket: the configured address or path, or our port on the
    page's host."""
    scheme = "wss" if request.is_secure() else "ws"
    if given := settings.REALTIME_URL:
        origin = f"{scheme}://{request.get_host()}" if given.startswith("/") else ""
        return f"{origin}{given.rstrip('/')}/prices"
    host = urlsplit(f"//{request.get_host()}").hostname or "localhost"
    host = f"[{host}]" if ":" in host else host
    return f"{scheme}://{host}:{settings.REALTIME_PORT}/prices"
