"""`manage.py user_streams`: hear the exchange's private streams for the whole platform."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand

from execution import exchanges
from execution.user_streams.service import UserStreams


class Command(BaseCommand):
    help = "Hear the exchange about all accounts. A second copy stands by."

    def handle(self, *args: Any, **options: Any) -> None:
        ending = threading.Event()
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, lambda number, frame: ending.set())
        streams = UserStreams()
        running = streams.start()
        running.add_done_callback(lambda done: ending.set())
        ending.wait()
        streams.stop()
        exchanges.close_all()
        if not running.cancelled():
            running.result()  # It ended by itself, which only a bug makes it.
