"""One environment of Binance Spot: our words in, our words out.

Source: Binance's Spot REST API, "Trading endpoints" and "Account endpoints".
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

import aiohttp
import msgspec

from execution import binance_answers as answers
from execution import binance_errors
from execution.binance_client import Client, Refusal, signed
from execution.clock import ExchangeClock
from execution.exchange import (
    AccountSnapshot,
    Credentials,
    ExchangeError,
    NotSent,
    Report,
    Sighting,
    SubmitRequest,
    SymbolRules,
    Trade,
)
from tradeplat.wire import spell

logger = logging.getLogger(__name__)
T = TypeVar("T")

_TRADES_PER_PAGE = 1000  # The most that Binance gives at once.
# Whatever else is raised is a bug of ours, not something the exchange did.
_FAILURES = (
    Refusal, aiohttp.ClientError, OSError, msgspec.DecodeError, UnicodeDecodeError,
    answers.Unreadable,
)  # fmt: skip


class Binance:
    """Implements `execution.exchange.Exchange`. Made and used on one event loop."""

    def __init__(self, base_url: str) -> None:
        self._client = Client(base_url)
        self.clock = ExchangeClock(self._server_time)
        self._remeasuring: asyncio.Task[None] | None = None

    async def close(self) -> None:
        await self._client.close_connection()

    async def submit(
        self, credentials: Credentials, request: SubmitRequest, *, not_after: float
    ) -> Report:
        await self._ensure_clock()
        # The fence: one reading of the clock decides whether the claim is fresh and is what gets
        # signed, so a process that was stopped in between sends what the exchange itself refuses.
        instant = time.monotonic()
        if instant > not_after:
            raise NotSent("The claim was too old to be sent.")
        parameters = signed(credentials, self.clock.at(instant), **_order(request))
        body = await self._call(self._client.create_order, parameters, pays_with=request.pays_with)
        return _read(answers.report, body, request.order_id)

    async def cancel(
        self,
        credentials: Credentials,
        symbol: str,
        order_id: UUID,
        *,
        exchange_order_id: int | None = None,
    ) -> Report | None:
        body = await self._ask(
            self._client.cancel_order, credentials, missing=binance_errors.NOTHING_TO_CANCEL,
            symbol=symbol, **_named(order_id, exchange_order_id),
        )  # fmt: skip
        return None if body is None else _read(answers.report, body, order_id, exchange_order_id)

    async def query(
        self,
        credentials: Credentials,
        symbol: str,
        order_id: UUID,
        *,
        exchange_order_id: int | None = None,
    ) -> Report | None:
        body = await self._ask(
            self._client.get_order, credentials, missing=binance_errors.NO_SUCH_ORDER,
            symbol=symbol, **_named(order_id, exchange_order_id),
        )  # fmt: skip
        return None if body is None else _read(answers.report, body, order_id, exchange_order_id)

    async def open_orders(self, credentials: Credentials) -> tuple[Sighting, ...]:
        body = await self._ask(self._client.get_open_orders, credentials)
        return _read(answers.open_orders, body)

    async def trades(
        self, credentials: Credentials, symbol: str, exchange_order_id: int
    ) -> tuple[Trade, ...]:
        found = await self._trades(credentials, symbol, first=0, orderId=exchange_order_id)
        return tuple(trade for _, trade in found)

    async def trades_from(
        self, credentials: Credentials, symbol: str, trade_id: int
    ) -> Mapping[int, tuple[Trade, ...]]:
        by_order: dict[int, tuple[Trade, ...]] = {}
        for order, trade in await self._trades(credentials, symbol, first=trade_id):
            by_order[order] = (*by_order.get(order, ()), trade)
        return by_order

    async def sight(
        self, credentials: Credentials, symbol: str, exchange_order_id: int
    ) -> Sighting | None:
        body = await self._ask(
            self._client.get_order, credentials, missing=binance_errors.NO_SUCH_ORDER,
            symbol=symbol, orderId=exchange_order_id,
        )  # fmt: skip
        return None if body is None else _read(answers.sighting, body)

    async def account(self, credentials: Credentials) -> AccountSnapshot:
        await self._ensure_clock()
        as_of = self.clock.at(time.monotonic())
        body = await self._ask(self._client.get_account, credentials, omitZeroBalances="true")
        return _read(answers.account, body, as_of)

    async def symbols(self) -> tuple[SymbolRules, ...]:
        body = await self._call(self._client.get_exchange_info, {})
        return tuple(_read(lambda text: list(answers.symbols(text)), body))

    async def time(self, *, anew: bool = False) -> float:
        if anew:
            await self._measure()
        await self._ensure_clock()
        return self.clock.at(time.monotonic())

    async def _trades(
        self, credentials: Credentials, symbol: str, *, first: int, **which: Any
    ) -> list[tuple[int, Trade]]:
        """All executions from a trade on, page by page, each with its order's id."""
        told: list[tuple[int, Trade]] = []
        while True:
            body = await self._ask(
                self._client.get_my_trades, credentials,
                symbol=symbol, fromId=first, limit=_TRADES_PER_PAGE, **which,
            )  # fmt: skip
            page = [each for each in _read(answers.trades, body) if each[1].trade_id >= first]
            told += page
            if len(page) < _TRADES_PER_PAGE:
                return told
            first = max(trade.trade_id for _, trade in page) + 1

    async def _server_time(self) -> float:
        return answers.server_time(await self._client.get_server_time())

    async def _ask(
        self,
        method: Callable[..., Awaitable[bytes]],
        credentials: Credentials,
        *,
        missing: int | None = None,
        **parameters: Any,
    ) -> Any:
        """A signed call that may be repeated; None when refused with the code `missing`."""
        await self._ensure_clock()
        timestamp = self.clock.at(time.monotonic())
        try:
            return await self._call(method, signed(credentials, timestamp, **parameters))
        except ExchangeError as error:
            if missing is not None and error.code == missing:
                return None
            raise

    async def _call(
        self,
        method: Callable[..., Awaitable[bytes]],
        parameters: dict[str, Any],
        *,
        pays_with: str = "",
    ) -> bytes:
        try:
            return await method(**parameters)
        except _FAILURES as failure:
            error = binance_errors.sort(failure, pays_with=pays_with)
        if isinstance(error, NotSent) and error.scope == "clock":
            await self._measure()
        raise error

    async def _ensure_clock(self) -> None:
        if not self.clock.measured:
            await self._measure()
        elif not self.clock.fresh and self._remeasuring is None:
            self._remeasuring = asyncio.create_task(self._remeasure())  # No order waits for it.

    async def _remeasure(self) -> None:
        try:
            await self._measure()
        except NotSent as error:
            logger.warning("The exchange's clock was not measured: %s", error)
        finally:
            self._remeasuring = None

    async def _measure(self) -> None:
        """Raises: `NotSent`, for whatever was to follow has not been sent."""
        try:
            await self.clock.measure()
        except _FAILURES as failure:
            error = binance_errors.sort(failure)
            if isinstance(error, NotSent):
                raise error from failure
            raise NotSent("The exchange does not tell its time.", retry_after=1.0) from failure


def _order(request: SubmitRequest) -> dict[str, Any]:
    return {
        "symbol": request.symbol,
        "side": request.side,
        "type": request.type,
        "quantity": _digits(request.quantity),
        "quoteOrderQty": _digits(request.quote_order_quantity),
        "price": _digits(request.price),
        "stopPrice": _digits(request.stop_price),
        "trailingDelta": request.trailing_delta,
        "timeInForce": request.time_in_force or None,
        "newClientOrderId": str(request.order_id),
        "newOrderRespType": "FULL",
    }


def _named(order_id: UUID, exchange_order_id: int | None) -> dict[str, Any]:
    if exchange_order_id is None:
        return {"origClientOrderId": str(order_id)}
    return {"orderId": exchange_order_id}


def _digits(amount: Decimal | None) -> str | None:
    return None if amount is None else spell(amount)


def _read(reader: Callable[..., T], body: bytes, *details: Any) -> T:
    try:
        return reader(body, *details)
    except _FAILURES as failure:
        raise binance_errors.sort(failure) from failure
