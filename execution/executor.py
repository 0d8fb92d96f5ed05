"""Sending what was accepted: take lanes, claim, send, record until nothing is left; then linger."""

import logging
import threading
import time
from collections.abc import Collection, Coroutine
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections
from django.db.models import F
from kombu.exceptions import OperationalError

from accounts.models import Environment, ExchangeAccount
from execution import leases, loop, sending
from execution.balances import BalanceKeeper
from execution.batches import Batches
from execution.bell import Bell
from execution.calls import Call, Calls
from execution.exchange import Exchange
from execution.exchanges import exchange_for
from execution.holds import Holds
from trading import ledger
from trading.ledger import Claim
from trading.publisher import SUBMIT_TASK
from trading.results import Reported, Result

logger = logging.getLogger(__name__)

CANCEL_SLOTS = 16
SNAPSHOTS = 100  # In one round; at the keeper's pace it takes not quite a minute.
_WAKE_SECONDS = 1.0  # At most one call for help in this time.


class Executor:
    """What one process does for orders. Its drains, its sweep and its checks share all of it."""

    def __init__(self) -> None:
        self.owner = leases.new_owner()
        self.holds = Holds()
        self.results: Batches[Result] = Batches("recorder", ledger.record)
        self.balances = BalanceKeeper(self.holds)
        self._sends = Calls(settings.SENDING_SLOTS)
        self._cancels = Calls(CANCEL_SLOTS)
        self._passing = threading.Lock()
        self._draining = threading.Lock()
        self._wanted = threading.Event()
        self._stopping = threading.Event()
        self._worked_at = self._woke_at = 0.0

    def drain(self) -> None:
        """Send everything that is due, then linger for more.

        One drain is enough for a process: a second one leaves the work to the first.
        """
        self._wanted.set()
        while self._wanted.is_set() and self._draining.acquire(blocking=False):
            try:
                self._drain()
            except (DatabaseError, InterfaceError) as error:
                logger.warning("The drain ends, the sweep goes on: %s", error)
                return
            finally:
                self._draining.release()
                close_old_connections()

    def step(self) -> bool:
        """Start the cancels and orders that are due, as many as there are free slots.

        True when there is more than there were slots.
        """
        with self._passing:
            if self._stopping.is_set():
                return False
            close_old_connections()
            paused = self.holds.environments()
            more_cancels = self._start_cancels(paused)
            return self._start_orders(paused) or more_cancels

    def want_balances(self) -> None:
        """Fetch the balances that were fetched longest ago, of accounts whose keys can be used."""
        oldest_first = ExchangeAccount.objects.usable().order_by(
            F("balances_as_of").asc(nulls_first=True), "pk"
        )
        for account in oldest_first[:SNAPSHOTS]:
            exchange = exchange_for(account.environment)
            loop.get().call_soon_threadsafe(self.balances.want, account, exchange)

    def stop(self, timeout: float) -> None:
        """Start nothing more, and wait for what is in flight, at most `timeout` seconds.

        What has not ended by then is found by its claim, and asked about.
        """
        deadline = time.monotonic() + timeout
        with self._passing:
            self._stopping.set()
        for calls in (self._sends, self._cancels):
            calls.wait_until_idle(max(0.0, deadline - time.monotonic()))
        self.results.stop(max(1.0, deadline - time.monotonic()))
        self.balances.stop()

    def _drain(self) -> None:
        self._worked_at = time.monotonic()
        with Bell() as bell:
            while self._lingers():
                self._wanted.clear()
                if not self.step():
                    bell.wait(settings.SWEEP_SECONDS)
                elif not self._sends.free:
                    self._wake_another()
                    self._sends.wait_until_free(settings.SWEEP_SECONDS)
        # Nobody hears the bell any more. What was rung in before has to be taken now.
        while self.step() and self._sends.wait_until_free(settings.SWEEP_SECONDS):
            pass
        self._give_lanes_back()

    def _give_lanes_back(self) -> None:
        """Let others go on at once, unless what we have started may still be overtaken by it.

        The lanes then end with their lease, and so does what has not been signed.
        """
        self._sends.wait_until_idle(settings.SWEEP_SECONDS)
        with self._passing:  # The sweep starts nothing meanwhile.
            if self._sends.wait_until_idle(0):
                ledger.drop_lanes(self.owner)

    def _lingers(self) -> bool:
        idle_for = time.monotonic() - self._worked_at
        return idle_for < settings.LINGER_SECONDS and not self._stopping.is_set()

    def _start_cancels(self, paused: Collection[str]) -> bool:
        free = self._cancels.free
        if not free:
            return False
        claims = ledger.claim_cancels(limit=free, paused=paused)
        self._cancels.start([self._cancel(claim) for claim in claims])
        return len(claims) == free

    def _start_orders(self, paused: Collection[str]) -> bool:
        free = self._sends.free
        if not free:
            return ledger.has_pending()
        if not settings.ALLOW_LIVE_TRADING:  # Cancels go all the same.
            paused = [*paused, Environment.LIVE]
        # Noted before the lanes are taken: what is signed by then is signed while they are ours.
        not_after = time.monotonic() + settings.LEASE_SECONDS
        if not ledger.take_lanes(self.owner, paused=paused):
            return False
        claims = ledger.claim(self.owner, limit=free, paused=paused)
        calls = (self._send(claim, not_after) for claim in claims)
        self._sends.start([call for call in calls if call is not None])
        if claims:
            self._worked_at = time.monotonic()
        return len(claims) == free

    def _send(self, claim: Claim, not_after: float) -> Call | None:
        """The call that sends a claimed order; None where there will be none."""
        try:
            exchange = exchange_for(claim.account.environment)
            request = sending.request_of(claim)
        except Exception:  # The claim is committed, so the ledger has to hear of it, and others go.
            logger.exception("Order %s was claimed and is not sent", claim.order.order_id)
            self.results.put(sending.unsent(claim))
            return None
        result = sending.submit(claim, request, exchange, self.holds, not_after=not_after)
        return self._settle(claim, exchange, result)

    def _cancel(self, claim: Claim) -> Call:
        exchange = exchange_for(claim.account.environment)
        return self._settle(claim, exchange, sending.cancel(claim, exchange, self.holds))

    async def _settle(
        self, claim: Claim, exchange: Exchange, call: Coroutine[Any, Any, Result | None]
    ) -> None:
        result = await call
        if result is not None:
            self.results.put(result)
        if isinstance(result, Reported) and not claim.streamed:
            self.balances.want(claim.account, exchange)

    def _wake_another(self) -> None:
        """There is more to send than we can: another worker may have free slots."""
        if time.monotonic() - self._woke_at < _WAKE_SECONDS:
            return
        self._woke_at = time.monotonic()
        # A Redis that hangs must not keep this drain from its next free slot.
        threading.Thread(target=_ring_for_help, name="wake-another", daemon=True).start()


def _ring_for_help() -> None:
    try:
        current_app.send_task(SUBMIT_TASK, ignore_result=True, retry=False)
    except (OperationalError, OSError) as error:
        logger.info("No other worker was woken: %s", error)


executor = Executor()


def drain() -> None:
    """Send what is due in this process, and linger for more."""
    executor.drain()
