"""One connection to the exchange's WebSocket API, and the accounts that are heard on it."""

import asyncio
import itertools
import logging
import random
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from django.conf import settings
from websockets.asyncio.client import ClientConnection

from accounts.models import ExchangeAccount
from execution import binance_events, events
from execution.binance_answers import Unreadable
from execution.exchange import Exchange, ExchangeError, KeysLost
from execution.exchanges import credentials_of
from execution.user_streams import rows
from execution.user_streams.database import in_thread
from execution.user_streams.racing import first_to_end
from execution.user_streams.refusals import Refusals
from tradeplat.outage import DATABASE_AWAY

logger = logging.getLogger(__name__)

_ANSWER_SECONDS = 10.0
_LOOK_SECONDS = 0.25
_RETRY_SECONDS = 2.0
_AT_ONCE = 50
_SUBSCRIBE_PAUSE_SECONDS = 0.1  # A subscription weighs 2: 1,200 a minute at this pace.


class Listener(Protocol):
    """Hears of a session's accounts, on the event loop; must not wait."""

    def begun(self, account: ExchangeAccount) -> None: ...

    def ended(self, account_id: int) -> None: ...

    def heard(self, account: ExchangeAccount, event: events.Event | None) -> None: ...


@dataclass(frozen=True, slots=True)
class _Asked:
    account: ExchangeAccount
    at: float


class Session:
    """Subscribes the accounts that `wanted` names, as they come and go, until the connection ends.

    `may_speak` is asked before anything is passed on. A session is run once.
    """

    def __init__(
        self,
        exchange: Exchange,
        listener: Listener,
        refusals: Refusals,
        *,
        wanted: Callable[[], rows.Keys],
        may_speak: Callable[[], bool],
    ) -> None:
        self._exchange = exchange
        self._listener = listener
        self._refusals = refusals
        self._wanted = wanted
        self._may_speak = may_speak
        self._requests = itertools.count(1)
        self._asked: dict[int, _Asked] = {}
        self._accounts: dict[int, ExchangeAccount] = {}  # By the number of their subscription.

    async def run(self, socket: ClientConnection) -> None:
        """Raises: what ended it, a `TimeoutError`, `WebSocketException` or `ShuttingDown`; the last
        also when the connection has lived as long as it may.
        """
        try:
            await first_to_end(self._listen(socket), self._keep_subscribed(socket), _grow_old())
        finally:
            self._end(list(self._accounts))

    async def _listen(self, socket: ClientConnection) -> None:
        while True:
            text = await socket.recv(decode=False)
            if not self._may_speak():
                raise TimeoutError("the lease ran out")
            try:
                self._take(binance_events.translate(text))
            except Unreadable as error:
                logger.error("A message of a private stream cannot be read: %s", error)
                for account in self._accounts.values():  # It may have been about any of them.
                    self._listener.heard(account, events.Unknown("message", str(error)))

    def _take(self, message: events.Message) -> None:
        match message:
            case events.AccountEvent(subscription=number, event=event):
                account = self._accounts.get(number)
                if account is None:
                    return  # Of an account that has just been let go.
                if isinstance(event, events.Terminated):
                    logger.warning("The exchange ended the stream of account %d", account.pk)
                    self._end([number])
                else:
                    self._listener.heard(account, event)
            case events.Subscribed(request=request, subscription=number):
                if (asked := self._asked.pop(request, None)) is not None:
                    self._begin(number, asked.account)
            case events.Refused(request=request, error=error):
                if (asked := self._asked.pop(request, None)) is not None:
                    self._refusals.note(asked.account, error)
            case events.Unknown(kind=kind, why=why) if why:
                logger.warning("The exchange sends %s, %s", kind, why)

    async def _keep_subscribed(self, socket: ClientConnection) -> None:
        while True:
            keys = self._wanted()
            await self._let_go(socket, keys)
            try:
                for account in await in_thread(rows.accounts, self._missing(keys)):
                    await self._ask(socket, account)
                await self._refusals.judge(self._exchange)
            except (ExchangeError, *DATABASE_AWAY) as error:
                logger.warning("Subscriptions wait: %s", error)
                await asyncio.sleep(_RETRY_SECONDS)
            self._check_answers()
            await asyncio.sleep(_LOOK_SECONDS)

    def _missing(self, keys: rows.Keys) -> list[int]:
        here = {account.pk for account in self._accounts.values()}
        here |= {asked.account.pk for asked in self._asked.values()}
        missing = (pk for pk, key in keys.items() if pk not in here)
        free = (pk for pk in missing if self._refusals.may_try(pk, keys[pk]))
        return list(itertools.islice(free, _AT_ONCE))

    async def _ask(self, socket: ClientConnection, account: ExchangeAccount) -> None:
        """Raises: `ExchangeError` when there is no time to sign with, for any account."""
        timestamp = await self._exchange.time(anew=self._refusals.clock_is_off())
        try:
            credentials = credentials_of(account)
        except KeysLost as error:
            self._refusals.note(account, error)
            return
        request = next(self._requests)
        text = binance_events.subscribe(credentials, request=request, timestamp=timestamp)
        self._asked[request] = _Asked(account, time.monotonic())
        await socket.send(text, text=True)
        await asyncio.sleep(_SUBSCRIBE_PAUSE_SECONDS)

    async def _let_go(self, socket: ClientConnection, keys: rows.Keys) -> None:
        """End the subscriptions of accounts that are archived, or have got other keys."""
        gone = [
            number
            for number, account in self._accounts.items()
            if keys.get(account.pk) != account.key_fingerprint
        ]
        self._end(gone)
        for number in gone:
            request = binance_events.unsubscribe(number, request=next(self._requests))
            await socket.send(request, text=True)

    def _begin(self, number: int, account: ExchangeAccount) -> None:
        self._accounts[number] = account
        self._refusals.forget(account.pk)
        self._listener.begun(account)

    def _end(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            self._listener.ended(self._accounts.pop(number).pk)

    def _check_answers(self) -> None:
        oldest = min((asked.at for asked in self._asked.values()), default=None)
        if oldest is not None and time.monotonic() - oldest > _ANSWER_SECONDS:
            raise TimeoutError("the exchange does not answer subscriptions")


async def _grow_old() -> None:
    # Not all connections of all processes at once.
    await asyncio.sleep(settings.STREAM_LIFE_SECONDS * random.uniform(0.9, 1.0))
    raise events.ShuttingDown
