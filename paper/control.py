"""The control API: provision accounts, script faults, move prices, read the journal.

Open to loopback only, unless a control token is set; then to whoever sends it.
"""

import hmac
import ipaddress
from typing import Any, TypeVar

import msgspec
from aiohttp import web

from paper import payloads
from paper.amounts import parse, text
from paper.engine.state import Account
from paper.errors import ExchangeError
from paper.faults import Fault
from paper.symbols import ASSETS, DEFAULT_BALANCES, SYMBOLS
from paper.venue import Venue

T = TypeVar("T")


class AccountBody(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """POST /control/accounts. Balances are decimal text by asset."""

    api_key: str
    secret_key: str
    balances: dict[str, str] | None = None

    def __repr__(self) -> str:
        return f"AccountBody({self.api_key})"  # Never the secret.


class DepositBody(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """POST /control/deposits. The amount is decimal text; `withdraw` takes it away."""

    api_key: str
    asset: str
    amount: str
    withdraw: bool = False


class PriceBody(msgspec.Struct, forbid_unknown_fields=True):
    """POST /control/price."""

    symbol: str
    price: str


class FreezeBody(msgspec.Struct, forbid_unknown_fields=True):
    """POST /control/freeze."""

    symbol: str
    frozen: bool


class Control:
    """The handlers under /control."""

    def __init__(self, venue: Venue) -> None:
        self._venue = venue

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/control/accounts", self.open_account),
            web.post("/control/deposits", self.deposit),
            web.post("/control/faults", self.add_fault),
            web.get("/control/faults", self.list_faults),
            web.delete("/control/faults", self.clear_faults),
            web.get("/control/journal", self.read_journal),
            web.post("/control/price", self.set_price),
            web.post("/control/freeze", self.freeze),
        ]

    async def open_account(self, request: web.Request) -> web.Response:
        """Idempotent: 201 for a new account, 200 for the same again, 409 for another secret."""
        self._guard(request)
        body = _decode(await request.read(), AccountBody)
        known = self._venue.state.by_key.get(body.api_key)
        if known is not None:
            await self._venue.journal.durable()
            if not hmac.compare_digest(known.secret_key.encode(), body.secret_key.encode()):
                raise _problem(web.HTTPConflict, "this API key has another secret")
            return _json(_describe(known))
        balances = DEFAULT_BALANCES if body.balances is None else _amounts(body.balances)
        account = self._venue.exchange.open_account(
            body.api_key, body.secret_key, dict(balances), self._venue.now()
        )
        await self._venue.journal.durable()
        return _json(_describe(account), status=201)

    async def deposit(self, request: web.Request) -> web.Response:
        """Money from outside, which the account's stream reports as a balanceUpdate."""
        self._guard(request)
        body = _decode(await request.read(), DepositBody)
        account, amount = self._venue.state.by_key.get(body.api_key), _amount(body.amount)
        if account is None or body.asset not in ASSETS:
            raise _problem(web.HTTPBadRequest, "unknown account or asset")
        signed = -amount if body.withdraw else amount
        try:
            self._venue.exchange.deposit(account, body.asset, signed, self._venue.now())
        except ExchangeError as error:
            raise _problem(web.HTTPConflict, error.message) from None
        await self._venue.journal.durable()
        return _json(_describe(account))

    async def add_fault(self, request: web.Request) -> web.Response:
        self._guard(request)
        fault = _decode(await request.read(), Fault)
        if fault.action == "skew_clock":
            self._venue.skew_ms = fault.ms
        self._venue.faults.active.append(fault)
        return _json(fault, status=201)

    async def list_faults(self, request: web.Request) -> web.Response:
        self._guard(request)
        return _json(self._venue.faults.active)

    async def clear_faults(self, request: web.Request) -> web.Response:
        self._guard(request)
        self._venue.faults.active.clear()
        self._venue.skew_ms = 0
        return _json([])

    async def read_journal(self, request: web.Request) -> web.Response:
        """Orders that changed after `since`, each with its trades; `last` is the next `since`."""
        self._guard(request)
        since = request.query.get("since", "0")
        if not since.isdecimal():
            raise _problem(web.HTTPBadRequest, "since must be a number")
        await self._venue.journal.durable()
        state = self._venue.state
        orders = [order for order in state.orders.values() if order.changed > int(since)]
        return _json(
            {
                "last": state.sequence,
                "orders": [
                    payloads.order_status(order)
                    | {
                        "apiKey": state.accounts[order.account].api_key,
                        "sequence": order.changed,
                        "trades": [
                            payloads.account_trade(fill, order)
                            for fill in state.fills.get(order.order_id, [])
                        ],
                    }
                    for order in orders
                ],
            }
        )

    async def set_price(self, request: web.Request) -> web.Response:
        self._guard(request)
        body = _decode(await request.read(), PriceBody)
        price = _amount(body.price)
        symbol = SYMBOLS.get(body.symbol)
        if symbol is None or not price or price % symbol.tick:
            raise _problem(web.HTTPBadRequest, "unknown symbol, or a price off the tick")
        self._venue.set_price(body.symbol, price)
        await self._venue.journal.durable()
        return _json({"symbol": body.symbol, "price": body.price})

    async def freeze(self, request: web.Request) -> web.Response:
        self._guard(request)
        body = _decode(await request.read(), FreezeBody)
        if body.symbol not in SYMBOLS:
            raise _problem(web.HTTPBadRequest, "unknown symbol")
        self._venue.freeze(body.symbol, frozen=body.frozen)
        return _json({"symbol": body.symbol, "frozen": body.frozen})

    def _guard(self, request: web.Request) -> None:
        token = self._venue.config.control_token
        if token:
            given = request.headers.get("Authorization", "")
            if not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
                raise _problem(web.HTTPUnauthorized, "a control token is needed")
        elif not ipaddress.ip_address(request.remote or "0.0.0.0").is_loopback:
            raise _problem(web.HTTPForbidden, "the control API is for loopback only")


def _describe(account: Account) -> dict[str, Any]:
    return {
        "uid": account.uid,
        "apiKey": account.api_key,
        "balances": {asset: text(balance.free) for asset, balance in account.balances.items()},
    }


def _decode(data: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(data, type=kind)
    except msgspec.DecodeError as error:
        raise _problem(web.HTTPBadRequest, str(error)) from None


def _amounts(balances: dict[str, str]) -> dict[str, int]:
    if unknown := set(balances) - set(ASSETS):
        raise _problem(web.HTTPBadRequest, f"unknown assets: {', '.join(sorted(unknown))}")
    return {asset: _amount(value) for asset, value in balances.items()}


def _amount(value: str) -> int:
    try:
        return parse(value)
    except ValueError:
        raise _problem(web.HTTPBadRequest, f"not an amount: {value!r}") from None


def _problem(kind: type[web.HTTPError], words: str) -> web.HTTPError:
    body = msgspec.json.encode({"error": words}).decode()
    return kind(text=body, content_type="application/json")


def _json(value: Any, *, status: int = 200) -> web.Response:
    body = msgspec.json.encode(value)
    return web.Response(status=status, body=body, content_type="application/json")
