"""Answers of the exchange, kept for a moment in this process.

However many ask, the exchange is asked once; while it is away, the last good answer serves.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from execution.public_data import Unavailable
from tradeplat.problems import Problem

T = TypeVar("T")
MOST_ANSWERS = 64  # A thousand candles are half a megabyte.
# The exchange allows our address 6,000 units of weight a minute. Strangers can spend 1,500 of them
# on candles and books and 960 on tickers, so that orders always find enough.
CALLS_PER_MINUTE = 300
# The threads that wait here are those that orders need: two of them may wait for the exchange to
# its end, the others for as long as a healthy exchange takes at most.
MOST_FLIGHTS = 2
PATIENCE_SECONDS = 0.5


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
        self._landing = threading.Condition()  # Guards all below, tells when a call is over.
        self._answers: OrderedDict[Hashable, Answer] = OrderedDict()
        self._flights: dict[Hashable, float] = {}  # Calls under way, since time.monotonic().
        self._failing, self._quiet_until = False, 0.0
        self._minute, self._calls = 0, 0

    def get(self, key: Hashable, seconds: float, ask: Callable[[], T]) -> tuple[T, float]:
        """The answer to `ask`, at most `seconds` old while the exchange answers, and its age.

        Raises: a 503 when there is no answer, not even an old one.
        """
        with self._landing:
            self._landing.wait_for(lambda: not self._worth_waiting(key), self._patience())
            answer = self._answers.get(key)
            stale = answer is None or answer.age >= seconds
            mine = stale and key not in self._flights and self._may_call()
            if mine:
                self._flights[key] = time.monotonic()
        if mine:
            answer = self._fly(key, ask) or answer
        if answer is None:
            raise _unavailable()
        return cast(T, answer.value), answer.age  # Better a little old than waiting.

    def forget(self) -> None:
        with self._landing:
            self._answers.clear()
            self._failing, self._quiet_until = False, 0.0
            self._calls = 0

    def _worth_waiting(self, key: Hashable) -> bool:
        """Whether the end of a call under way may bring this answer, or let us ask for it."""
        if key in self._answers or self._failing:
            return False
        return key in self._flights or len(self._flights) >= MOST_FLIGHTS

    def _patience(self) -> float:
        """Counted from the oldest call, so that an exchange that hangs keeps nobody after that."""
        oldest = min(self._flights.values(), default=0.0)
        return max(0.0, oldest + PATIENCE_SECONDS - time.monotonic())

    def _may_call(self) -> bool:
        now = time.monotonic()
        if int(now // 60) != self._minute:
            self._minute, self._calls = int(now // 60), 0
        if now < self._quiet_until or self._calls >= CALLS_PER_MINUTE:
            return False
        # One is enough to find out whether the exchange is back.
        if len(self._flights) >= (1 if self._failing else MOST_FLIGHTS):
            return False
        self._calls += 1
        return True

    def _fly(self, key: Hashable, ask: Callable[[], Any]) -> Answer | None:
        """Ask the exchange. None when it does not answer; whatever else is raised is a bug."""
        try:
            answer = Answer(ask(), time.monotonic())
            self._keep(key, answer)
            return answer
        except Unavailable as error:
            with self._landing:
                self._failing = True
                self._quiet_until = time.monotonic() + error.retry_after
            return None
        finally:
            with self._landing:
                del self._flights[key]
                self._landing.notify_all()

    def _keep(self, key: Hashable, answer: Answer) -> None:
        with self._landing:
            self._failing = False
            self._answers[key] = answer
            self._answers.move_to_end(key)
            while len(self._answers) > MOST_ANSWERS:
                self._answers.popitem(last=False)


def _unavailable() -> Problem:
    return Problem(
        503,
        "EXCHANGE_UNAVAILABLE",
        "The exchange does not answer; orders are not touched by this.",
        headers={"Retry-After": "1"},
    )
