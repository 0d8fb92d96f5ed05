"""`python -m paper`: run the paper exchange until it is told to stop."""

import asyncio
import logging
import signal

import aiohttp

from paper.config import Config, load
from paper.live_prices import fetch_prices
from paper.server import Server


async def run(config: Config) -> None:
    """Serve until SIGTERM or SIGINT."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    server = Server(config, await _real_prices(config))
    await server.start()
    await stopped.wait()
    await server.stop()


async def _real_prices(config: Config) -> dict[str, int] | None:
    if config.prices != "binance":
        return None
    try:
        return await fetch_prices(config.binance_rest_url)
    except (aiohttp.ClientError, TimeoutError) as error:
        raise SystemExit(f"no prices from {config.binance_rest_url}: {error}") from None


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    asyncio.run(run(load()))
