"""What an exchange says on a private connection, in our own words.

`execution/binance_events.py` is the one file that translates.
"""

from dataclasses import dataclass
from datetime import datetime

from execution.exchange import ExchangeError, Holding, Sighting


@dataclass(frozen=True, slots=True)
class Subscribed:
    """The answer to a subscription: under this number its account's events come."""

    request: int
    subscription: int


@dataclass(frozen=True, slots=True)
class Refused:
    """A request was refused, and why."""

    request: int
    error: ExchangeError


@dataclass(frozen=True, slots=True)
class BalancesChanged:
    """What an account now has of some of its assets."""

    holdings: tuple[Holding, ...]
    as_of: datetime


@dataclass(frozen=True, slots=True)
class BalancesUnclear:
    """Something moved without a trade, and only by how much is told."""


@dataclass(frozen=True, slots=True)
class Terminated:
    """The exchange has ended this account's subscription."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """An event of a kind that we do not know, or that cannot be read."""

    kind: str
    why: str = ""


Event = Sighting | BalancesChanged | BalancesUnclear | Terminated | Unknown


@dataclass(frozen=True, slots=True)
class AccountEvent:
    """What happened to the account of a subscription; None is of no interest."""

    subscription: int
    event: Event | None


class ShuttingDown(Exception):
    """The exchange is about to close the connection."""


Message = Subscribed | Refused | AccountEvent | Unknown
