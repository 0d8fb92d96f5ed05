"""Ports for the servers of the tests: none is handed out twice, nor by two copies of pytest."""

import os
import random

from tradeplat.run.ports import is_free

_LOWEST, _HIGHEST = 19_000, 32_000  # An outgoing connection takes ports from 32,768 on.
_copies = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
_copy = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_own = range(_LOWEST + _copy, _HIGHEST, _copies)
_left = iter(random.sample(_own, len(_own)))


def free_port() -> int:
    """A port that nobody listens on, and that stays its receiver's while nothing listens there."""
    return next(port for port in _left if is_free(port))
