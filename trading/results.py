"""What came of an attempt, as the ledger takes it: six things that can be recorded of an order.

Each is fenced by the attempt that it speaks of, where it speaks of one.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from execution.exchange import Report, Sighting


@dataclass(frozen=True, slots=True)
class Reported:
    """The exchange told about the order. Needs no fence: its facts are cumulative."""

    report: Report
    origin: str  # OrderEvent.Origin

    @property
    def order_id(self) -> UUID:
        return self.report.order_id


@dataclass(frozen=True, slots=True)
class Seen:
    """The exchange showed an order of the account unasked: one of ours, or one to adopt."""

    account_id: int
    sighting: Sighting
    origin: str  # OrderEvent.Origin


@dataclass(frozen=True, slots=True)
class Refused:
    """The exchange refused the attempt for certain."""

    order_id: UUID
    attempt: int
    reason: str
    halts_account: bool = False
    origin: str = "rest"


@dataclass(frozen=True, slots=True)
class Unsent:
    """The attempt never reached the exchange: the order may be claimed again, if there is time."""

    order_id: UUID
    attempt: int
    reason: str = ""
    retry_after: float = 0.0  # Seconds.


@dataclass(frozen=True, slots=True)
class Doubtful:
    """The exchange may have the order. It is shown as not known, and asked about."""

    order_id: UUID
    attempt: int
    reason: str


@dataclass(frozen=True, slots=True)
class Absent:
    """A look-up by our id, begun at `asked_at` of the database's clock, did not find the order."""

    order_id: UUID
    attempt: int
    asked_at: datetime


Result = Reported | Refused | Unsent | Doubtful | Absent
