"""Saying once that something is away and once that it is back, not with every attempt."""

import logging

from django.db import DatabaseError, InterfaceError

# What a query raises while the database is away.
DATABASE_AWAY = (DatabaseError, InterfaceError)

logger = logging.getLogger(__name__)


class Outage:
    """What is known of one thing that we depend on: "Redis", "market streams" …"""

    def __init__(self, thing: str) -> None:
        self._thing = thing
        self._away = False

    def note(self, error: BaseException) -> None:
        """It failed."""
        if not self._away:
            logger.warning("%s: away (%s)", self._thing, str(error) or type(error).__name__)
        self._away = True

    def over(self) -> None:
        """It works."""
        if self._away:
            logger.info("%s: back", self._thing)
        self._away = False
