"""Following a user's numbered events without a gap and without a repeat.

A message that is next in line is passed on. Any other sign that there is more (a later number, a
head in the rows) makes us read rows from where we are; they hold every event before its message
is sent. So a lost message costs a query and nothing else, and what a slow client has no room for
need not be kept: it is read again when there is.
"""

import asyncio
import logging
from collections.abc import Callable

from django.db import DatabaseError

from realtime import replay
from realtime.database import in_thread
from realtime.outbox import Outbox
from realtime.texts import Text

logger = logging.getLogger(__name__)


class Following:
    """One socket's place in its user's events.

    `forward` takes each event once, in order, and puts it into `outbox`. `resync` is told the head
    when the place asked for is too far from it.
    """

    def __init__(
        self,
        user_id: int,
        last: int,
        *,
        outbox: Outbox,
        forward: Callable[[Text], None],
        resync: Callable[[int], None],
    ) -> None:
        self._user_id = user_id
        self.last = last  # The number of the event that was forwarded last.
        self.head = last  # The highest number that we have heard of.
        self._forward = forward
        self._outbox = outbox
        self._resync = resync
        self._resume_at: int | None = None
        self._reading: asyncio.Task[None] | None = None

    def hear(self, seq: int, message: Text) -> None:
        """A message of an event: passed on if it is the next one."""
        if seq == self.last + 1 and self._reading is None and self._outbox.has_room:
            self.last = seq
            self._forward(message)
        self.look(seq)

    def look(self, head: int) -> None:
        """There are events up to this number."""
        self.head = max(self.head, head)
        if self.head > self.last:
            self._read()

    def resume(self, since: int) -> None:
        """Go back (or on) to the place after this event and replay from there."""
        self._resume_at = since
        self._read()

    def stop(self) -> None:
        if self._reading:
            self._reading.cancel()

    def _read(self) -> None:
        if self._reading is None:
            self._reading = asyncio.create_task(self._read_rows())

    async def _read_rows(self) -> None:
        try:
            while self._resume_at is not None or self.last < self.head:
                if self._resume_at is not None:
                    await self._take_place(self._resume_at)
                elif not await self._read_page():
                    break
        except DatabaseError as error:
            # The rows are looked at again within a second.
            logger.warning("Events of user %d cannot be read: %s", self._user_id, error)
        finally:
            self._reading = None

    async def _take_place(self, since: int) -> None:
        head = await in_thread(replay.head, self._user_id)
        if since != self._resume_at:  # Asked for another place meanwhile.
            return
        self._resume_at = None
        self.head = max(self.head, head)
        if head - replay.FURTHEST <= since <= head:
            self.last = since
        else:
            self.last = head
            self._resync(head)

    async def _read_page(self) -> bool:
        """Forward the next page of events; whether there were any."""
        await self._outbox.room()
        events = await in_thread(replay.page, self._user_id, self.last)
        for seq, message in events:
            self.last = seq
            self._forward(message)
        return bool(events)
