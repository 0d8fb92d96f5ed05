"""`python -m paper`: run the paper exchange until it is told to stop."""

import asyncio
import logging
import signal

from paper.config import Config, load
from paper.server import Server


async def run(config: Config) -> None:
    """Serve until SIGTERM or SIGINT."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    server = Server(config)
    await server.start()
    await stopped.wait()
    await server.stop()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    asyncio.run(run(load()))
