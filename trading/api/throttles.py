"""How many new orders one user may place. Cancels are never counted."""

import threading
from collections import Counter
from typing import ClassVar

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView


class OrderThrottle(SimpleRateThrottle):
    """Counts orders by user, in this process, over windows of the rate's own length.

    DRF's own way, a list of times in the cache, would cost more than the order itself at hundreds
    of orders a second.
    """

    scope = "orders"
    num_requests: int
    duration: int  # Seconds.
    _lock = threading.Lock()
    _window: ClassVar[int] = 0
    _counts: ClassVar[Counter[int]] = Counter()

    def allow_request(self, request: Request, view: APIView) -> bool:
        if self.rate is None:
            return True
        assert request.user.pk is not None  # Only the signed-in come this far.
        self.now = self.timer()
        return self._placed(request.user.pk, int(self.now // self.duration)) <= self.num_requests

    def wait(self) -> float:
        """Seconds until the next window."""
        return self.duration - self.now % self.duration

    @classmethod
    def _placed(cls, user_id: int, window: int) -> int:
        """Count an order; how many the user has placed in this window with it."""
        with cls._lock:
            if window != cls._window:
                cls._window = window
                cls._counts.clear()
            cls._counts[user_id] += 1
            return cls._counts[user_id]
