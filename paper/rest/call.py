"""One REST call: its parameters, and who makes it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from paper import amounts, errors
from paper.engine.orders import Order
from paper.engine.state import Account
from paper.symbols import SYMBOLS
from paper.venue import Venue

_INTEGER: Final = r"^[0-9]{1,20}$"
_CLIENT_ID: Final = r"^[a-zA-Z0-9-_]{1,36}$"


@dataclass(slots=True)
class Call:
    """Parameters are text as sent; the readers below answer with Binance's errors."""

    venue: Venue
    parameters: Mapping[str, str]
    now: int
    signer: Account | None = None

    @property
    def account(self) -> Account:
        """The account that signed the call."""
        assert self.signer is not None
        return self.signer

    def text(self, name: str) -> str:
        """A mandatory parameter."""
        value = self.parameters.get(name)
        if value is None:
            raise errors.missing(name)
        if not value:
            raise errors.empty(name)
        return value

    def symbol(self) -> str:
        """The mandatory symbol, which must be listed."""
        return self._listed(self.text("symbol"))

    def optional_symbol(self) -> str | None:
        return self._listed(self.text("symbol")) if "symbol" in self.parameters else None

    def integer(self, name: str) -> int | None:
        value = self.parameters.get(name)
        if value is None:
            return None
        if not re.fullmatch(_INTEGER, value):
            raise errors.illegal_characters(name, _INTEGER)
        return int(value)

    def limit(self, default: int, most: int) -> int:
        """`limit`, at least 1 and at most `most`."""
        limit = self.integer("limit")
        if limit == 0:
            raise errors.ExchangeError(-1130, "Data sent for parameter 'limit' is not valid.")
        return min(limit or default, most)

    def amount(self, name: str) -> int:
        """A positive decimal in units, or 0 when it was not sent."""
        value = self.parameters.get(name)
        if value is None:
            return 0
        if not value:
            raise errors.empty(name)
        try:
            units = amounts.parse(value)
        except amounts.TooPrecise:
            raise errors.too_precise(name) from None
        except ValueError:
            raise errors.illegal_characters(name, amounts.LEGAL_RANGE) from None
        if units == 0:
            raise errors.ExchangeError(-1013, f"Invalid {name}.")
        return units

    def client_id(self, name: str) -> str | None:
        value = self.parameters.get(name)
        if value is not None and not re.fullmatch(_CLIENT_ID, value):
            raise errors.illegal_characters(name, _CLIENT_ID)
        return value

    def own_order(self, not_found: errors.ExchangeError) -> Order:
        """The account's order that orderId or origClientOrderId names."""
        symbol = self.symbol()
        order_id, client_id = self.integer("orderId"), self.parameters.get("origClientOrderId")
        if order_id is None and not client_id:
            raise errors.either_or("origClientOrderId", "orderId")
        order = (
            self.venue.state.orders.get(order_id)
            if order_id is not None
            else self.account.by_client_id.get((symbol, client_id or ""))
        )
        if order is None or order.account != self.account.uid or order.symbol != symbol:
            raise not_found
        if client_id and order.client_id != client_id:
            raise errors.ExchangeError(-2039, "Client order ID is not correct for this order ID.")
        return order

    @staticmethod
    def _listed(symbol: str) -> str:
        if not re.fullmatch(r"[\w-]{1,20}", symbol):
            raise errors.illegal_characters("symbol", r"^[\w\-._&&[^a-z]]{1,50}$")
        if symbol not in SYMBOLS:
            raise errors.bad_symbol()
        return symbol


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One line of the API. `is_free` calls weigh nothing when they succeed."""

    method: str
    path: str
    run: Callable[[Call], Any]
    weight: int | Callable[[Mapping[str, str]], int] = 1
    signed: bool = False
    is_free: bool = False

    def weigh(self, parameters: Mapping[str, str]) -> int:
        return self.weight if isinstance(self.weight, int) else self.weight(parameters)
