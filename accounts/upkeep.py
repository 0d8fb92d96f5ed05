"""The part of a worker that looks after accounts: what their users wait for, from rows alone.

Neither Redis nor beat is needed for it, and the network calls keep the sweep waiting for nothing.
"""

import logging
import threading
import time
from typing import Any

from celery import bootsteps
from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections, connection

from accounts import key_check, provisioning
from tradeplat.celery import app

logger = logging.getLogger(__name__)

_PROVISION_AGAIN_SECONDS = 5.0  # When the paper exchange did not answer.
_JOIN_SECONDS = 1.0


class Upkeep:
    """Provisions new paper accounts and checks keys on a thread, until it is stopped."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="upkeep", daemon=True)
        self._provision_at = 0.0

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(_JOIN_SECONDS)

    def step(self) -> None:
        """Do what is due now."""
        if time.monotonic() >= self._provision_at and not provisioning.provision_waiting():
            self._provision_at = time.monotonic() + _PROVISION_AGAIN_SECONDS
        key_check.check_wanted()

    def _run(self) -> None:
        while not self._stopping.wait(settings.SWEEP_SECONDS):
            close_old_connections()
            try:
                self.step()
            except (DatabaseError, InterfaceError) as error:
                logger.warning("Accounts wait for the database: %s", error)
            except Exception:  # A bug in one account's check must not end those of the others.
                logger.exception("The upkeep of accounts goes on after a bug")
        connection.close()


class UpkeepStep(bootsteps.StartStopStep):
    """Starts before the consumer, which blocks for as long as the broker is away."""

    requires = ("celery.worker.components:Pool",)

    def __init__(self, worker: Any, **options: Any) -> None:
        super().__init__(worker, **options)
        self._upkeep = Upkeep()

    def start(self, worker: Any) -> None:
        self._upkeep.start()

    def stop(self, worker: Any) -> None:
        self._upkeep.stop()

    def terminate(self, worker: Any) -> None:
        self.stop(worker)


def install() -> None:
    app.steps["worker"].add(UpkeepStep)
