"""The calls about markets. They need no token; no browser ever calls the exchange."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView

from execution.public_data import public_data
from tradeplat.problems import Invalid
from trading import markets
from trading.api import schema
from trading.api.kept import Kept
from trading.api.query import read_limit, read_query
from trading.api.rows import Row
from trading.intents import read_symbol
from trading.market_rows import book_row, candle_row, ticker_row
from trading.models import Symbol

INTERVALS = ["1m", "5m", "15m", "1h", "4h", "1d", "1w"]
CANDLES = 500
# Tickers of all markets cost 80 units of weight: pages get theirs live by the socket.
TICKER_SECONDS, CANDLE_SECONDS, BOOK_SECONDS = 5.0, 1.0, 0.5

kept = Kept()


class _MarketView(APIView):
    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = (ScopedRateThrottle,)
    throttle_scope = "market"


class SymbolsView(_MarketView):
    @extend_schema(
        operation_id="listSymbols",
        summary="Markets and their rules",
        responses={200: schema.SymbolShown(many=True), **schema.MARKET_PROBLEMS},
    )
    def get(self, request: Request) -> Response:
        read_query(request)
        symbols = Symbol.objects.filter(environment=settings.DEFAULT_ENVIRONMENT)
        return Response([_symbol_row(symbol) for symbol in symbols.order_by("symbol")])


class CandlesView(_MarketView):
    @extend_schema(
        operation_id="listCandles",
        summary="The newest candles of a market, the oldest first",
        parameters=[schema.MARKET, schema.INTERVAL, schema.CANDLE_LIMIT, schema.DECIMALS],
        responses={200: schema.CandleShown(many=True), **schema.MARKET_PROBLEMS},
    )
    def get(self, request: Request) -> Response:
        asked = read_query(request, symbol=read_symbol, interval=_read_interval, limit=read_limit)
        symbol, interval = _required(asked, "symbol"), _required(asked, "interval")
        limit = asked["limit"] or CANDLES
        size = (
            CANDLES if limit <= CANDLES else 2 * CANDLES
        )  # Few sizes, so that answers serve many.
        environment = _listed(symbol)
        candles, age = kept.get(
            ("candles", environment, symbol, interval, size),
            CANDLE_SECONDS,
            lambda: public_data(environment).candles(symbol, interval, size),
        )
        rows = [candle_row(symbol, interval, candle) for candle in candles[-limit:]]
        return Response(rows, headers=_age(age))


class TickersView(_MarketView):
    @extend_schema(
        operation_id="listTickers",
        summary="The last price and the last 24 hours of every market",
        parameters=[schema.DECIMALS],
        responses={200: schema.TickerShown(many=True), **schema.MARKET_PROBLEMS},
    )
    def get(self, request: Request) -> Response:
        read_query(request)
        environment = settings.DEFAULT_ENVIRONMENT
        tickers, age = kept.get(
            ("tickers", environment), TICKER_SECONDS, public_data(environment).tickers
        )
        return Response([ticker_row(ticker) for ticker in tickers], headers=_age(age))


class BookView(_MarketView):
    @extend_schema(
        operation_id="readBook",
        summary="The best 20 bids and asks of a market",
        parameters=[schema.MARKET, schema.DECIMALS],
        responses={200: schema.BookShown, **schema.MARKET_PROBLEMS},
    )
    def get(self, request: Request) -> Response:
        asked = read_query(request, symbol=read_symbol)
        symbol = _required(asked, "symbol")
        environment = _listed(symbol)
        book, age = kept.get(
            ("book", environment, symbol),
            BOOK_SECONDS,
            lambda: public_data(environment).book(symbol),
        )
        return Response(book_row(symbol, book), headers=_age(age))


def _symbol_row(symbol: Symbol) -> Row:
    return {
        "symbol": symbol.symbol,
        "base": symbol.base,
        "quote": symbol.quote,
        "status": symbol.status,
        "orderTypes": symbol.order_types,
        "filters": symbol.filters,
    }


def _listed(symbol: str) -> str:
    """The environment that lists the market; the exchange is never asked for others."""
    environment: str = settings.DEFAULT_ENVIRONMENT
    markets.find(environment, symbol)
    return environment


def _required(asked: dict[str, Any], name: str) -> str:
    if asked[name] is None:
        raise Invalid({name: "Is required."})
    value: str = asked[name]
    return value


def _read_interval(text: str) -> str:
    if text not in INTERVALS:
        raise ValueError(f"Must be one of {', '.join(INTERVALS)}.")
    return text


def _age(seconds: float) -> dict[str, str]:
    """How old the answer is: an old one serves while the exchange is away."""
    return {"Age": str(int(seconds))}
