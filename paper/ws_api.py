"""The WebSocket API at /ws-api/v3: private streams, ping and time."""

import asyncio
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import msgspec
from aiohttp import WSMsgType, web

from paper import errors, signing
from paper.connection import CLOSE_WAIT_S, PING_EVERY_S, Connection
from paper.user_streams import Subscription, UserStreams
from paper.venue import Venue

_MOST_SUBSCRIPTIONS = 1_000


class WebSocketApi:
    """Request and answer over one connection; events of the subscribed accounts in between."""

    def __init__(self, venue: Venue) -> None:
        self._venue = venue
        self._streams = UserStreams(venue)
        self._connections: dict[Connection, int] = {}
        self._methods: dict[str, Callable[[Connection, dict[str, Any]], Any]] = {
            "ping": lambda connection, parameters: {},
            "time": lambda connection, parameters: {"serverTime": venue.now()},
            "userDataStream.subscribe.signature": self._subscribe,
            "userDataStream.unsubscribe": self._unsubscribe,
        }

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        """The aiohttp handler."""
        socket = web.WebSocketResponse(heartbeat=PING_EVERY_S, timeout=CLOSE_WAIT_S)
        await socket.prepare(request)
        connection = Connection(socket, request)
        self._connections[connection] = 0
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    connection.send(self._answer(connection, message.data, request.remote or ""))
        finally:
            self._forget(connection)
        return socket

    async def shut_down(self) -> None:
        """Say goodbye in Binance's words and close every connection."""
        goodbye = {"event": {"e": "serverShutdown", "E": self._venue.now()}}
        for connection in list(self._connections):
            connection.send(msgspec.json.encode(goodbye))
        await asyncio.gather(*(each.flush_and_close() for each in list(self._connections)))

    def _forget(self, connection: Connection) -> None:
        self._streams.drop(connection)
        self._connections.pop(connection, None)
        connection.stop()

    def _answer(self, connection: Connection, text: str, address: str) -> bytes:
        request_id: Any = None
        try:
            request = msgspec.json.decode(text, type=dict[str, Any])
            request_id = request.get("id")
            self._venue.limits.spend(address, 2, self._venue.clock())
            answer = {"status": 200, "result": self._run(connection, request)}
        except msgspec.DecodeError:
            answer = _refusal(errors.ExchangeError(-1135, "JSON payload is not valid."))
        except errors.ExchangeError as error:
            answer = _refusal(error)
        return msgspec.json.encode({"id": request_id} | answer | self._rate_limits(address))

    def _run(self, connection: Connection, request: dict[str, Any]) -> Any:
        method = self._methods.get(str(request.get("method")))
        if method is None:
            raise errors.ExchangeError(-1020, "This operation is not supported.")
        parameters = request.get("params", {})
        if not isinstance(parameters, dict):
            raise errors.ExchangeError(-1135, "JSON payload is not valid.")
        return method(connection, parameters)

    def _subscribe(self, connection: Connection, parameters: dict[str, Any]) -> Any:
        given = {name: _plain(value) for name, value in parameters.items()}
        signature = given.pop("signature", None)
        account = signing.find_account(self._venue.state, given.get("apiKey", ""))
        signing.check_time(given, self._venue.now())
        payload = urlencode(sorted(given.items()))
        signing.check_signature(account.secret_key, payload, signature)
        if self._streams.has(account, connection):
            raise errors.ExchangeError(-2035, "User Data Stream subscription already active.")
        number = self._connections[connection]
        if number >= _MOST_SUBSCRIPTIONS:
            raise errors.ExchangeError(-2042, "Too many subscriptions on this connection.")
        self._connections[connection] = number + 1
        self._streams.subscribe(account, Subscription(connection, number))
        return {"subscriptionId": number}

    def _unsubscribe(self, connection: Connection, parameters: dict[str, Any]) -> Any:
        number = parameters.get("subscriptionId")
        if number is not None and not isinstance(number, int):
            raise errors.illegal_characters("subscriptionId", "^[0-9]+$")
        if not self._streams.drop(connection, number):
            raise errors.ExchangeError(-2036, "User Data Stream subscription not active.")
        return {}

    def _rate_limits(self, address: str) -> dict[str, Any]:
        weight = self._venue.limits.describe()[0]
        return {"rateLimits": [weight | {"count": self._venue.limits.used(address)}]}


def _plain(value: Any) -> str:
    """A parameter as it is signed."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _refusal(error: errors.ExchangeError) -> dict[str, Any]:
    return {"status": error.status, "error": {"code": error.code, "msg": error.message}}
