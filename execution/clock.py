"""What time it is at an exchange, told by this process's own monotonic clock.

One reading of that clock serves the fence and the signature alike, and a step of the machine's
wall clock, or its sleep, cannot make an old order look fresh.
"""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable

_SAMPLES = 5
_FRESH_SECONDS = 300.0


class NotMeasured(RuntimeError):
    """The exchange has not told its time yet."""


class ExchangeClock:
    """The offset from our monotonic clock to the exchange's time, measured over and over."""

    def __init__(self, ask: Callable[[], Awaitable[float]]) -> None:
        """`ask` fetches the exchange's time in seconds since the epoch."""
        self._ask = ask
        self._offset: float | None = None
        self._measured_at = 0.0
        self._measuring = asyncio.Lock()

    @property
    def measured(self) -> bool:
        return self._offset is not None

    @property
    def fresh(self) -> bool:
        return self.measured and time.monotonic() - self._measured_at < _FRESH_SECONDS

    def at(self, instant: float) -> float:
        """The exchange's time, in seconds since the epoch, at an instant of `time.monotonic()`."""
        if self._offset is None:
            raise NotMeasured
        return instant + self._offset

    async def measure(self) -> None:
        """Measure the offset: the median of several askings, each taken at its half-way point.

        Callers that wait for a measurement which another has begun share its outcome.
        """
        asked_at = time.monotonic()
        async with self._measuring:
            if self._measured_at > asked_at:
                return
            self._offset = statistics.median([await self._sample() for _ in range(_SAMPLES)])
            self._measured_at = time.monotonic()

    async def _sample(self) -> float:
        begun = time.monotonic()
        told = await self._ask()
        return told - (begun + time.monotonic()) / 2
