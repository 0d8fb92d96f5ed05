"""The markets that are listed, their trading rules and their temperament."""

from dataclasses import dataclass
from typing import Any, Final

from paper.amounts import ONE, parse, text

ORDER_TYPES: Final = (
    "LIMIT",
    "LIMIT_MAKER",
    "MARKET",
    "STOP_LOSS",
    "STOP_LOSS_LIMIT",
    "TAKE_PROFIT",
    "TAKE_PROFIT_LIMIT",
)
MAX_OPEN_ORDERS: Final = 200
MAX_OPEN_STOPS: Final = 20
PERCENT_UP: Final = 5
PERCENT_DOWN: Final = 5  # A price may be a fifth of the average at least.
TRAILING_RANGE: Final = (10, 2000)  # BIPS


@dataclass(frozen=True, slots=True)
class Symbol:
    """One market. Amounts are units of 1e-8; the volatility is of the log price over one week."""

    name: str
    base: str
    quote: str
    tick: int
    step: int
    max_quantity: int
    max_market_quantity: int
    min_notional: int
    anchor: int
    weekly_volatility: float
    weekly_volume: int

    @property
    def max_price(self) -> int:
        return 1_000_000 * ONE if self.tick > ONE // 1000 else 10_000 * ONE

    def filters(self) -> list[dict[str, Any]]:
        """The `filters` of exchangeInfo."""
        return [
            {
                "filterType": "PRICE_FILTER",
                "minPrice": text(self.tick),
                "maxPrice": text(self.max_price),
                "tickSize": text(self.tick),
            },
            {
                "filterType": "LOT_SIZE",
                "minQty": text(self.step),
                "maxQty": text(self.max_quantity),
                "stepSize": text(self.step),
            },
            {"filterType": "ICEBERG_PARTS", "limit": 100},
            {
                "filterType": "MARKET_LOT_SIZE",
                "minQty": text(0),
                "maxQty": text(self.max_market_quantity),
                "stepSize": text(0),
            },
            {
                "filterType": "TRAILING_DELTA",
                "minTrailingAboveDelta": TRAILING_RANGE[0],
                "maxTrailingAboveDelta": TRAILING_RANGE[1],
                "minTrailingBelowDelta": TRAILING_RANGE[0],
                "maxTrailingBelowDelta": TRAILING_RANGE[1],
            },
            {
                "filterType": "PERCENT_PRICE_BY_SIDE",
                "bidMultiplierUp": str(PERCENT_UP),
                "bidMultiplierDown": text(ONE // PERCENT_DOWN).rstrip("0"),
                "askMultiplierUp": str(PERCENT_UP),
                "askMultiplierDown": text(ONE // PERCENT_DOWN).rstrip("0"),
                "avgPriceMins": 5,
            },
            {
                "filterType": "NOTIONAL",
                "minNotional": text(self.min_notional),
                "applyMinToMarket": True,
                "maxNotional": text(9_000_000 * ONE),
                "applyMaxToMarket": False,
                "avgPriceMins": 5,
            },
            {"filterType": "MAX_NUM_ORDERS", "maxNumOrders": MAX_OPEN_ORDERS},
            {"filterType": "MAX_NUM_ALGO_ORDERS", "maxNumAlgoOrders": MAX_OPEN_STOPS},
        ]

    def info(self) -> dict[str, Any]:
        """This symbol's entry in exchangeInfo."""
        return {
            "symbol": self.name,
            "status": "TRADING",
            "baseAsset": self.base,
            "baseAssetPrecision": 8,
            "quoteAsset": self.quote,
            "quotePrecision": 8,
            "quoteAssetPrecision": 8,
            "baseCommissionPrecision": 8,
            "quoteCommissionPrecision": 8,
            "orderTypes": list(ORDER_TYPES),
            "icebergAllowed": False,
            "ocoAllowed": True,
            "otoAllowed": False,
            "opoAllowed": False,
            "quoteOrderQtyMarketAllowed": True,
            "allowTrailingStop": True,
            "cancelReplaceAllowed": False,
            "amendAllowed": False,
            "pegInstructionsAllowed": False,
            "isSpotTradingAllowed": True,
            "isMarginTradingAllowed": False,
            "filters": self.filters(),
            "permissions": [],
            "permissionSets": [["SPOT"]],
            "defaultSelfTradePreventionMode": "EXPIRE_MAKER",
            "allowedSelfTradePreventionModes": ["EXPIRE_MAKER"],
        }


def _listed(
    base: str,
    *,
    tick: str,
    step: str,
    largest: tuple[str, str],
    anchor: str,
    volatility: float,
    volume: str,
) -> Symbol:
    return Symbol(
        name=f"{base}USDT",
        base=base,
        quote="USDT",
        tick=parse(tick),
        step=parse(step),
        max_quantity=parse(largest[0]),
        max_market_quantity=parse(largest[1]),
        min_notional=5 * ONE,
        anchor=parse(anchor),
        weekly_volatility=volatility,
        weekly_volume=parse(volume),
    )


SYMBOLS: Final[dict[str, Symbol]] = {
    symbol.name: symbol
    for symbol in (
        _listed(
            "BTC",
            tick="0.01",
            step="0.00001",
            largest=("9000", "120"),
            anchor="67200",
            volatility=0.045,
            volume="150000",
        ),
        _listed(
            "ETH",
            tick="0.01",
            step="0.0001",
            largest=("9000", "2500"),
            anchor="3450",
            volatility=0.06,
            volume="2500000",
        ),
        _listed(
            "BNB",
            tick="0.01",
            step="0.001",
            largest=("90000", "3000"),
            anchor="615",
            volatility=0.05,
            volume="1500000",
        ),
        _listed(
            "SOL",
            tick="0.01",
            step="0.001",
            largest=("90000", "25000"),
            anchor="168",
            volatility=0.08,
            volume="20000000",
        ),
        _listed(
            "XRP",
            tick="0.0001",
            step="0.1",
            largest=("9222449", "2000000"),
            anchor="2.35",
            volatility=0.07,
            volume="900000000",
        ),
    )
}
ASSETS: Final = ("USDT", *(symbol.base for symbol in SYMBOLS.values()))
DEFAULT_BALANCES: Final = {
    "USDT": 10_000 * ONE,
    "BTC": ONE // 10,
    "ETH": 2 * ONE,
    "BNB": 10 * ONE,
    "SOL": 20 * ONE,
    "XRP": 2_000 * ONE,
}
