"""Pauses that the exchange asked for: nothing goes to this address, or of this account, until then.

Kept by each process for itself. Another one that has not heard of the pause yet is told by the
exchange, which executes nothing meanwhile.
"""

import logging
import threading
import time

from accounts.models import ExchangeAccount
from execution.exchange import ExchangeError, NotSent

logger = logging.getLogger(__name__)
_Key = str | int  # An environment's name, which stands for an address, or an account's id.


class Holds:
    """Safe to use from every thread."""

    def __init__(self) -> None:
        self._until: dict[_Key, float] = {}
        self._lock = threading.Lock()

    def note(self, account: ExchangeAccount, error: ExchangeError) -> None:
        """Take in what a failed call of an account says about others."""
        if isinstance(error, NotSent) and error.scope in ("account", "address"):
            key: _Key = account.pk if error.scope == "account" else account.environment
            self._hold(key, error.retry_after)
            logger.warning("%s Nothing goes to %s for %.1f s.", error, key, error.retry_after)

    def left(self, *keys: _Key) -> float:
        """Seconds until all of these keys may go again, 0 when they may now."""
        with self._lock:
            longest = max((self._until.get(key, 0.0) for key in keys), default=0.0)
        return max(0.0, longest - time.monotonic())

    def environments(self) -> list[str]:
        """The environments that nothing may be sent to now."""
        with self._lock:
            now = time.monotonic()
            self._until = {key: until for key, until in self._until.items() if until > now}
            return [key for key in self._until if isinstance(key, str)]

    def _hold(self, key: _Key, seconds: float) -> None:
        with self._lock:
            until = time.monotonic() + seconds
            self._until[key] = max(until, self._until.get(key, 0.0))
