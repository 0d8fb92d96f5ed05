"""PAPER_PRICES=binance: the real public prices instead of the walk.

The walk is anchored at the real price of the start, so charts have a past; from then on every
price is a real trade's. Nothing is ever sent but market data requests without a key.
"""

import asyncio
import logging
from dataclasses import dataclass

import aiohttp
import msgspec

from paper.amounts import parse
from paper.symbols import SYMBOLS
from paper.venue import Venue

logger = logging.getLogger(__name__)

_RETRY_S = 2.0
_PATIENCE = aiohttp.ClientTimeout(total=10)


class _Price(msgspec.Struct):
    symbol: str
    price: str


class _AggregateTrade(msgspec.Struct):
    s: str
    p: str
    q: str
    m: bool


class _Message(msgspec.Struct):
    data: _AggregateTrade


@dataclass(slots=True)
class _Passed:
    """What was traded since the last turn of the market; the last price wins."""

    price: int
    quantity: int
    buyer_made: bool


async def fetch_prices(rest_url: str) -> dict[str, int]:
    """Current prices of our symbols, in units. Raises aiohttp.ClientError or TimeoutError."""
    names = msgspec.json.encode(list(SYMBOLS)).decode()
    async with (
        aiohttp.ClientSession(timeout=_PATIENCE, raise_for_status=True) as session,
        session.get(f"{rest_url}/v3/ticker/price", params={"symbols": names}) as response,
    ):
        prices = msgspec.json.decode(await response.read(), type=list[_Price])
    return {price.symbol: parse(price.price) for price in prices}


class LivePrices:
    """Leads every market of a venue along the real trades."""

    def __init__(self, venue: Venue, stream_url: str) -> None:
        names = "/".join(f"{name.lower()}@aggTrade" for name in SYMBOLS)
        self._url = f"{stream_url}/stream?streams={names}"
        self._venue = venue
        self._passed: dict[str, _Passed] = {}
        for market in venue.markets.values():
            market.freeze(frozen=True)

    async def follow(self) -> None:
        """Read trades for ever; connect again whenever the stream ends."""
        decoder = msgspec.json.Decoder(_Message)
        while True:
            try:
                async with (
                    aiohttp.ClientSession() as session,
                    session.ws_connect(self._url, heartbeat=60) as socket,
                ):
                    async for message in socket:
                        if message.type is aiohttp.WSMsgType.TEXT:
                            self._note(decoder.decode(message.data).data)
            except (aiohttp.ClientError, msgspec.DecodeError, OSError) as error:
                logger.warning("the price stream broke: %s", error)
            await asyncio.sleep(_RETRY_S)

    def apply(self) -> None:
        """Move the markets to the latest prices. Called once a turn."""
        passed, self._passed = self._passed, {}
        for name, trade in passed.items():
            self._venue.lead(name, trade.price, trade.quantity, buyer_made=trade.buyer_made)

    def _note(self, trade: _AggregateTrade) -> None:
        symbol = SYMBOLS.get(trade.s)
        if symbol is None:
            return
        price = parse(trade.p) // symbol.tick * symbol.tick
        before = self._passed.get(trade.s)
        quantity = parse(trade.q) + (before.quantity if before else 0)
        self._passed[trade.s] = _Passed(price, quantity, trade.m)
