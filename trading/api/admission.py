"""Refusing new orders before their acknowledgements would queue for seconds.

A sender who waits that long gives up and does not know what became of the order; a 503 that comes
at once, with nothing stored, is the better answer. Cancels are never refused.
"""

import http.client
import logging
import os
import threading
import time
from contextlib import closing

from django.conf import settings

from tradeplat.problems import Problem

logger = logging.getLogger(__name__)

_PROBE_PATH = "/healthz"
_PROBE_SECONDS = 0.25
_GIVE_UP_SECONDS = 30.0


class QueueDelay:
    """How long a request waits in this process's server before a thread takes it up.

    The server queues where Python cannot look, so the process asks itself: a small request over
    loopback goes through the same queue as all others. Where nothing listens on WEB_PORT (another
    server, a test) there is no queue to measure and the delay is 0.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pid = 0
        self._asked_at: float | None = None
        self._last = 0.0

    def seconds(self) -> float:
        self._ensure_thread()
        asked_at = self._asked_at
        return max(self._last, time.monotonic() - asked_at if asked_at else 0.0)

    def _ensure_thread(self) -> None:
        if self._pid == os.getpid():  # A thread does not survive a fork.
            return
        with self._lock:
            if self._pid != os.getpid():
                self._pid = os.getpid()
                threading.Thread(target=self._run, name="queue-delay", daemon=True).start()

    def _run(self) -> None:
        pause = threading.Event()
        while True:
            self._asked_at = asked_at = time.monotonic()
            try:
                self._probe()
                self._last = time.monotonic() - asked_at
            except TimeoutError:
                self._last = _GIVE_UP_SECONDS
            except (OSError, http.client.HTTPException):
                self._last = 0.0
            self._asked_at = None
            pause.wait(_PROBE_SECONDS)

    def _probe(self) -> None:
        port = settings.WEB_PORT
        with closing(
            http.client.HTTPConnection("127.0.0.1", port, timeout=_GIVE_UP_SECONDS)
        ) as connection:
            connection.request("GET", _PROBE_PATH)
            connection.getresponse().read()


queue_delay = QueueDelay()


def check() -> None:
    """Raises: a 503 OVERLOADED while requests wait longer than SHED_AFTER_SECONDS."""
    delay = queue_delay.seconds()
    if delay > settings.SHED_AFTER_SECONDS:
        logger.warning("Refusing orders: requests wait %.1f s", delay)
        raise Problem(
            503,
            "OVERLOADED",
            "Too many orders at once: nothing was stored, send it again in a moment.",
            headers={"Retry-After": "1"},
        )
