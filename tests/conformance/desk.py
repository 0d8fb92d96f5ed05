"""An account at the exchange under test: our own adapter, and bare HTTP for what that hides."""

import time
from collections.abc import Coroutine
from contextlib import ExitStack
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, TypeVar
from urllib.parse import quote, urlencode
from uuid import UUID, uuid4

import pytest
import requests
from django.test import override_settings

from execution import loop
from execution.binance import Binance
from execution.binance_client import signed
from execution.exchange import (
    AccountSnapshot,
    Credentials,
    ExchangeError,
    Report,
    SubmitRequest,
    SymbolRules,
    Trade,
)
from tests.conformance.target import Target
from tests.waiting import eventually

T = TypeVar("T")
_SECONDS = 30.0
_FRESH_SECONDS = 10.0  # Between making an order and signing it.


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it came. `used` is the weight that our address has spent in this minute."""

    status: int
    body: Any
    headers: Any

    @property
    def used(self) -> int:
        return int(self.headers.get("X-MBX-USED-WEIGHT-1M", 0))

    @property
    def code(self) -> int:
        """The error's code, 0 when there is none."""
        return int(self.body.get("code", 0)) if isinstance(self.body, dict) else 0

    @property
    def words(self) -> str:
        return f"{self.code} {self.body['msg']}" if self.code else f"HTTP {self.status}"


class Desk:
    """Blocking calls; whatever it has placed and still rests is cancelled by `clear`."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.symbol = target.symbol
        self.heaviest_minute = 0
        self._exchange = loop.run(_made(target.rest_url), _SECONDS)
        self._session = requests.Session()
        self._placed: set[str] = set()

    def close(self) -> None:
        self._session.close()
        loop.run(self._exchange.close(), _SECONDS)

    # --- Through the adapter ---------------------------------------------------------------------

    def submit(self, *, credentials: Credentials | None = None, **fields: Any) -> Report:
        """Place an order of `SubmitRequest`'s fields under an id of its own."""
        request = order(self.symbol, **fields)
        self._placed.add(str(request.order_id))
        limit = time.monotonic() + _FRESH_SECONDS
        return self._run(self._exchange.submit(self._keys(credentials), request, not_after=limit))

    def refusal(self, **fields: Any) -> ExchangeError:
        """What the adapter makes of an order that must not be taken."""
        with pytest.raises(ExchangeError) as refused:
            self.submit(**fields)
        return refused.value

    def cancel(self, order_id: UUID) -> Report | None:
        return self._run(self._exchange.cancel(self._keys(), self.symbol, order_id))

    def query(self, order_id: UUID, *, symbol: str | None = None) -> Report | None:
        return self._run(self._exchange.query(self._keys(), symbol or self.symbol, order_id))

    def found(self, order_id: UUID) -> Report:
        """The order by our id, which the exchange may take a moment to show."""
        report = eventually(lambda: self.query(order_id))
        assert report is not None
        return report

    def trades(self, exchange_order_id: int) -> tuple[Trade, ...]:
        return self._run(self._exchange.trades(self._keys(), self.symbol, exchange_order_id))

    def open_ids(self) -> set[str]:
        """The client ids of all that the account has open."""
        found = self._run(self._exchange.open_orders(self._keys()))
        return {order.exchange_client_id for order in found}

    def account(self, credentials: Credentials | None = None) -> AccountSnapshot:
        return self._run(self._exchange.account(self._keys(credentials)))

    def free(self, asset: str) -> Decimal:
        """What the account has of an asset and may spend."""
        return next(
            (each.free for each in self.account().holdings if each.asset == asset), Decimal()
        )

    def symbols(self) -> dict[str, SymbolRules]:
        return {rules.symbol: rules for rules in self._run(self._exchange.symbols())}

    def now(self) -> float:
        """The exchange's time by our clock of it, in seconds since the epoch."""
        if not self._exchange.clock.measured:
            self._run(self._exchange.clock.measure())
        return self._exchange.clock.at(time.monotonic())

    def new_id(self) -> str:
        """An id for an order that is placed by bare HTTP."""
        order_id = str(uuid4())
        self._placed.add(order_id)
        return order_id

    # --- As bare HTTP ----------------------------------------------------------------------------

    def ask(
        self,
        method: str,
        path: str,
        *,
        late: float = 0.0,
        window: int | None = None,
        **parameters: Any,
    ) -> Answer:
        """A call signed as the adapter signs, with a time that lies `late` seconds in the past.

        `window` is another recvWindow than ours, in milliseconds.
        """
        with ExitStack() as stack:
            if window is not None:
                seconds = window / 1000
                stack.enter_context(override_settings(RECV_WINDOW_SECONDS=seconds))
            given = signed(self._keys(), self.now() - late, **parameters)
        return self._send(method, path, given.pop("headers"), given)

    def look(self, path: str, **parameters: Any) -> Answer:
        """A call that needs no key."""
        return self._send("GET", path, {}, parameters)

    def test_order(self, **fields: Any) -> Answer:
        """Have an order judged without placing it. `fields` are as POST order names them."""
        return self.ask("POST", "order/test", symbol=self.symbol, **fields)

    def clear(self) -> None:
        """Cancel what the checks have left behind, and nothing else of the account."""
        for resting in self.ask("GET", "openOrders", symbol=self.symbol).body:
            if resting["clientOrderId"] in self._placed:
                self.cancel(UUID(resting["clientOrderId"]))

    def _send(
        self, method: str, path: str, headers: dict[str, str], parameters: dict[str, Any]
    ) -> Answer:
        query = urlencode(sorted(parameters.items()), quote_via=quote)
        url = f"{self.target.rest_url}/v3/{path}?{query}"
        response = self._session.request(
            method, url, headers=headers, timeout=_SECONDS, allow_redirects=False
        )
        answer = Answer(response.status_code, response.json(), response.headers)
        self.heaviest_minute = max(self.heaviest_minute, answer.used)
        return answer

    def _keys(self, others: Credentials | None = None) -> Credentials:
        return others or self.target.credentials

    def _run(self, call: Coroutine[Any, Any, T]) -> T:
        return loop.run(call, _SECONDS)


def order(symbol: str, **fields: Any) -> SubmitRequest:
    """An order under a new id; the amounts that are not given are none."""
    nothing = SubmitRequest(
        order_id=uuid4(),
        symbol=symbol,
        side="BUY",
        type="MARKET",
        quantity=None,
        quote_order_quantity=None,
        price=None,
        stop_price=None,
        trailing_delta=None,
        time_in_force="",
    )
    return replace(nothing, **fields)


async def _made(rest_url: str) -> Binance:
    return Binance(rest_url)
