"""The sockets of this process, and the clock that looks after all of them.

One task for all sockets keeps an idle one cheap. Two loops, so that a database that hangs stops
no heartbeat.
"""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from django.contrib.sessions.models import Session
from django.db import DatabaseError
from django.utils import timezone

from accounts.models import AuthSession, User
from realtime.database import in_thread
from realtime.handshake import Visitor
from tradeplat.outage import Outage

_TICK_SECONDS = 1.0


class Socket(Protocol):
    visitor: Visitor

    def tick(self) -> None:
        """A second has passed."""

    def look(self, head: int) -> None:
        """The user's last event has this number."""

    def end_session(self) -> None:
        """The visitor's session, password or account is no longer what it was."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What rows say about the users that are connected."""

    users: dict[int, tuple[int, int]]  # Active user -> (token version, head)
    sids: frozenset[UUID]  # Sessions that live.
    session_keys: frozenset[str]

    def admits(self, visitor: Visitor) -> bool:
        user = self.users.get(visitor.user_id)
        if user is None or user[0] != visitor.token_version:
            return False
        if visitor.session_key:  # A browser: its row is only how its user sees it.
            return visitor.session_key in self.session_keys
        return visitor.sid in self.sids


class Roster:
    """Who is connected to this process."""

    def __init__(self) -> None:
        self._sockets: set[Socket] = set()
        self._outage = Outage("Rows to compare sockets with")

    def add(self, socket: Socket) -> None:
        self._sockets.add(socket)

    def discard(self, socket: Socket) -> None:
        self._sockets.discard(socket)

    async def keep_time(self) -> None:
        """Heartbeats, expiries and stalled clients, for ever."""
        while True:
            await asyncio.sleep(_TICK_SECONDS)
            for socket in list(self._sockets):
                socket.tick()

    async def keep_looking(self) -> None:
        """Compare every socket with rows once a second, for ever.

        This makes certain what messages make quick: events arrive and revoked sessions end within
        a second, whatever became of Redis or of the process that should have told us.
        """
        while True:
            await asyncio.sleep(_TICK_SECONDS)
            if sockets := list(self._sockets):
                await self._look(sockets)

    async def _look(self, sockets: list[Socket]) -> None:
        try:
            truth = await in_thread(read_truth, [socket.visitor for socket in sockets])
        except DatabaseError as error:
            self._outage.note(error)
            return
        self._outage.over()
        for socket in sockets:
            if truth.admits(socket.visitor):
                socket.look(truth.users[socket.visitor.user_id][1])
            else:
                socket.end_session()


def read_truth(visitors: Collection[Visitor]) -> Truth:
    """What rows say about these visitors, in one statement for each kind of row."""
    users = User.objects.filter(pk__in={visitor.user_id for visitor in visitors}, is_active=True)
    sids = {visitor.sid for visitor in visitors if visitor.sid}
    keys = {visitor.session_key for visitor in visitors if visitor.session_key}
    live_keys = Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now())
    return Truth(
        users={
            pk: (version, head or 0)
            for pk, version, head in users.values_list("pk", "token_version", "eventhead__seq")
        },
        sids=frozenset(AuthSession.objects.live().filter(pk__in=sids).values_list("pk", flat=True)),
        session_keys=frozenset(live_keys.values_list("session_key", flat=True)),
    )
