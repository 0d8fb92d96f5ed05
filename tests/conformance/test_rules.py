"""The exchange's trading rules: told with the fields we read, and judged as we judge."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from tests.conformance.conftest import Seen
from tests.conformance.desk import Desk
from tests.conformance.market import Market
from tradeplat.problems import Invalid
from tradeplat.wire import spell
from trading.intents import parse_intent
from trading.symbol_rules import check

FILTERS = "Filters, Symbol filters"
NEW_ORDER = "Trading endpoints, New order"
FIELDS = {
    "PRICE_FILTER": {"minPrice", "maxPrice", "tickSize"},
    "LOT_SIZE": {"minQty", "maxQty", "stepSize"},
    "MARKET_LOT_SIZE": {"minQty", "maxQty", "stepSize"},
    "NOTIONAL": {"minNotional", "maxNotional", "applyMinToMarket", "applyMaxToMarket"},
    "MIN_NOTIONAL": {"minNotional", "applyToMarket"},
    "PERCENT_PRICE": {"multiplierUp", "multiplierDown"},
    "PERCENT_PRICE_BY_SIDE": {
        "bidMultiplierUp", "bidMultiplierDown", "askMultiplierUp", "askMultiplierDown",
    },
    "TRAILING_DELTA": {
        "minTrailingAboveDelta", "maxTrailingAboveDelta",
        "minTrailingBelowDelta", "maxTrailingBelowDelta",
    },
}  # fmt: skip


@pytest.mark.relied_on("trading.symbol_rules", source=f"Exchange information; {FILTERS}")
@pytest.mark.parametrize("name", FIELDS)
def test_a_filter_is_told_with_the_fields_that_we_read(
    market: Market, seen: Seen, name: str
) -> None:
    """exchangeInfo tells a filter that we check with every field that we read of it."""
    if name not in market.rules.filters:
        pytest.skip(f"{market.rules.symbol} has no such filter.")
    told = market.rules.filters[name]
    seen(", ".join(f"{field} {told[field]}" for field in sorted(told.keys() & FIELDS[name])))
    assert told.keys() >= FIELDS[name]
    for field in FIELDS[name]:
        assert isinstance(told[field], bool) or Decimal(str(told[field])).is_finite()


@pytest.mark.relied_on("trading.symbol_rules", source="Exchange information")
def test_the_rules_that_no_symbol_goes_without_are_there(market: Market, seen: Seen) -> None:
    """A symbol has PRICE_FILTER, LOT_SIZE and a least worth, order types and a status."""
    rules = market.rules
    seen(f"{rules.status}; {', '.join(rules.order_types)}")
    assert {"PRICE_FILTER", "LOT_SIZE"} <= rules.filters.keys()
    assert {"NOTIONAL", "MIN_NOTIONAL"} & rules.filters.keys()
    assert {"LIMIT", "MARKET"} <= set(rules.order_types)
    assert rules.status == "TRADING"
    assert rules.flags.keys() >= {"quoteOrderQtyMarketAllowed", "allowTrailingStop"}


# --- Complete orders of every kind ---------------------------------------------------------------

KINDS = {
    "MARKET": {"quantity"},
    "LIMIT": {"quantity", "price", "timeInForce"},
    "LIMIT_MAKER": {"quantity", "price"},
    "STOP_LOSS": {"quantity", "stopPrice"},
    "STOP_LOSS_LIMIT": {"quantity", "price", "stopPrice", "timeInForce"},
    "TAKE_PROFIT": {"quantity", "stopPrice"},
    "TAKE_PROFIT_LIMIT": {"quantity", "price", "stopPrice", "timeInForce"},
}
MISSING = [(kind, field) for kind, fields in KINDS.items() for field in sorted(fields)]
SUPERFLUOUS = [
    ("MARKET", "price"), ("MARKET", "timeInForce"), ("LIMIT", "stopPrice"),
    ("LIMIT_MAKER", "timeInForce"), ("STOP_LOSS", "price"),
]  # fmt: skip


def complete(market: Market, kind: str) -> dict[str, str]:
    """An order of a kind with exactly the fields that it needs, far enough to be legal."""
    if kind not in market.rules.order_types:
        pytest.skip(f"{market.rules.symbol} takes no {kind}.")
    return {"side": "BUY", "type": kind} | {
        field: value for field, value in _values(market, kind).items() if field in KINDS[kind]
    }


def _values(market: Market, kind: str) -> dict[str, str]:
    stop = market.far_above if kind.startswith("STOP") else market.far_below
    return {
        "quantity": spell(market.quantity),
        "price": spell(market.far_below),
        "stopPrice": spell(stop),
        "timeInForce": "GTC",
    }


@pytest.mark.relied_on("trading.intents, the shapes", source=f"{NEW_ORDER}: mandatory parameters")
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_passes_with_what_it_needs(
    desk: Desk, market: Market, seen: Seen, kind: str
) -> None:
    """An order with what its type needs, and nothing else, passes both judgements."""
    fields = complete(market, kind)
    answer = desk.test_order(**fields)
    seen(answer.words)
    assert verdict(market, fields) is None
    assert answer.status == 200


@pytest.mark.relied_on("trading.intents, the shapes", source=f"{NEW_ORDER}; Errors, -1102")
@pytest.mark.parametrize(("kind", "field"), MISSING)
def test_no_kind_passes_without_what_it_needs(
    desk: Desk, market: Market, seen: Seen, kind: str, field: str
) -> None:
    """An order that lacks what its type needs is refused for certain: -1102."""
    fields = complete(market, kind)
    del fields[field]
    answer = desk.test_order(**fields)
    seen(answer.words)
    assert (answer.status, answer.code) == (400, -1102)


@pytest.mark.relied_on("execution.binance leaves out what is none", source="Errors, -1106")
@pytest.mark.parametrize(("kind", "field"), SUPERFLUOUS)
def test_no_kind_takes_what_it_has_no_use_for(
    desk: Desk, market: Market, seen: Seen, kind: str, field: str
) -> None:
    """A parameter that a type has no use for is refused for certain: -1106."""
    fields = complete(market, kind) | {field: _values(market, kind)[field]}
    answer = desk.test_order(**fields)
    seen(answer.words)
    assert (answer.status, answer.code) == (400, -1106)


# --- Orders that break one rule ------------------------------------------------------------------


def breaking(market: Market, case: str) -> Iterator[dict[str, str]]:
    """The changes to a legal LIMIT BUY that break one rule; none where the market lacks it."""
    tick, step = market.amount("PRICE_FILTER", "tickSize"), market.amount("LOT_SIZE", "stepSize")
    least = market.amount("LOT_SIZE", "minQty")
    market_most = market.amount("MARKET_LOT_SIZE", "maxQty")
    up = market.amount("PERCENT_PRICE_BY_SIDE", "bidMultiplierUp")
    trailing = market.amount("TRAILING_DELTA", "minTrailingAboveDelta")
    stop = {"type": "STOP_LOSS", "price": "", "timeInForce": ""}
    changes: dict[str, tuple[object, dict[str, object]]] = {
        "off the tick": (tick, {"price": market.far_below + tick / 2}),
        "off the step": (step, {"quantity": market.quantity + step / 2}),
        "stop off the tick": (tick, stop | {"stopPrice": market.far_above + tick / 2}),
        "too large for MARKET": (
            market_most,
            {"type": "MARKET", "quantity": market_most + step, "price": "", "timeInForce": ""},
        ),
        "worth too little": (True, {"quantity": least}),
        "quote worth too little": (
            True,
            {"type": "MARKET", "quoteOrderQty": market.price(market.least_worth / 2)}
            | dict.fromkeys(("quantity", "price", "timeInForce"), ""),
        ),
        "far above the market": (up, {"price": market.price(market.ask * up * 2)}),
        "trails too closely": (trailing > 1, stop | {"trailingDelta": 1}),
    }
    possible, found = changes[case]
    if possible:
        yield {name: _text(value) for name, value in found.items()}


@pytest.mark.relied_on("trading.symbol_rules", source=f"{FILTERS}; Errors, filter failures")
@pytest.mark.parametrize(
    "case",
    [
        "off the tick", "off the step", "stop off the tick", "too large for MARKET",
        "worth too little", "quote worth too little", "far above the market", "trails too closely",
    ],
)  # fmt: skip
def test_a_broken_rule_is_named_as_we_name_it(
    desk: Desk, market: Market, seen: Seen, case: str
) -> None:
    """An order that breaks a rule is refused, -1013, with the rule that we had named."""
    changes = next(breaking(market, case), None)
    if changes is None:
        pytest.skip(f"{market.rules.symbol} has no such rule.")
    fields = {name: value for name, value in (complete(market, "LIMIT") | changes).items() if value}
    answer, ours = desk.test_order(**fields), verdict(market, fields)
    seen(f"{answer.words}; we say {ours}")
    assert (answer.status, answer.code) == (400, -1013)
    assert answer.body["msg"] == f"Filter failure: {ours}"


@pytest.mark.relied_on("execution.binance_errors, Rejected", source="Errors, 11xx")
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"side": "HOLD"}, -1117),
        ({"type": "STOP_MARKET"}, -1116),
        ({"timeInForce": "GTD"}, -1115),
        ({"symbol": "NOSUCHCOIN"}, -1121),
        ({"newClientOrderId": "not allowed!"}, -1100),
        ({"quantity": "0"}, -1013),
    ],
    ids=["side", "type", "timeInForce", "symbol", "client id", "zero"],
)
def test_nonsense_is_refused_for_certain(
    desk: Desk, market: Market, seen: Seen, changes: dict[str, str], code: int
) -> None:
    """Nonsense is refused with a code that we know as "not taken", never as a 5xx."""
    fields: dict[str, Any] = {"symbol": desk.symbol} | complete(market, "LIMIT") | changes
    answer = desk.ask("POST", "order/test", **fields)
    seen(answer.words)
    assert (answer.status, answer.code) == (400, code)


def verdict(market: Market, fields: dict[str, str]) -> str | None:
    """The first rule that we say an order breaks."""
    body: dict[str, Any] = {"symbol": market.rules.symbol} | fields
    if "trailingDelta" in body:
        body["trailingDelta"] = int(body["trailingDelta"])
    try:
        check(parse_intent(body), market.as_symbol(), market.bid)
    except Invalid as error:
        return error.code
    return None


def _text(value: object) -> str:
    return spell(value) if isinstance(value, Decimal) else str(value)
