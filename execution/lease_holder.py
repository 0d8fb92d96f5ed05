"""A lease as a long-running process holds it: renewed while it works, never spoken for too long."""

import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from execution import leases
from tradeplat.outage import DATABASE_AWAY, Outage

InThread = Callable[..., Awaitable[Any]]  # Runs a query without stopping the event loop.


class LeaseHolder:
    """One process's claim to one lease."""

    def __init__(self, name: str, owner: str, *, seconds: float, in_thread: InThread) -> None:
        self._name = name
        self._owner = owner
        self._seconds = seconds
        self._in_thread = in_thread
        self._taken_at = 0.0
        self._outage = Outage(f"The lease {name}")

    async def take(self) -> bool:
        """Take or renew the lease. While the database is away it stays with whoever has it."""
        asked_at = time.monotonic()
        try:
            taken = await self._in_thread(leases.take, self._name, self._owner, self._seconds)
        except DATABASE_AWAY as error:
            self._outage.note(error)
            if self._taken_at:
                self._taken_at = time.monotonic()
            return self._taken_at > 0
        self._outage.over()
        self._taken_at = asked_at if taken else 0.0
        return bool(taken)

    def may_speak(self) -> bool:
        """False in a process that was stopped and goes on: another may have the lease by now."""
        return time.monotonic() - self._taken_at < self._seconds

    async def drop(self) -> None:
        """Give the lease back, if the database is there; it ends by itself otherwise."""
        with suppress(*DATABASE_AWAY):
            await self._in_thread(leases.drop, self._name, self._owner)
