"""Fills: each trade is stored once, and folded into the position of its account and symbol."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.db import transaction

from execution.exchange import Trade
from trading import messages, positions
from trading.ledger import rows
from trading.models import Fill, LastPrice, Order, Position, Symbol
from trading.models.amounts import ZERO
from trading.publisher import publisher
from trading.results import Reported

# id() of a result -> the fills that it was the first to tell of.
Stored = Mapping[int, Sequence[Fill]]
_Market = tuple[int, str]  # Account and symbol.

_POSITION = ["quantity", "cost", "realized_pnl", "fees", "last_trade_id"]
_FOLDED = ["realized_pnl", "quantity_after", "cost_after"]


def store(results: Sequence[Reported], orders: Mapping[UUID, Order]) -> Stored:
    """Store the trades that nobody told of before. The orders are locked by the caller."""
    known = _known(results)
    stored: dict[int, list[Fill]] = defaultdict(list)
    for result in results:
        order = orders[result.order_id]
        for trade in result.report.trades:
            key = (order.account_id, order.symbol, trade.trade_id)
            if key not in known:
                known.add(key)
                stored[id(result)].append(_fill(order, trade))
    Fill.objects.bulk_create([fill for fills in stored.values() for fill in fills])
    return stored


def fold(stored: Stored, orders: Mapping[UUID, Order]) -> None:
    """Fold new fills into their positions, which are locked here, and publish these."""
    fresh: dict[_Market, list[Fill]] = defaultdict(list)
    for fills in stored.values():
        for fill in fills:
            fresh[fill.account_id, fill.symbol].append(fill)
    if not fresh:
        return
    environments = {order.account_id: order.account.environment for order in orders.values()}
    symbols = _symbols(fresh, environments)
    locked = _lock_positions(fresh)
    folded: list[Fill] = []
    for position in locked:
        market = (position.account_id, position.symbol)
        symbol = symbols[environments[position.account_id], position.symbol]
        folded += _fold_one(position, fresh[market], symbol)
    rows.write_back(folded, _FOLDED)
    rows.write_back(locked, _POSITION)
    _announce(locked, orders, environments, symbols)


def _known(results: Sequence[Reported]) -> set[tuple[int, str, int]]:
    trade_ids = {trade.trade_id for result in results for trade in result.report.trades}
    if not trade_ids:
        return set()
    accounts = Order.objects.filter(order_id__in=[r.order_id for r in results]).values("account_id")
    known = Fill.objects.filter(account_id__in=accounts, exchange_trade_id__in=trade_ids)
    return set(known.values_list("account_id", "symbol", "exchange_trade_id"))


def _fill(order: Order, trade: Trade) -> Fill:
    return Fill(
        account_id=order.account_id,
        symbol=order.symbol,
        order=order,
        side=order.side,
        exchange_trade_id=trade.trade_id,
        is_maker=trade.is_maker,
        traded_at=trade.traded_at,
        price=trade.price,
        quantity=trade.quantity,
        commission=trade.commission,
        commission_asset=trade.commission_asset,
    )


def _lock_positions(fresh: Iterable[_Market]) -> list[Position]:
    markets = sorted(fresh)
    Position.objects.bulk_create(
        [Position(account_id=account, symbol=symbol) for account, symbol in markets],
        ignore_conflicts=True,
    )
    accounts, symbols = zip(*markets, strict=True)
    locked = (
        Position.objects.filter(account_id__in=accounts, symbol__in=symbols)
        .order_by("id")
        .select_for_update(no_key=True)
    )
    wanted = set(markets)
    return [row for row in locked if (row.account_id, row.symbol) in wanted]


def _symbols(
    fresh: Iterable[_Market], environments: Mapping[int, str]
) -> dict[tuple[str, str], Symbol]:
    rows = Symbol.objects.filter(
        environment__in=set(environments.values()), symbol__in={symbol for _, symbol in fresh}
    )
    return {(row.environment, row.symbol): row for row in rows}


def _fold_one(position: Position, fresh: list[Fill], symbol: Symbol) -> list[Fill]:
    """Fold on from the last fill, or, for one that came late, again from its predecessor.

    The fills that were folded, not yet written back.
    """
    fresh = sorted(fresh, key=lambda fill: fill.exchange_trade_id)
    first = fresh[0].exchange_trade_id
    late = position.last_trade_id is not None and first < position.last_trade_id
    fills = _from(position, first) if late else fresh
    start = _predecessor(position, first) if late else _state(position)
    before = sum((fill.realized_pnl for fill in fills), ZERO)
    end = positions.fold(start, fills, base=symbol.base, quote=symbol.quote)
    position.realized_pnl += sum((fill.realized_pnl for fill in fills), ZERO) - before
    position.quantity, position.cost = end.quantity, end.cost
    position.last_trade_id = fills[-1].exchange_trade_id
    for fill in fresh:
        positions.add_fee(position.fees, fill)
    return fills


def _state(position: Position) -> positions.Position:
    return positions.Position(position.quantity, position.cost)


def _from(position: Position, trade_id: int) -> list[Fill]:
    fills = Fill.objects.filter(
        account_id=position.account_id, symbol=position.symbol, exchange_trade_id__gte=trade_id
    )
    return list(fills.order_by("exchange_trade_id"))


def _predecessor(position: Position, trade_id: int) -> positions.Position:
    fill = (
        Fill.objects.filter(
            account_id=position.account_id, symbol=position.symbol, exchange_trade_id__lt=trade_id
        )
        .order_by("-exchange_trade_id")
        .first()
    )
    return (
        positions.Position(fill.quantity_after, fill.cost_after) if fill else positions.Position()
    )


def _announce(
    changed: Sequence[Position],
    orders: Mapping[UUID, Order],
    environments: Mapping[int, str],
    symbols: Mapping[tuple[str, str], Symbol],
) -> None:
    users = {order.account_id: order.user_id for order in orders.values()}
    prices = {
        (price.environment, price.symbol): price
        for price in LastPrice.objects.filter(symbol__in={row.symbol for row in changed})
    }
    payloads = []
    for row in changed:
        market = (environments[row.account_id], row.symbol)
        price = prices.get(market)
        told = messages.position_row(
            row,
            symbol=symbols[market],
            market_price=price.price if price else ZERO,
            as_of=price.as_of if price else None,
        )
        payloads.append({"userId": users[row.account_id], **told})
    transaction.on_commit(lambda: _publish(payloads))


def _publish(payloads: Iterable[messages.Payload]) -> None:
    for payload in payloads:
        publisher.publish(messages.POSITION_UPDATE, payload)
