"""Rate limits: request weight per address and minute, unfilled orders per account."""

from dataclasses import dataclass
from typing import NoReturn

from paper import errors
from paper.config import Config

MINUTE_MS = 60_000
ORDERS_MS = 10_000
DAY_MS = 86_400_000
RAW_REQUESTS = 300_000
REFUSALS_BEFORE_BAN = 20  # Of one address in one minute.
BAN_MS = 120_000  # The shortest of Binance's bans.
_DAILY_FACTOR = 2_000  # At Binance 100 orders in 10 s and 200,000 a day.


@dataclass(slots=True)
class _Weight:
    minute: int = 0
    used: int = 0
    refused: int = 0
    banned_until: int = 0


@dataclass(slots=True)
class OrderCount:
    """An account's orders in the current 10 seconds (less those that traded), and today."""

    window: int = 0
    recent: int = 0
    day: int = 0
    today: int = 0


class Limits:
    """Counters of everybody. Times are the wall clock's, in ms."""

    def __init__(self, config: Config) -> None:
        self.weight_limit = config.weight_limit
        self.order_limit = config.order_limit
        self.daily_limit = config.order_limit * _DAILY_FACTOR
        self._weights: dict[str, _Weight] = {}
        self._orders: dict[int, OrderCount] = {}

    def spend(self, address: str, weight: int, now: int) -> int:
        """Count a call's weight; the total of this minute.

        Raises -1003 when it is too much: 429, and 418 to an address that goes on after that.
        """
        counter = self._weights.setdefault(address, _Weight())
        if now < counter.banned_until:
            raise errors.banned(counter.banned_until)
        if counter.minute != now // MINUTE_MS:
            counter.minute, counter.used, counter.refused = now // MINUTE_MS, 0, 0
        counter.used += weight
        if counter.used > self.weight_limit:
            self._refuse(counter, now)
        return counter.used

    def _refuse(self, counter: _Weight, now: int) -> NoReturn:
        counter.refused += 1
        if counter.refused > REFUSALS_BEFORE_BAN:
            counter.banned_until = now + BAN_MS
            raise errors.banned(counter.banned_until)
        raise errors.too_many_requests(self.weight_limit)

    def used(self, address: str) -> int:
        return self._weights[address].used if address in self._weights else 0

    def count_order(self, account: int, now: int) -> None:
        """Count an order before it is placed. Raises -1015 when there are too many."""
        count = self.orders(account, now)
        if count.recent >= self.order_limit:
            raise errors.too_many_orders(self.order_limit, "10 SECOND")
        if count.today >= self.daily_limit:
            raise errors.too_many_orders(self.daily_limit, "1 DAY")
        count.recent += 1
        count.today += 1

    def forget_order(self, account: int, now: int) -> None:
        """An order has traded for the first time: it is no longer an unfilled one."""
        count = self.orders(account, now)
        count.recent = max(0, count.recent - 1)

    def orders(self, account: int, now: int) -> OrderCount:
        """The account's counters, begun anew where a window is over."""
        count = self._orders.setdefault(account, OrderCount())
        if count.window != now // ORDERS_MS:
            count.window, count.recent = now // ORDERS_MS, 0
        if count.day != now // DAY_MS:
            count.day, count.today = now // DAY_MS, 0
        return count

    def describe(self) -> list[dict[str, str | int]]:
        """The `rateLimits` of exchangeInfo."""
        return [
            _limit("REQUEST_WEIGHT", "MINUTE", 1, self.weight_limit),
            _limit("ORDERS", "SECOND", 10, self.order_limit),
            _limit("ORDERS", "DAY", 1, self.daily_limit),
            _limit("RAW_REQUESTS", "MINUTE", 5, RAW_REQUESTS),
        ]


def retry_after_seconds(now: int, error: errors.ExchangeError) -> int:
    """Seconds until the window that a limit was hit in, or a ban, is over."""
    window = ORDERS_MS if error.code == -1015 else MINUTE_MS
    until = error.retry_at or now - now % window + window
    return max(1, -(-(until - now) // 1000))


def _limit(kind: str, interval: str, number: int, limit: int) -> dict[str, str | int]:
    return {
        "rateLimitType": kind,
        "interval": interval,
        "intervalNum": number,
        "limit": limit,
    }
