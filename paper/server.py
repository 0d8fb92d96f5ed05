"""The HTTP server: one port for REST, both WebSockets and control."""

import asyncio
import logging
from collections.abc import Mapping

from aiohttp import web

from paper.config import Config
from paper.control import Control
from paper.live_prices import LivePrices
from paper.rest.dispatch import Dispatcher
from paper.streams import MarketStreams
from paper.venue import Venue
from paper.ws_api import WebSocketApi

logger = logging.getLogger(__name__)

_TURN_S = 0.1  # The walk makes a trade every 0.2 s.


class Server:
    """The running exchange. `start` opens the port once everything is ready to answer."""

    def __init__(self, config: Config, prices: Mapping[str, int] | None = None) -> None:
        self._config = config
        self._venue = Venue(config, prices)
        self._live = LivePrices(self._venue, config.binance_stream_url) if prices else None
        self._ws_api = WebSocketApi(self._venue)
        self._streams = MarketStreams(self._venue)
        self._tasks: list[asyncio.Task[None]] = []
        # A caller who hangs up ends its handler, or a call that is never answered would stay.
        self._runner = web.AppRunner(
            self._application(), access_log=None, handler_cancellation=True, shutdown_timeout=1
        )

    async def start(self) -> None:
        await self._runner.setup()
        self._tasks.append(asyncio.create_task(self._follow_market()))
        if self._live is not None:
            self._tasks.append(asyncio.create_task(self._live.follow()))
        site = web.TCPSite(self._runner, self._config.host, self._config.port, backlog=1024)
        await site.start()
        logger.info("paper exchange on http://%s:%d", self._config.host, self._config.port)

    async def stop(self) -> None:
        """Say goodbye on the sockets, then end in order."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._ws_api.shut_down()
        await self._streams.shut_down()
        await self._runner.cleanup()
        self._venue.journal.close()

    async def _follow_market(self) -> None:
        while True:
            try:
                self._venue.tick()
                if self._live is not None:
                    self._live.apply()
                self._streams.publish()
            except Exception:
                # A market that stands still for ever would be worse than one lost turn.
                logger.exception("a turn of the market failed")
            await asyncio.sleep(_TURN_S)

    def _application(self) -> web.Application:
        application = web.Application(client_max_size=64 * 1024)
        application.add_routes(Control(self._venue).routes())
        application.add_routes(
            [
                web.get("/ws-api/v3", self._ws_api.handle),
                web.get("/ws", self._streams.handle),
                web.get("/ws/{name:.+}", self._streams.handle),
                web.get("/stream", self._streams.handle),
                web.route("*", "/api/{path:.*}", Dispatcher(self._venue).handle),
            ]
        )
        return application
