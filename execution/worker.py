"""The part of a Celery worker that does not wait for the broker: the sweep."""

from typing import Any

from celery import bootsteps
from django.conf import settings

from execution.executor import executor
from execution.sweep import Sweep
from tradeplat.celery import app


class SweepStep(bootsteps.StartStopStep):
    """Starts before the consumer, which blocks for as long as the broker is away.

    It stops before the pool does: a drain that lingers there must not keep the worker from ending.
    """

    requires = ("celery.worker.components:Pool",)

    def __init__(self, worker: Any, **options: Any) -> None:
        super().__init__(worker, **options)
        self._sweep = Sweep(executor)

    def start(self, worker: Any) -> None:
        self._sweep.start()

    def stop(self, worker: Any) -> None:
        self._sweep.stop(settings.EXCHANGE_TIMEOUT_SECONDS + 1)

    def terminate(self, worker: Any) -> None:
        self.stop(worker)


def install() -> None:
    app.steps["worker"].add(SweepStep)
