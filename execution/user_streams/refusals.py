"""Accounts whose subscription was refused: when they may try again, and who is to be halted."""

import logging
import time

from accounts.models import ExchangeAccount
from execution.binance_events import SUBSCRIBED_ALREADY
from execution.exchange import Exchange, ExchangeError, NotSent, Rejected
from execution.exchanges import credentials_of
from execution.holds import Holds
from execution.user_streams.database import in_thread
from trading import ledger

logger = logging.getLogger(__name__)

_KEY_SECONDS = 60.0  # A key that was refused is tried again, should it be allowed there by then.
_OTHER_SECONDS = 2.0


class Refusals:
    """What an environment refused. Lives on the exchange loop, longer than its connections."""

    def __init__(self, environment: str, holds: Holds) -> None:
        self._environment = environment
        self._holds = holds
        self._until: dict[
            int, tuple[str, float]
        ] = {}  # Account -> key that was refused, and until.
        self._suspects: dict[int, ExchangeAccount] = {}
        self._clock_refused = False

    def note(self, account: ExchangeAccount, error: ExchangeError) -> None:
        """A subscription was refused, or could not be sent."""
        wait = _OTHER_SECONDS
        if error.code == SUBSCRIBED_ALREADY:
            # Two accounts of ours with keys to one account there: the second one is polled.
            wait = _KEY_SECONDS
        elif isinstance(error, Rejected):
            wait = _KEY_SECONDS
            if error.code and error.halts_account:
                self._suspects[account.pk] = account
        elif isinstance(error, NotSent):
            self._holds.note(account, error)
            self._clock_refused = self._clock_refused or error.scope == "clock"
        logger.warning("No stream of account %d for %.0f s: %s", account.pk, wait, error)
        self._until[account.pk] = account.key_fingerprint, time.monotonic() + wait

    def forget(self, account_id: int) -> None:
        self._until.pop(account_id, None)
        self._suspects.pop(account_id, None)

    def may_try(self, account_id: int, key: str) -> bool:
        if self._holds.left(self._environment, account_id):
            return False
        refused, until = self._until.get(account_id, ("", 0.0))
        return key != refused or time.monotonic() > until

    def clock_is_off(self) -> bool:
        """Whether our time was refused since this was asked last."""
        refused, self._clock_refused = self._clock_refused, False
        return refused

    async def judge(self, exchange: Exchange) -> None:
        """Halt the accounts whose key REST refuses as well: one refusal alone may be the stream's.

        An account that is halted wrongly misses its user's next order.
        """
        while self._suspects:
            account_id, account = self._suspects.popitem()
            try:
                await exchange.account(credentials_of(account))
            except Rejected as error:
                if error.halts_account:
                    await in_thread(ledger.halt_account, account_id, error.words)
            except ExchangeError as error:
                self._holds.note(account, error)
