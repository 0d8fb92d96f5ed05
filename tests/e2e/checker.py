"""The law of the platform, checked from outside: by its tables and the exchange's journal.

accepted = at the exchange + refused by it + proven not placed + cancelled unsent
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import psycopg
import requests

from tests.processes import Platform

OPEN_OR_DONE = ("NEW", "PARTIALLY_FILLED", "FILLED", "CANCELED", "EXPIRED", "REJECTED")


@dataclass
class Findings:
    """What was counted, and what should be empty."""

    accepted: int
    at_exchange: int
    refused: int
    not_placed: int
    unsent: int
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    unsettled: list[str] = field(default_factory=list)
    gaps: list[int] = field(default_factory=list)

    def broken(self) -> dict[str, object]:
        """The laws that do not hold, by name."""
        total = self.at_exchange + self.refused + self.not_placed + self.unsent
        findings = {
            "lost": self.lost,
            "doubled": self.doubled,
            "unsettled": self.unsettled,
            "gaps": self.gaps,
            "accepted is not the sum": [self.accepted, total] if self.accepted != total else [],
        }
        return {name: found for name, found in findings.items() if found}


def check(platform: Platform, accepted: Iterable[str]) -> Findings:
    """Compare the orders that were answered 202 with our rows and the exchange's journal."""
    accepted = set(accepted)
    with platform.connect() as connection:
        rows = _rows(connection)
        gaps = _gaps(connection)
    journal = requests.get(f"{platform.paper_url}/control/journal", timeout=10).json()
    placed = Counter(order["clientOrderId"] for order in journal["orders"])
    ended = {order_id: row for order_id, row in rows.items() if order_id in accepted}
    return Findings(
        accepted=len(accepted),
        at_exchange=sum(1 for order_id in ended if placed[order_id]),
        refused=_count(ended, placed, "REJECTED", lambda reason: reason != "NOT_PLACED"),
        not_placed=_count(ended, placed, "REJECTED", lambda reason: reason == "NOT_PLACED"),
        unsent=_count(ended, placed, "CANCELED", lambda reason: True),
        lost=sorted(accepted - rows.keys()),
        doubled=sorted(order_id for order_id, count in placed.items() if count > 1),
        unsettled=sorted(
            order_id for order_id, (status, _) in ended.items() if status not in OPEN_OR_DONE
        ),
        gaps=gaps,
    )


def _rows(connection: psycopg.Connection) -> dict[str, tuple[str, str]]:
    found = connection.execute("SELECT order_id::text, status, reason FROM order_commands")
    return {order_id: (status, reason) for order_id, status, reason in found}


def _gaps(connection: psycopg.Connection) -> list[int]:
    """The users whose events are not numbered 1, 2, 3 … up to their head."""
    found = connection.execute(
        "SELECT user_id FROM event_heads LEFT JOIN order_events USING (user_id)"
        " GROUP BY user_id, event_heads.seq"
        " HAVING count(order_events.id) <> event_heads.seq"
        "     OR coalesce(max(order_events.seq), 0) <> event_heads.seq"
    )
    return [row[0] for row in found]


def _count(
    ended: dict[str, tuple[str, str]],
    placed: Counter[str],
    status: str,
    says: Callable[[str], bool],
) -> int:
    """How many have ended in this status, for a reason that fits, without the exchange."""
    return sum(
        1
        for order_id, (found, reason) in ended.items()
        if found == status and not placed[order_id] and says(reason)
    )
