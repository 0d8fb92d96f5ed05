"""The one road by which orders change. Every change leaves a numbered event beside it.

Locks are taken in this order, each in one statement: accounts, orders by id, positions, event heads
by user. No lock is held across the network; leases and windows go by the database's clock.
"""

from trading.ledger.cancels import expire_pending, request_cancel, request_cancel_all
from trading.ledger.checks import Check, claim_checks, make_due
from trading.ledger.claims import (
    Claim,
    claim,
    claim_cancels,
    drop_lanes,
    has_pending,
    take_lanes,
)
from trading.ledger.halts import halt_account
from trading.ledger.oversight import (
    ask_again,
    cancel_for_operator,
    halt_platform,
    resolve,
    resume_platform,
    set_account_state,
)
from trading.ledger.recording import record
from trading.ledger.restoring import presume_sent

__all__ = [
    "Check",
    "Claim",
    "ask_again",
    "cancel_for_operator",
    "claim",
    "claim_cancels",
    "claim_checks",
    "drop_lanes",
    "expire_pending",
    "halt_account",
    "halt_platform",
    "has_pending",
    "make_due",
    "presume_sent",
    "record",
    "request_cancel",
    "request_cancel_all",
    "resolve",
    "resume_platform",
    "set_account_state",
    "take_lanes",
]
