"""Answers of the exchange, kept for a moment in this process.

However many ask, the exchange is asked once; while it is away, the last good answer serves.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from execution.public_data import Unavailable
from tradeplat.problems import Problem

T = TypeVar("T")
MOST_ANSWERS = 64  # A thousand candles are half a megabyte.
# The exchange allows our address 6,000 units of weight a minute. Strangers can spend 1,500 of them
# on candles and books and 960 on tickers, so that orders always find enough.
CALLS_PER_MINUTE = 300
WAIT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Answer:
    value: Any
    asked_at: float  # time.monotonic()

    @property
    def age(self) -> float:
        """Seconds since the exchange was asked."""
        return time.monotonic() - self.asked_at


class Kept:
    """Keeps the newest answers by key. Safe to use from every thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answers: OrderedDict[Hashable, Answer] = OrderedDict()
        self._flights: dict[Hashable, Future[Answer]] = {}
        self._failing, self._quiet_until = False, 0.0
        self._minute, self._calls = 0, 0

    def get(self, key: Hashable, seconds: float, ask: Callable[[], T]) -> tuple[T, float]:
        """The answer to `ask`, at most `seconds` old while the exchange answers, and its age.

        Raises: a 503 when there is no answer, not even an old one.
        """
        with self._lock:
            last = self._answers.get(key)
            if last and last.age < seconds:
                return cast(T, last.value), last.age
            flight = self._flights.get(key)
            mine = flight is None and self._may_call()
            if mine:
                flight = self._flights[key] = Future()
            hopeless = flight is None or (self._failing and not mine)
        if mine and flight:
            self._fly(key, flight, ask)
        elif last:
            return cast(T, last.value), last.age  # Better a little old than waiting.
        if hopeless or flight is None:
            raise _unavailable()
        return _landed(flight, last)

    def forget(self) -> None:
        with self._lock:
            self._answers.clear()
            self._failing, self._quiet_until = False, 0.0
            self._calls = 0

    def _may_call(self) -> bool:
        now = time.monotonic()
        if int(now // 60) != self._minute:
            self._minute, self._calls = int(now // 60), 0
        if now < self._quiet_until or self._calls >= CALLS_PER_MINUTE:
            return False
        # The threads that wait here are those that orders need: one is enough to find out.
        if self._failing and self._flights:
            return False
        self._calls += 1
        return True

    def _fly(self, key: Hashable, flight: "Future[Answer]", ask: Callable[[], Any]) -> None:
        try:
            answer = Answer(ask(), time.monotonic())
        except BaseException as error:
            # Whatever it was, those who wait for this flight must hear of it.
            with self._lock:
                del self._flights[key]
                if isinstance(error, Unavailable):
                    self._failing = True
                    self._quiet_until = time.monotonic() + error.retry_after
            flight.set_exception(error)
            return
        with self._lock:
            del self._flights[key]
            self._failing = False
            self._answers[key] = answer
            self._answers.move_to_end(key)
            while len(self._answers) > MOST_ANSWERS:
                self._answers.popitem(last=False)
        flight.set_result(answer)


def _landed(flight: "Future[Answer]", last: Answer | None) -> tuple[Any, float]:
    try:
        answer = flight.result(WAIT_SECONDS)
    except (Unavailable, TimeoutError) as error:
        if last is None:
            raise _unavailable() from error
        answer = last
    return answer.value, answer.age


def _unavailable() -> Problem:
    return Problem(
        503,
        "EXCHANGE_UNAVAILABLE",
        "The exchange does not answer; orders are not touched by this.",
        headers={"Retry-After": "1"},
    )
