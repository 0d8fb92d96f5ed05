"""The sweep: a look at rows every second, which needs PostgreSQL only. It is what makes certain
what the bell makes fast.
"""

import logging
import threading

from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections, connection

from execution import exchanges, symbols
from execution.executor import Executor
from execution.reconcile import Reconciler
from tradeplat.run import heartbeat
from trading import ledger

logger = logging.getLogger(__name__)

_SYMBOLS_RETRY_SECONDS = 1.0
_JOIN_SECONDS = 1.0


class Sweep:
    """Runs an executor's steps on a thread, and reconciles, until it is stopped."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self._reconciler = Reconciler(executor)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sweep", daemon=True)
        self._symbols = threading.Thread(target=self._learn_symbols, name="symbols", daemon=True)

    def start(self) -> None:
        self._thread.start()
        self._symbols.start()

    def stop(self, timeout: float) -> None:
        """Start nothing more and let what is in flight end, in `timeout` seconds."""
        self._stopping.set()
        self._reconciler.stop()
        self._executor.stop(timeout)
        for thread in (self._thread, self._symbols):
            thread.join(_JOIN_SECONDS)
        exchanges.close_all()

    def _run(self) -> None:
        while not self._stopping.wait(settings.SWEEP_SECONDS):
            heartbeat.beat("worker")
            close_old_connections()
            try:
                self._step()
            except (DatabaseError, InterfaceError) as error:
                logger.warning("The sweep waits for the database: %s", error)
            except Exception:  # The sweep is the guarantee: a bug must not end it.
                logger.exception("The sweep goes on after a bug")
        connection.close()

    def _step(self) -> None:
        ledger.expire_pending()
        self._executor.step()
        self._reconciler.step()

    def _learn_symbols(self) -> None:
        """A platform that has just been set up knows no market yet, and takes no order until."""
        while not self._stopping.is_set():
            try:
                paused = self._executor.holds.environments()
                if symbols.refresh_stale(self._executor.owner, paused=paused):
                    break
            except (DatabaseError, InterfaceError) as error:
                logger.warning("Symbols wait for the database: %s", error)
            self._stopping.wait(_SYMBOLS_RETRY_SECONDS)
        connection.close()
