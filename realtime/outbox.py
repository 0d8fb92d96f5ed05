"""What waits to be written to one socket: bounded, so that a client that never reads costs little.

Order messages wait in line and are never left out. Market messages have a slot each, in which a
newer one replaces the one before, and a slot is written ten times a second at most.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress

LIMIT_CHARACTERS = 384 * 1024
_ROOM_CHARACTERS = 64 * 1024
PACE_SECONDS = 0.1
_SLOTS_REMEMBERED = 200


class Outbox:
    """One socket's outbox and the task that empties it through `send`.

    `on_overflow` is called once, when more waits than `LIMIT_CHARACTERS`.
    """

    def __init__(
        self, send: Callable[[str], Awaitable[None]], *, on_overflow: Callable[[], None]
    ) -> None:
        self._send = send
        self._on_overflow = on_overflow
        self._line: deque[str] = deque()
        self._waiting = 0  # Characters in the line.
        self._slots: dict[str, str] = {}
        self._written_at: dict[str, float] = {}  # Slot -> when it was last written.
        self._awake = asyncio.Event()
        self._has_room = asyncio.Event()
        self._has_room.set()
        self._busy_since: float | None = None
        self._alarm: asyncio.TimerHandle | None = None
        self._task = asyncio.create_task(self._write())

    def put(self, text: str) -> None:
        """Queue a message that must arrive."""
        if self._task.done():
            return
        self._line.append(text)
        self._waiting += len(text)
        self._awake.set()
        if self._waiting > _ROOM_CHARACTERS:
            self._has_room.clear()
        if self._waiting > LIMIT_CHARACTERS:
            self._on_overflow()

    def put_latest(self, slot: str, text: str) -> None:
        """Queue a message that replaces whatever still waits in its slot."""
        if not self._task.done():
            self._slots.pop(slot, None)  # To the end of the line.
            self._slots[slot] = text
            self._awake.set()

    @property
    def has_room(self) -> bool:
        """Whether what can be had later as well should be queued now."""
        return self._has_room.is_set()

    async def room(self) -> None:
        """Wait until there is."""
        await self._has_room.wait()

    def stalled_seconds(self) -> float:
        """For how long the client has not taken the message that is being written."""
        return 0.0 if self._busy_since is None else time.monotonic() - self._busy_since

    async def stop(self) -> None:
        """Forget what waits and write nothing more."""
        if self._alarm:
            self._alarm.cancel()
        self._line.clear()
        self._slots.clear()
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    async def _write(self) -> None:
        # Servers raise OSError for a client that has gone, and RuntimeError where they have sent
        # a close of their own. The consumer hears of both by its `websocket.disconnect`.
        with suppress(OSError, RuntimeError):
            while True:
                await self._awake.wait()
                self._awake.clear()
                await self._write_line()
                await self._write_slots()

    async def _write_line(self) -> None:
        while self._line:
            text = self._line.popleft()
            self._waiting -= len(text)
            await self._hand_over(text)
            if self._waiting <= _ROOM_CHARACTERS:
                self._has_room.set()

    async def _write_slots(self) -> None:
        """Write the slots that are due, and wake up again for those that are not yet."""
        now = time.monotonic()
        due_at = {slot: self._written_at.get(slot, 0.0) + PACE_SECONDS for slot in self._slots}
        for slot, due in due_at.items():
            if self._line:  # What must arrive goes first.
                break
            if due <= now and (text := self._slots.pop(slot, None)) is not None:
                self._written_at[slot] = now
                await self._hand_over(text)
        if len(self._written_at) > _SLOTS_REMEMBERED:
            self._written_at.clear()
        if self._alarm:
            self._alarm.cancel()
        if later := [due for due in due_at.values() if due > now]:
            loop = asyncio.get_running_loop()
            self._alarm = loop.call_later(min(later) - now, self._awake.set)

    async def _hand_over(self, text: str) -> None:
        self._busy_since = time.monotonic()
        await self._send(text)
        self._busy_since = None
