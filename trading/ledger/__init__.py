"""The one road by which orders change. Every change leaves a numbered event beside it.

Locks are taken in this order, each in one statement: accounts, orders by id, positions, event heads
by user. No lock is held across the network; leases and windows go by the database's clock.
"""

from trading.ledger.cancels import expire_pending, request_cancel, request_cancel_all
from trading.ledger.claims import (
    Check,
    Claim,
    claim,
    claim_cancels,
    claim_checks,
    drop_lanes,
    has_pending,
    take_lanes,
)
from trading.ledger.halts import halt_account
from trading.ledger.oversight import (
    ask_again,
    cancel_for_operator,
    halt_platform,
    resume_platform,
    set_account_state,
)
from trading.ledger.recording import record

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
    "record",
    "request_cancel",
    "request_cancel_all",
    "resume_platform",
    "set_account_state",
    "take_lanes",
]
