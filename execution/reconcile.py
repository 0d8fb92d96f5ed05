"""Asking the exchange about orders: those in doubt, those open, and those whose trades we miss."""

import time

from execution import sending
from execution.calls import Call, Calls
from execution.exchange import Exchange
from execution.exchanges import exchange_for
from execution.executor import Executor
from trading import ledger
from trading.ledger import Check
from trading.models import Order
from trading.results import Reported

_SLOTS = 16
# An order's look-up costs 4 of the 6,000 that an address may ask for in a minute: 2,400 at this
# pace. A backlog of doubts may go faster for a moment.
_PER_SECOND = 10.0
_BURST = 50.0


class Reconciler:
    """Starts look-ups of the orders that are due; their results go the executor's way."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self._calls = Calls(_SLOTS)
        self._budget = _BURST
        self._counted_at = time.monotonic()

    def step(self) -> None:
        """Start as many look-ups as there are free slots and as the pace allows."""
        limit = min(self._calls.free, int(self._earn()))
        if not limit:
            return
        checks = ledger.claim_checks(limit=limit, paused=self._executor.holds.environments())
        self._budget -= len(checks)
        self._calls.start([self._look_up(check) for check in checks])

    def stop(self) -> None:
        """Break off the look-ups: whoever comes next asks again."""
        self._calls.cancel()

    def _earn(self) -> float:
        now = time.monotonic()
        self._budget = min(_BURST, self._budget + (now - self._counted_at) * _PER_SECOND)
        self._counted_at = now
        return self._budget

    def _look_up(self, check: Check) -> Call:
        return self._ask(check, exchange_for(check.account.environment))

    async def _ask(self, check: Check, exchange: Exchange) -> None:
        result = await sending.look_up(check, exchange, self._executor.holds)
        if result is None:
            return
        self._executor.results.put(result)
        told = isinstance(result, Reported) and _is_news(result, check.order)
        if told and not check.streamed:  # A live stream tells of balances by itself.
            self._executor.balances.want(check.account, exchange)


def _is_news(result: Reported, order: Order) -> bool:
    report = result.report
    return report.status != order.status or report.executed_quantity != order.executed_quantity
