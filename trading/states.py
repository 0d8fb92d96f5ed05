"""The states of an order, in the exchange's words, and the one table of allowed transitions."""

from django.db import models


class Status(models.TextChoices):
    PENDING = "PENDING"  # Accepted by us; the exchange cannot have it.
    SUBMITTED = "SUBMITTED"  # The exchange may have it.
    NEW = "NEW"
    PARTIALLY_FILLED = "PARTIALLY_FILLED"
    FILLED = "FILLED"
    CANCELED = "CANCELED"
    REJECTED = "REJECTED"
    EXPIRED = "EXPIRED"


OPEN = frozenset({Status.PENDING, Status.SUBMITTED, Status.NEW, Status.PARTIALLY_FILLED})
TERMINAL = frozenset(Status) - OPEN
RESTING = frozenset({Status.NEW, Status.PARTIALLY_FILLED})  # Known to be open at the exchange.

# The verdict of a proof by absence. It alone may be revived, should the exchange show the order.
NOT_PLACED = "NOT_PLACED"

_REPORTED = frozenset({
    Status.NEW,
    Status.PARTIALLY_FILLED,
    Status.FILLED,
    Status.CANCELED,
    Status.EXPIRED,
    Status.REJECTED,
})  # fmt: skip
TRANSITIONS: dict[str, frozenset[Status]] = {
    # A report of an order that we hold for unsent is a fact all the same, and keeps it from being
    # sent twice: a database restored from a backup may know less than the exchange.
    Status.PENDING: _REPORTED | {Status.SUBMITTED},
    Status.SUBMITTED: _REPORTED | {Status.PENDING},  # Back to PENDING is the release.
    Status.NEW: _REPORTED - {Status.NEW},
    Status.PARTIALLY_FILLED: frozenset({Status.FILLED, Status.CANCELED, Status.EXPIRED}),
}


def may_become(status: str, reported: str, *, reason: str = "") -> bool:
    """Whether an order in `status` (with its `reason`) may move to `reported`.

    A report that this forbids is late or repeated and moves nothing; its fills still count.
    """
    if status == Status.REJECTED and reason == NOT_PLACED:
        return reported in _REPORTED
    return reported in TRANSITIONS.get(status, frozenset())
