"""`manage.py market_feed`: follow the exchange's market streams for the whole platform."""

import asyncio
import signal
from contextlib import suppress
from typing import Any

from django.core.management.base import BaseCommand

from realtime.market.standby import Standby


class Command(BaseCommand):
    help = "Follow the market for everybody. A second copy stands by."

    def handle(self, *args: Any, **options: Any) -> None:
        with suppress(KeyboardInterrupt):
            asyncio.run(_until_asked_to_end())


async def _until_asked_to_end() -> None:
    standby = asyncio.create_task(Standby().run())
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, standby.cancel)
    with suppress(asyncio.CancelledError):
        await standby
