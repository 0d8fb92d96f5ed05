"""The socket of one visitor: their own orders, positions and balances, and the market they ask for.

Handlers only sort and queue: once the socket is open nothing in them waits, for rows or the client.
"""

import asyncio
import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from channels.consumer import get_handler_name
from channels.generic.websocket import AsyncWebsocketConsumer
from django.db import DatabaseError
from django.utils import timezone

from realtime import closing, groups, process, replay
from realtime.closing import CloseCode
from realtime.database import in_thread
from realtime.following import Following
from realtime.handshake import Handshake, Refused, Visitor
from realtime.layer import Message
from realtime.operations import (
    MAX_CHANNELS,
    BadMessage,
    Resume,
    Subscribe,
    Unsubscribe,
    parse,
    seq_of,
)
from realtime.outbox import Outbox
from realtime.texts import Text

logger = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 15.0
_OPENING_SECONDS = 15.0  # A thousand that come back at once take a few.
_STALL_SECONDS = 2.0  # With every buffer between us and the client full.


class EventConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]
    """Pushes to one visitor; see the wire contract for its messages."""

    visitor: Visitor
    outbox: Outbox
    following: Following

    def __init__(self) -> None:
        super().__init__()
        self.subscribed: dict[str, None] = {}  # Market channels, in the order they were asked for.
        self.is_open = False
        self.heartbeat_at = 0.0
        self.feed_is_silent = False  # As this client was told last.
        self.closer: asyncio.Task[None] | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self._clean_up()

    async def dispatch(self, message: Message) -> None:
        # Channels' own closes old database connections first, by a trip through a thread for
        # every message. Our queries do that for themselves.
        await getattr(self, get_handler_name(message))(message)

    # --- The opening ---------------------------------------------------------------------------

    async def connect(self) -> None:
        process.ensure_started()
        handshake = Handshake.of(self.scope)
        self.decimals = handshake.decimals
        try:
            async with asyncio.timeout(_OPENING_SECONDS):
                self.visitor = await in_thread(handshake.visitor)
                # Join first, read rows second: what happens in between comes as a message.
                await self._join_group(groups.of_user(self.visitor.user_id))
                head, environment = await in_thread(replay.start, self.visitor.user_id)
        except Refused as refusal:
            await self._refuse(handshake, CloseCode.UNAUTHORIZED, str(refusal))
        except (DatabaseError, TimeoutError) as error:
            logger.warning("A socket cannot be opened: %s", error or "the database is slow")
            await self._refuse(handshake, CloseCode.TRY_AGAIN_LATER, "Try again in a moment.")
        else:
            await self.accept(handshake.subprotocol)
            self._greet(head, environment, since=handshake.first("since"))

    async def _refuse(self, handshake: Handshake, code: CloseCode, reason: str) -> None:
        """Accept, so that a browser gets to see the code, then close."""
        await self.accept(handshake.subprotocol)
        await closing.close(self.base_send, code, reason)

    def _greet(self, head: int, environment: str, *, since: str | None) -> None:
        self.is_open = True
        self.outbox = Outbox(self._write, on_overflow=self._cut_off)
        self.following = Following(
            self.visitor.user_id,
            head,
            outbox=self.outbox,
            forward=self._push,
            resync=lambda head: self._say("RESYNC", {"headSeq": head}),
        )
        user_id, now = self.visitor.user_id, timezone.now()
        hello = {"userId": user_id, "headSeq": head, "environment": environment, "serverTime": now}
        self._say("HELLO", hello)
        self.heartbeat_at = time.monotonic() + HEARTBEAT_SECONDS
        self.feed_is_silent = process.market.is_silent
        process.roster.add(self)
        if since is not None:
            with self._errors_told():
                self.following.resume(seq_of(since))

    # --- What the client says --------------------------------------------------------------------

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if not self.is_open:
            return
        with self._errors_told():
            match parse(text_data):
                case Subscribe(channels):
                    await self._join(channels)
                case Unsubscribe(channels):
                    await self._leave(channels)
                    self._say_subscribed()
                case Resume(since):
                    self.following.resume(since)

    async def _join(self, channels: list[str]) -> None:
        new = [channel for channel in channels if channel not in self.subscribed]
        if bad := [channel for channel in new if not process.market.offers(channel)]:
            raise BadMessage("BAD_CHANNEL", f"There is no channel {bad[0][:80]!r}.")
        if len(self.subscribed) + len(new) > MAX_CHANNELS:
            raise BadMessage("TOO_MANY_CHANNELS", f"A socket has at most {MAX_CHANNELS} channels.")
        for channel in new:
            self.subscribed[channel] = None
            await self._join_group(groups.of_market(channel))
        self._say_subscribed()
        for channel in new:
            for slot, text in process.market.snapshot(channel):
                self.outbox.put_latest(slot, text.written(self.decimals))

    async def _leave(self, channels: list[str]) -> None:
        for channel in channels:
            if channel in self.subscribed:
                del self.subscribed[channel]
                group = groups.of_market(channel)
                self.groups.remove(group)
                await self.channel_layer.group_discard(group, self.channel_name)

    async def _join_group(self, group: str) -> None:
        self.groups.append(group)
        await self.channel_layer.group_add(group, self.channel_name)

    # --- What the groups carry -------------------------------------------------------------------

    async def order_event(self, message: Message) -> None:
        if self.is_open:
            self.following.hear(message["seq"], message["text"])

    async def user_state(self, message: Message) -> None:
        if self.is_open:
            self._push(message["text"])

    async def market_message(self, message: Message) -> None:
        if self.is_open:
            self.outbox.put_latest(message["slot"], message["text"].written(self.decimals))

    async def session_revoked(self, message: Message) -> None:
        if self.is_open and str(self.visitor.sid) == message["sid"]:
            self.end_session()

    async def user_revoked(self, message: Message) -> None:
        self.end_session()

    # --- What the roster says --------------------------------------------------------------------

    def tick(self) -> None:
        if timezone.now() >= self.visitor.expires_at:
            self.end_session()
        elif self.outbox.stalled_seconds() > _STALL_SECONDS:
            self._cut_off()
        elif time.monotonic() >= self.heartbeat_at:
            self.heartbeat_at += HEARTBEAT_SECONDS
            self._beat()
        elif process.market.is_silent != self.feed_is_silent:
            self._beat()  # Prices that have stopped, or go on, are not news for later.

    def _beat(self) -> None:
        self.feed_is_silent = process.market.is_silent
        beat = {"headSeq": self.following.head, "serverTime": timezone.now()}
        self._say("HEARTBEAT", beat | {"feedAgeMs": process.market.age_ms()})

    def look(self, head: int) -> None:
        if self.is_open:
            self.following.look(head)

    def end_session(self) -> None:
        self._end(CloseCode.UNAUTHORIZED, "The session has ended.")

    def _cut_off(self) -> None:
        logger.info("User %d does not read, the socket is closed", self.visitor.user_id)
        self._end(CloseCode.TRY_AGAIN_LATER, "Messages were not read.")

    # --- Writing ---------------------------------------------------------------------------------

    def _end(self, code: CloseCode, reason: str) -> None:
        if self.is_open:
            self.is_open = False
            process.roster.discard(self)
            self.following.stop()
            self.closer = asyncio.create_task(self._close(code, reason))

    async def _clean_up(self) -> None:
        """Leave nothing behind, however the socket has ended."""
        process.roster.discard(self)
        for group in self.groups:
            await self.channel_layer.group_discard(group, self.channel_name)
        self.channel_layer.forget(self.channel_name)
        if self.is_open:  # Otherwise it never was, or `_end` has seen to the rest.
            self.is_open = False
            self.following.stop()
            await self.outbox.stop()

    async def _close(self, code: CloseCode, reason: str) -> None:
        await self.outbox.stop()
        await closing.close(self.base_send, code, reason)

    def _push(self, text: Text) -> None:
        self.outbox.put(text.written(self.decimals))

    def _say(self, kind: str, data: Mapping[str, Any]) -> None:
        self._push(Text({"type": kind, "data": data}))

    def _say_subscribed(self) -> None:
        self._say("SUBSCRIBED", {"channels": list(self.subscribed)})

    @contextmanager
    def _errors_told(self) -> Iterator[None]:
        try:
            yield
        except BadMessage as error:
            self._say("ERROR", {"code": error.code, "message": error.message})

    async def _write(self, text: str) -> None:
        await self.base_send({"type": "websocket.send", "text": text})
