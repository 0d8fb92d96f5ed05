"""Rate limits: request weight per address and minute, unfilled orders per account."""

from dataclasses import dataclass

from paper import errors
from paper.config import Config

MINUTE_MS = 60_000
ORDERS_MS = 10_000
ORDERS_PER_DAY = 200_000
RAW_REQUESTS = 300_000


@dataclass(slots=True)
class _Weight:
    minute: int = 0
    used: int = 0


@dataclass(slots=True)
class _Orders:
    window: int = 0
    sent: int = 0


class Limits:
    """Counters of everybody. Times are the wall clock's, in ms."""

    def __init__(self, config: Config) -> None:
        self.weight_limit = config.weight_limit
        self.order_limit = config.order_limit
        self._weights: dict[str, _Weight] = {}
        self._orders: dict[int, _Orders] = {}

    def spend(self, address: str, weight: int, now: int) -> int:
        """Count a call's weight; the total of this minute. Raises -1003 when it is too much."""
        counter = self._weights.setdefault(address, _Weight())
        if counter.minute != now // MINUTE_MS:
            counter.minute, counter.used = now // MINUTE_MS, 0
        counter.used += weight
        if counter.used > self.weight_limit:
            raise errors.too_many_requests(self.weight_limit)
        return counter.used

    def used(self, address: str) -> int:
        return self._weights[address].used if address in self._weights else 0

    def count_order(self, account: int, now: int) -> int:
        """Count an order before it is placed. Raises -1015 when too many are unfilled."""
        counter = self._window(account, now)
        if counter.sent >= self.order_limit:
            raise errors.too_many_orders(self.order_limit, "10 SECOND")
        counter.sent += 1
        return counter.sent

    def forget_order(self, account: int, now: int) -> None:
        """An order has traded for the first time: it no longer counts."""
        counter = self._window(account, now)
        counter.sent = max(0, counter.sent - 1)

    def orders(self, account: int, now: int) -> int:
        return self._window(account, now).sent

    def _window(self, account: int, now: int) -> _Orders:
        counter = self._orders.setdefault(account, _Orders())
        if counter.window != now // ORDERS_MS:
            counter.window, counter.sent = now // ORDERS_MS, 0
        return counter

    def describe(self) -> list[dict[str, str | int]]:
        """The `rateLimits` of exchangeInfo."""
        return [
            _limit("REQUEST_WEIGHT", "MINUTE", 1, self.weight_limit),
            _limit("ORDERS", "SECOND", 10, self.order_limit),
            _limit("ORDERS", "DAY", 1, ORDERS_PER_DAY),
            _limit("RAW_REQUESTS", "MINUTE", 5, RAW_REQUESTS),
        ]


def retry_after_seconds(now: int, code: int) -> int:
    """Seconds until the window that a limit was hit in is over."""
    window = ORDERS_MS if code == -1015 else MINUTE_MS
    return max(1, -(-(window - now % window) // 1000))


def _limit(kind: str, interval: str, number: int, limit: int) -> dict[str, str | int]:
    return {
        "rateLimitType": kind,
        "interval": interval,
        "intervalNum": number,
        "limit": limit,
    }
