"""An account's private stream, asked for and read by the code that the product does it with."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from websockets.asyncio.client import ClientConnection, connect

from execution import binance_events
from execution.events import AccountEvent, BalancesChanged, Message, Refused, Subscribed
from execution.exchange import Holding, Sighting
from tests.conformance.desk import Desk
from trading.states import Status

_SECONDS = 15.0


class PrivateStream:
    """Blocking calls of the desk go to a thread, so that the connection is served meanwhile."""

    def __init__(self, desk: Desk, connection: ClientConnection) -> None:
        self._desk = desk
        self._connection = connection
        self._numbers = itertools.count(1)
        self.events: list[AccountEvent] = []

    async def subscribe(self, *, secret_key: str | None = None) -> Subscribed | Refused:
        """Ask for the account's events; the answer. `secret_key` is another than the account's."""
        credentials = self._desk.target.credentials
        if secret_key is not None:
            credentials = replace(credentials, secret_key=secret_key)
        number, now = next(self._numbers), await asyncio.to_thread(self._desk.now)
        request = binance_events.subscribe(credentials, request=number, timestamp=now)
        await self._connection.send(request, text=True)

        def answers(message: Message) -> bool:
            return isinstance(message, Subscribed | Refused) and message.request == number

        answer = await self._next(answers)
        assert isinstance(answer, Subscribed | Refused)
        return answer

    async def unsubscribe(self, subscription: int) -> None:
        request = binance_events.unsubscribe(subscription, request=next(self._numbers))
        await self._connection.send(request, text=True)
        await self._next(lambda message: not isinstance(message, AccountEvent))

    async def sightings(self, order_id: UUID, *, until: Status) -> list[Sighting]:
        """What is told of an order of ours, up to a status, in the order in which it was told."""

        def ends(event: Any) -> bool:
            return isinstance(event, Sighting) and event.status == until and ours(event)

        def ours(sighting: Sighting) -> bool:
            return sighting.exchange_client_id == str(order_id)

        await self._event(ends)
        told = [each.event for each in self.events if isinstance(each.event, Sighting)]
        return [sighting for sighting in told if ours(sighting)]

    async def balances(self, *, since: datetime) -> dict[str, Holding]:
        """By asset, what the next account position that is not older than `since` tells."""

        def fits(event: Any) -> bool:
            return isinstance(event, BalancesChanged) and event.as_of >= since

        return {holding.asset: holding for holding in (await self._event(fits)).holdings}

    async def _event(self, wanted: Callable[[Any], bool]) -> Any:
        for each in self.events:
            if wanted(each.event):
                return each.event
        await self._next(lambda message: wanted(getattr(message, "event", None)))
        return self.events[-1].event

    async def _next(self, wanted: Callable[[Message], bool]) -> Message:
        async with asyncio.timeout(_SECONDS):
            while True:
                message = binance_events.translate(await self._connection.recv(decode=False))
                if isinstance(message, AccountEvent):
                    self.events.append(message)
                if wanted(message):
                    return message


@asynccontextmanager
async def connected(desk: Desk) -> AsyncIterator[PrivateStream]:
    async with connect(desk.target.ws_api_url) as connection:
        yield PrivateStream(desk, connection)


@asynccontextmanager
async def listening(desk: Desk) -> AsyncIterator[PrivateStream]:
    """A stream that the account's events come by."""
    async with connected(desk) as stream:
        answer = await stream.subscribe()
        assert isinstance(answer, Subscribed), answer
        yield stream
