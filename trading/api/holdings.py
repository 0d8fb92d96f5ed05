"""The calls about what an account holds: positions, trades, balances. All from our own rows."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from trading.api import schema
from trading.api.paging import PAGING, page_of
from trading.api.query import account_of, read_query
from trading.api.rows import FILL_COLUMNS, trade_row
from trading.api.sequence import event_seq
from trading.intents import read_whole
from trading.messages import Payload, account_row, position_row
from trading.models import Balance, Fill, LastPrice, Position, Symbol
from trading.models.amounts import ZERO


class PositionsView(APIView):
    @extend_schema(
        operation_id="listPositions",
        summary="What the account holds in each market",
        parameters=[schema.ACCOUNT, schema.DECIMALS],
        responses={200: schema.PositionShown(many=True), **schema.PROBLEMS},
    )
    def get(self, request: Request) -> Response:
        asked = read_query(request, account=read_whole)
        account = account_of(request, asked["account"])
        seq = event_seq(account.user_id)
        positions = Position.objects.filter(account=account).order_by("symbol")
        return Response(_position_rows(positions, account.environment), headers=seq)


class TradesView(APIView):
    @extend_schema(
        operation_id="listTrades",
        summary="List trades, the newest first",
        parameters=[schema.ACCOUNT, *schema.PAGING, schema.DECIMALS],
        responses={200: schema.TradeShown(many=True), **schema.PROBLEMS},
    )
    def get(self, request: Request) -> Response:
        asked = read_query(request, account=read_whole, **PAGING)
        account = account_of(request, asked["account"])
        seq = event_seq(account.user_id)
        page = page_of(Fill.objects.filter(account=account), asked, columns=FILL_COLUMNS)
        return Response(
            [trade_row(fill) for fill in page.rows], headers=page.headers(request) | seq
        )


class AccountView(APIView):
    @extend_schema(
        operation_id="readAccount",
        summary="Balances and state of an account",
        parameters=[schema.ACCOUNT, schema.DECIMALS],
        responses={200: schema.AccountShown, **schema.PROBLEMS},
    )
    def get(self, request: Request) -> Response:
        asked = read_query(request, account=read_whole)
        account = account_of(request, asked["account"])
        return Response(account_row(account, Balance.objects.filter(account=account)))


def _position_rows(positions: QuerySet[Position], environment: str) -> list[Payload]:
    held = list(positions)
    here = {"environment": environment, "symbol__in": [position.symbol for position in held]}
    symbols = {symbol.symbol: symbol for symbol in Symbol.objects.filter(**here)}
    prices = {price.symbol: price for price in LastPrice.objects.filter(**here)}
    rows = []
    for position in held:
        price = prices.get(position.symbol)
        rows.append(
            position_row(
                position,
                symbol=symbols.get(position.symbol),
                market_price=price.price if price else ZERO,
                as_of=price.as_of if price else None,
            )
        )
    return rows
