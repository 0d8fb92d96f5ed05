"""The trading rules of a symbol, in the order in which Binance reports them."""

from paper import errors
from paper.amounts import times
from paper.engine.orders import STOP_TYPES, OrderRequest
from paper.engine.state import Account
from paper.symbols import (
    MAX_OPEN_ORDERS,
    MAX_OPEN_STOPS,
    PERCENT_DOWN,
    PERCENT_UP,
    TRAILING_RANGE,
    Symbol,
)


def check(request: OrderRequest, symbol: Symbol, account: Account, average: int) -> None:
    """Refuse what breaks a filter. `average` is the symbol's average price, in units."""
    for price in (request.price, request.stop_price):
        if price:
            _price(price, symbol)
    if request.price:
        _percent_price(request.price, average)
    _lot_size(request, symbol)
    _notional(request, symbol, average)
    if request.trailing_delta and not (
        TRAILING_RANGE[0] <= request.trailing_delta <= TRAILING_RANGE[1]
    ):
        raise errors.filter_failure("TRAILING_DELTA")
    _order_count(request, account)


def _price(price: int, symbol: Symbol) -> None:
    if not symbol.tick <= price <= symbol.max_price or price % symbol.tick:
        raise errors.filter_failure("PRICE_FILTER")


def _percent_price(price: int, average: int) -> None:
    if not average // PERCENT_DOWN <= price <= average * PERCENT_UP:
        raise errors.filter_failure("PERCENT_PRICE_BY_SIDE")


def _lot_size(request: OrderRequest, symbol: Symbol) -> None:
    quantity = request.quantity
    if request.quote_quantity:
        return
    if not symbol.step <= quantity <= symbol.max_quantity or quantity % symbol.step:
        raise errors.filter_failure("LOT_SIZE")
    if request.type == "MARKET" and quantity > symbol.max_market_quantity:
        raise errors.filter_failure("MARKET_LOT_SIZE")


def _notional(request: OrderRequest, symbol: Symbol, average: int) -> None:
    price = request.price or request.stop_price or average
    notional = request.quote_quantity or times(price, request.quantity)
    if notional < symbol.min_notional:
        raise errors.filter_failure("NOTIONAL")


def _order_count(request: OrderRequest, account: Account) -> None:
    if request.type == "MARKET":
        return
    open_orders = account.open_of(request.symbol)
    if len(open_orders) >= MAX_OPEN_ORDERS:
        raise errors.filter_failure("MAX_NUM_ORDERS")
    if request.type in STOP_TYPES:
        stops = sum(order.type in STOP_TYPES and not order.is_working for order in open_orders)
        if stops >= MAX_OPEN_STOPS:
            raise errors.filter_failure("MAX_NUM_ALGO_ORDERS")
