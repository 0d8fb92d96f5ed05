"""Celery's own scheduler, with signs of life."""

from typing import Any

from celery.beat import PersistentScheduler

from tradeplat.run import heartbeat


class Scheduler(PersistentScheduler):
    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Send what is due. Returns the seconds until the next look."""
        heartbeat.beat("beat")
        return super().tick(*args, **kwargs)
