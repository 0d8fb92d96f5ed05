"""The exchanges of this process, one connection pool for each environment."""

import threading

from cryptography.fernet import InvalidToken
from django.conf import settings

from accounts.models import ExchangeAccount
from execution import loop
from execution.binance import Binance
from execution.exchange import Credentials, Exchange, KeysLost

_lock = threading.Lock()
_open: dict[tuple[str, str], Binance] = {}
_MAKING_SECONDS = 10.0


def exchange_for(environment: str) -> Exchange:
    """The exchange of an environment. Its coroutines run on `execution.loop`.

    Not to be called from the loop's own thread.
    """
    url = settings.EXCHANGE_URLS[environment]["REST_URL"]
    with _lock:
        if (environment, url) not in _open:
            _open[environment, url] = loop.run(_make(url), _MAKING_SECONDS)
        return _open[environment, url]


def credentials_of(account: ExchangeAccount) -> Credentials:
    """Raises: `KeysLost` where none of FIELD_ENCRYPTION_KEYS decrypts them."""
    try:
        return Credentials(account.environment, account.api_key, account.secret_key)
    except InvalidToken as error:
        raise KeysLost from error


def close_all() -> None:
    """Give the connections back."""
    with _lock:
        while _open:
            _, exchange = _open.popitem()
            loop.run(exchange.close(), _MAKING_SECONDS)


async def _make(url: str) -> Binance:
    return Binance(url)
