"""The exchange's trading rules, checked before an order is accepted.

The exchange judges again and has the last word: here a trader learns at once which value would
pass. Rules that count what is open there (MAX_NUM_ORDERS, MAX_POSITION …) are left to it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any

from tradeplat.problems import Invalid
from tradeplat.wire import spell
from trading.intents import Intent
from trading.models import Symbol
from trading.models.amounts import ZERO
from trading.models.orders import OrderType, Side


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule, the field of the POST that breaks it, and the way to mend it."""

    rule: str
    field: str
    words: str


def check(intent: Intent, symbol: Symbol, last_price: Decimal | None) -> None:
    """Refuse what the rules of the symbol forbid; those about a price need to know the last one.

    Raises: `Invalid` with the first broken rule as its code, and the nearest legal value of every
    field that breaks one.
    """
    breaches = list(_breaches(intent, symbol, last_price))
    if breaches:
        errors = {breach.field: breach.words for breach in reversed(breaches)}
        raise Invalid(errors, code=breaches[0].rule)


def _breaches(intent: Intent, symbol: Symbol, last_price: Decimal | None) -> Iterator[Breach]:
    yield from _market(intent, symbol)
    for field, price in (("price", intent.price), ("stopPrice", intent.stop_price)):
        if price is not None:
            yield from _grid("PRICE_FILTER", field, price, _price_grid(symbol))
    if intent.price is not None and last_price is not None:
        yield from _percent_price(intent.side, intent.price, symbol, last_price)
    if intent.quantity is not None:
        yield from _grid("LOT_SIZE", "quantity", intent.quantity, _lot_grid(symbol, "LOT_SIZE"))
        if intent.type == OrderType.MARKET:
            grid = _lot_grid(symbol, "MARKET_LOT_SIZE")
            yield from _grid("MARKET_LOT_SIZE", "quantity", intent.quantity, grid)
    yield from _notional(intent, symbol, last_price)
    yield from _trailing_delta(intent, symbol)


def _market(intent: Intent, symbol: Symbol) -> Iterator[Breach]:
    if symbol.status != "TRADING":
        words = f"{symbol.symbol} takes no orders now: its state is {symbol.status}."
        yield Breach("SYMBOL_NOT_TRADING", "symbol", words)
    if symbol.order_types and intent.type not in symbol.order_types:
        words = f"{symbol.symbol} takes {', '.join(symbol.order_types)}."
        yield Breach("ORDER_TYPE_NOT_ALLOWED", "type", words)
    if intent.quote_order_quantity is not None and not symbol.flags.get(
        "quoteOrderQtyMarketAllowed", True
    ):
        words = f"{symbol.symbol} takes a quantity only."
        yield Breach("QUOTE_ORDER_QTY_NOT_ALLOWED", "quoteOrderQty", words)


@dataclass(frozen=True, slots=True)
class Grid:
    """The values that a rule allows: from `least` to `most` in steps. 0 switches a bound off."""

    least: Decimal
    most: Decimal
    step: Decimal

    def nearest(self, value: Decimal, *, rounding: str = ROUND_HALF_UP) -> Decimal:
        """The allowed value that is nearest, or the next one up or down."""
        bounded = max(value, self.least)
        bounded = min(bounded, self.most) if self.most else bounded
        if not self.step:
            return bounded
        steps = (bounded / self.step).to_integral_value(rounding=rounding)
        nearest = steps * self.step
        if nearest < self.least or not nearest:
            return nearest + self.step
        if self.most and nearest > self.most:
            return nearest - self.step
        return nearest


def _price_grid(symbol: Symbol) -> Grid:
    rule = _filter(symbol, "PRICE_FILTER")
    return Grid(rule("minPrice"), rule("maxPrice"), rule("tickSize"))


def _lot_grid(symbol: Symbol, name: str) -> Grid:
    rule = _filter(symbol, name)
    return Grid(rule("minQty"), rule("maxQty"), rule("stepSize"))


def _grid(rule: str, field: str, value: Decimal, grid: Grid) -> Iterator[Breach]:
    legal = spell(grid.nearest(value))
    if value < grid.least:
        yield Breach(rule, field, f"Is below the minimum of {spell(grid.least)}.")
    elif grid.most and value > grid.most:
        yield Breach(rule, field, f"Is above the maximum: the nearest legal value is {legal}.")
    elif grid.step and value % grid.step:
        step = spell(grid.step)
        yield Breach(
            rule, field, f"Is not a multiple of {step}: the nearest legal value is {legal}."
        )


def _percent_price(
    side: Side, price: Decimal, symbol: Symbol, last_price: Decimal
) -> Iterator[Breach]:
    book_side = "bid" if side == Side.BUY else "ask"
    grid = _price_grid(symbol)
    for name, up, down in (
        ("PERCENT_PRICE", "multiplierUp", "multiplierDown"),
        ("PERCENT_PRICE_BY_SIDE", f"{book_side}MultiplierUp", f"{book_side}MultiplierDown"),
    ):
        rule = _filter(symbol, name)
        most = last_price * rule(up)
        least = last_price * rule(down)
        if most and price > most:
            legal = spell(grid.nearest(most, rounding=ROUND_FLOOR))
            yield Breach(name, "price", f"Is too far from the market: at most {legal}.")
        elif price < least:
            legal = spell(grid.nearest(least, rounding=ROUND_CEILING))
            yield Breach(name, "price", f"Is too far from the market: at least {legal}.")


def _notional(intent: Intent, symbol: Symbol, last_price: Decimal | None) -> Iterator[Breach]:
    """What the order is worth in the quote asset, at its own price where it names one."""
    price = intent.price or intent.stop_price or last_price
    for name in ("MIN_NOTIONAL", "NOTIONAL"):
        least, most = _notional_bounds(symbol, name, intent.type)
        if intent.quote_order_quantity is not None:
            yield from _grid(
                name, "quoteOrderQty", intent.quote_order_quantity, Grid(least, most, ZERO)
            )
        elif price and intent.quantity is not None:
            worth = price * intent.quantity
            grid = _lot_grid(symbol, "LOT_SIZE")
            if worth < least:
                legal = grid.nearest(least / price, rounding=ROUND_CEILING)
                words = (
                    f"Is worth less than {spell(least)} {symbol.quote}: at least {spell(legal)}."
                )
                yield Breach(name, "quantity", words)
            elif most and worth > most:
                legal = grid.nearest(most / price, rounding=ROUND_FLOOR)
                words = f"Is worth more than {spell(most)} {symbol.quote}: at most {spell(legal)}."
                yield Breach(name, "quantity", words)


def _notional_bounds(symbol: Symbol, name: str, kind: OrderType) -> tuple[Decimal, Decimal]:
    fields = symbol.filters.get(name, {})
    rule = _filter(symbol, name)
    if kind != OrderType.MARKET:
        return rule("minNotional"), rule("maxNotional")
    applies = fields.get("applyMinToMarket", fields.get("applyToMarket", False))
    return (
        rule("minNotional") if applies else ZERO,
        rule("maxNotional") if fields.get("applyMaxToMarket", False) else ZERO,
    )


def _trailing_delta(intent: Intent, symbol: Symbol) -> Iterator[Breach]:
    if intent.trailing_delta is None:
        return
    if not symbol.flags.get("allowTrailingStop", True):
        yield Breach("TRAILING_DELTA", "trailingDelta", f"{symbol.symbol} has no trailing stops.")
        return
    stops = (OrderType.STOP_LOSS, OrderType.STOP_LOSS_LIMIT)
    above = (intent.side == Side.BUY) == (intent.type in stops)
    rule = _filter(symbol, "TRAILING_DELTA")
    word = "Above" if above else "Below"
    grid = Grid(rule(f"minTrailing{word}Delta"), rule(f"maxTrailing{word}Delta"), ZERO)
    yield from _grid("TRAILING_DELTA", "trailingDelta", Decimal(intent.trailing_delta), grid)


def _filter(symbol: Symbol, name: str) -> Callable[[str], Decimal]:
    """The amounts of one filter; a field that it lacks is 0, as off as the exchange's own 0."""
    fields: Mapping[str, Any] = symbol.filters.get(name, {})
    return lambda field: Decimal(str(fields.get(field, 0)))
