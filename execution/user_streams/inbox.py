"""What was heard, on its way to the rows."""

import logging
from collections.abc import Callable, Sequence

from accounts.models import ExchangeAccount
from execution.balances import BalanceKeeper
from execution.batches import Batches
from execution.events import BalancesChanged, BalancesUnclear, Event, Unknown
from execution.exchange import Exchange, Sighting
from execution.user_streams.catch_up import Found
from trading.balances import record_changes
from trading.models import OrderEvent
from trading.results import Seen

logger = logging.getLogger(__name__)

_Change = tuple[int, BalancesChanged]  # With the account's id.


class Inbox:
    """Takes events of accounts in the order they came. Lives on the exchange loop; never waits.

    `missed` is called with the account of what cannot be read.
    """

    def __init__(
        self, results: Batches[Found], balances: BalanceKeeper, missed: Callable[[int], None]
    ) -> None:
        self._results = results
        self._changes: Batches[_Change] = Batches("stream balances", _record_changes)
        self._balances = balances
        self._missed = missed
        self._unknown: set[str] = set()

    def put(self, account: ExchangeAccount, exchange: Exchange, event: Event | None) -> None:
        match event:
            case Sighting():
                self._results.put(Seen(account.pk, event, OrderEvent.Origin.STREAM))
            case BalancesChanged():
                self._changes.put((account.pk, event))
            case BalancesUnclear():
                self._balances.want(account, exchange)
            case Unknown(kind=kind, why=""):
                self._note_unknown(kind)
            case Unknown(kind=kind, why=why):
                logger.error("An event %s of account %d cannot be read: %s", kind, account.pk, why)
                self._missed(account.pk)

    def stop(self, timeout: float) -> None:
        """Write what has come, in `timeout` seconds."""
        self._changes.stop(timeout)

    def _note_unknown(self, kind: str) -> None:
        if kind not in self._unknown:
            self._unknown.add(kind)
            logger.warning("The exchange sends %s, which we do not know", kind)


def _record_changes(changes: Sequence[_Change]) -> None:
    for account_id, change in changes:
        record_changes(account_id, change.holdings, change.as_of)
