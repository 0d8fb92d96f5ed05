"""What `/api/schema` says of these calls. Nothing is read or written by it: rows are built in
`rows.py`, bodies read in `intents.py`, and the contract tests hold the three together.
"""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema_field
from rest_framework import serializers

from accounts.models import Environment, ExchangeAccount
from tradeplat.openapi import problems
from trading.api.query import MOST_ROWS
from trading.intents import LARGEST_DELTA, LONGEST_KEY, LONGEST_SYMBOL
from trading.models.amounts import DIGITS, PLACES
from trading.models.orders import Order, OrderEvent, OrderType, Side, TimeInForce
from trading.states import Status

Shape = serializers.Serializer[Any]


@extend_schema_field({"oneOf": [{"type": "number"}, {"type": "string", "format": "decimal"}]})
class _Amount(serializers.DecimalField):
    """A JSON number with all its digits, or a string with `?decimals=string`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=DIGITS, decimal_places=PLACES, coerce_to_string=False, **kwargs)


@extend_schema_field(
    {
        "oneOf": [
            {"type": "number", "minimum": 0, "exclusiveMinimum": True},
            {
                "type": "string",
                "pattern": r"^(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?$",
                "maxLength": 64,
            },
        ],
        "nullable": True,
    }
)
class _NewAmount(_Amount):
    """A positive number, or the same in a string; at most 18 digits before and after the point."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, allow_null=True, **kwargs)


class NewOrder(Shape):
    """Which fields belong to which type is told in docs/api.md; null counts as absent."""

    account = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, help_text="The default account otherwise."
    )
    symbol = serializers.CharField(min_length=1, max_length=LONGEST_SYMBOL)
    side = serializers.ChoiceField(Side.choices)
    type = serializers.ChoiceField(
        OrderType.choices, help_text="STOP MARKET is taken for STOP_LOSS."
    )
    quantity = _NewAmount(help_text="In the base asset.")
    price = _NewAmount(help_text="Ignored on MARKET.")
    stopPrice = _NewAmount()
    trailingDelta = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=1,
        max_value=LARGEST_DELTA,
        help_text="In BIPS.",
    )
    timeInForce = serializers.ChoiceField(TimeInForce.choices, required=False, allow_null=True)
    quoteOrderQty = _NewAmount(help_text="MARKET only, in place of quantity.")
    clientOrderId = serializers.RegexField("^[a-zA-Z0-9_-]{1,36}$", required=False, allow_null=True)


class Accepted(Shape):
    orderId = serializers.UUIDField()
    status = serializers.ChoiceField(Status.choices)


class Counted(Shape):
    count = serializers.IntegerField()


class OrderShown(Shape):
    id = serializers.IntegerField()
    orderId = serializers.UUIDField()
    userId = serializers.IntegerField()
    accountId = serializers.IntegerField()
    environment = serializers.ChoiceField(Environment.choices)
    symbol = serializers.CharField()
    side = serializers.ChoiceField(Side.choices)
    type = serializers.ChoiceField(OrderType.choices)
    quantity = _Amount()
    price = _Amount(allow_null=True)
    stopPrice = _Amount(allow_null=True)
    trailingDelta = serializers.IntegerField(allow_null=True)
    timeInForce = serializers.ChoiceField(TimeInForce.choices, allow_null=True)
    quoteOrderQty = _Amount(allow_null=True)
    status = serializers.ChoiceField(Status.choices)
    executedQuantity = _Amount()
    averagePrice = _Amount(help_text="Of what has been executed, 0 before anything was.")
    reason = serializers.CharField(help_text="Why the order ended so, in words for a person.")
    clientOrderId = serializers.CharField(allow_null=True)
    exchangeOrderId = serializers.IntegerField(allow_null=True)
    source = serializers.ChoiceField(Order.Source.choices)  # type: ignore[assignment]
    cancelRequestedAt = serializers.DateTimeField(allow_null=True)
    createdAt = serializers.DateTimeField()
    updatedAt = serializers.DateTimeField()


class EventShown(Shape):
    seq = serializers.IntegerField(help_text="Numbers the user's events without gaps.")
    status = serializers.ChoiceField(Status.choices)
    quantity = _Amount(help_text="Executed so far.")
    price = _Amount(help_text="The average of the fills so far.")
    reason = serializers.CharField()
    origin = serializers.ChoiceField(OrderEvent.Origin.choices)
    timestamp = serializers.DateTimeField(help_text="The exchange's clock.")
    createdAt = serializers.DateTimeField(help_text="Our clock.")


class TradeShown(Shape):
    id = serializers.IntegerField()
    exchangeTradeId = serializers.IntegerField()
    orderId = serializers.UUIDField()
    userId = serializers.IntegerField()
    accountId = serializers.IntegerField()
    symbol = serializers.CharField()
    side = serializers.ChoiceField(Side.choices)
    quantity = _Amount()
    price = _Amount()
    commission = _Amount()
    commissionAsset = serializers.CharField()
    isMaker = serializers.BooleanField()
    realizedPnL = _Amount(help_text="In the quote asset, net of commissions in base and quote.")
    timestamp = serializers.DateTimeField(help_text="The exchange's clock.")
    createdAt = serializers.DateTimeField(help_text="Our clock.")
    status = serializers.ChoiceField(Status.choices, help_text="Of the order.")


class OrderInFull(OrderShown):
    events = EventShown(many=True)
    fills = TradeShown(many=True)


class PositionShown(Shape):
    accountId = serializers.IntegerField()
    symbol = serializers.CharField()
    side = serializers.ChoiceField([*Side.choices, ("FLAT", "FLAT")])
    size = _Amount(help_text="Absolute; the side gives the sign.")
    entryPrice = _Amount()
    marketPrice = _Amount()
    realizedPnL = _Amount()
    unrealizedPnL = _Amount()
    cost = _Amount(help_text="Signed quote amount paid for what is still open.")
    fees = serializers.DictField(child=_Amount(), help_text="Asset to what was paid in it.")
    priceAsOf = serializers.DateTimeField(allow_null=True)


class BalanceShown(Shape):
    asset = serializers.CharField()
    free = _Amount()
    locked = _Amount()


class AccountShown(Shape):
    accountId = serializers.IntegerField()
    marginRatio = _Amount(help_text="0 on spot.")
    maintenanceMargin = _Amount(help_text="0 on spot.")
    marginBalance = _Amount(help_text="Free USDT.")
    balances = BalanceShown(many=True)
    canTrade = serializers.BooleanField()
    state = serializers.ChoiceField(ExchangeAccount.State.choices)
    environment = serializers.ChoiceField(Environment.choices)
    asOf = serializers.DateTimeField(allow_null=True)


class SymbolShown(Shape):
    symbol = serializers.CharField()
    base = serializers.CharField()
    quote = serializers.CharField()
    status = serializers.CharField()
    orderTypes = serializers.ListField(child=serializers.CharField())
    filters = serializers.DictField(
        child=serializers.DictField(), help_text="Binance's filters by name."
    )


class CandleShown(Shape):
    symbol = serializers.CharField()
    interval = serializers.CharField()
    time = serializers.DateTimeField(help_text="When the candle opened.")
    open = _Amount()
    high = _Amount()
    low = _Amount()
    close = _Amount()
    volume = _Amount(help_text="In the base asset.")
    closed = serializers.BooleanField()


class TickerShown(Shape):
    symbol = serializers.CharField()
    last = _Amount()
    bid = _Amount()
    ask = _Amount()
    change24h = _Amount(help_text="In percent.")
    high24h = _Amount()
    low24h = _Amount()
    volume24h = _Amount(help_text="In the base asset.")
    timestamp = serializers.DateTimeField()


class BookShown(Shape):
    symbol = serializers.CharField()
    bids = serializers.ListField(
        child=serializers.ListField(child=_Amount(), min_length=2, max_length=2),
        help_text="[price, quantity], the best first.",
    )
    asks = serializers.ListField(
        child=serializers.ListField(child=_Amount(), min_length=2, max_length=2),
        help_text="[price, quantity], the best first.",
    )
    timestamp = serializers.DateTimeField()


PROBLEMS = problems(400, 401, 404)
CANCEL_PROBLEMS = problems(400, 401, 403, 404, 409)
PLACING_PROBLEMS = problems(400, 401, 403, 404, 409, 413, 415, 422, 429, 500, 503)
MARKET_PROBLEMS = problems(400, 429, 503)

# Any printable characters: Binance lists markets with names outside ASCII.
_SYMBOL = {
    "type": "string",
    "pattern": r"^[\p{L}\p{M}\p{N}\p{P}\p{S}]+$",
    "maxLength": LONGEST_SYMBOL,
    "example": "BTCUSDT",
}

ACCOUNT = OpenApiParameter(
    "account",
    {"type": "integer", "format": "int64", "minimum": 1},
    description="Default account otherwise.",
)
ORDER_ID = OpenApiParameter("order_id", OpenApiTypes.UUID, OpenApiParameter.PATH)
SYMBOL = OpenApiParameter("symbol", _SYMBOL)
MARKET = OpenApiParameter("symbol", _SYMBOL, required=True)
INTERVAL = OpenApiParameter(
    "interval",
    OpenApiTypes.STR,
    required=True,
    enum=["1m", "5m", "15m", "1h", "4h", "1d", "1w"],
)
_LIMIT = {"type": "integer", "minimum": 1, "maximum": MOST_ROWS}
CANDLE_LIMIT = OpenApiParameter("limit", _LIMIT, description="500 candles otherwise.")
DECIMALS = OpenApiParameter(
    "decimals", OpenApiTypes.STR, enum=["number", "string"], description="How amounts are written."
)
STATUS = OpenApiParameter(
    "status",
    {"type": "array", "items": {"type": "string", "enum": Status.values}, "minItems": 1},
    style="form",
    explode=False,
    description="One status, or several with commas between them.",
)
PAGING = (
    SYMBOL,
    OpenApiParameter("since", OpenApiTypes.DATETIME, description="createdAt from then on."),
    OpenApiParameter("limit", _LIMIT, description=f"The newest {MOST_ROWS} otherwise."),
    OpenApiParameter("cursor", OpenApiTypes.STR, description="From the Link of the page before."),
)
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": "^[ -~]*$"},
    OpenApiParameter.HEADER,
    description="The same key with the same intent places once.",
)
