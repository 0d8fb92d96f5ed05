"""One exchange for all checks: the one that CONFORMANCE_ENV names, a paper exchange otherwise."""

import os
import secrets
from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest

from execution.exchange import Credentials, ExchangeError
from execution.public_data import PublicData
from tests.conformance import target as targets
from tests.conformance.desk import Desk
from tests.conformance.market import Market, read_market
from tests.conformance.table import Table, reliance_of
from tests.conformance.target import Target, Unusable
from tests.paper_exchange import PaperExchange

Seen = Callable[[object], None]
_ORDERS = 12  # More than the checks ever have open or buy, in orders of the least worth.
_named = os.environ.get("CONFORMANCE_ENV", "")


def pytest_configure(config: pytest.Config) -> None:
    if _named:
        _checked(_named_target)
        table = Table(f"What we rely on, at {_named.upper()}")
        config.pluginmanager.register(table, Table.NAME)


def pytest_sessionstart(session: pytest.Session) -> None:
    if target := _checked(_named_target):
        _checked(lambda: _reached(target))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A check without its sentence, its place of use and its source would tell nobody anything."""
    for item in items:
        if item.path.parent.name == "conformance":
            mark = item.get_closest_marker("relied_on")
            if mark is None or reliance_of(item).startswith("None"):
                raise pytest.UsageError(f"{item.nodeid} needs a docstring and a relied_on mark.")


@pytest.fixture(scope="session")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    if named := _named_target():
        yield named
        return
    directory = tmp_path_factory.mktemp("paper")
    with PaperExchange(directory, sync="off") as exchange:
        keys = secrets.token_hex(32), secrets.token_hex(32)
        exchange.provision(*keys)
        yield targets.on_paper(exchange, Credentials("PAPER", *keys))


@pytest.fixture(scope="session")
def desk(target: Target, pytestconfig: pytest.Config) -> Iterator[Desk]:
    desk = Desk(target)
    yield desk
    desk.clear()
    desk.close()
    if table := pytestconfig.pluginmanager.get_plugin(Table.NAME):
        table.footnote = f"At most {desk.heaviest_minute} units of weight were used in a minute."


@pytest.fixture(scope="session")
def public(target: Target) -> Iterator[PublicData]:
    data = PublicData(target.rest_url)
    yield data
    data.close()


@pytest.fixture(scope="session")
def market(desk: Desk, public: PublicData) -> Market:
    return read_market(desk.symbols()[desk.symbol], public)


@pytest.fixture(scope="session")
def trader(desk: Desk, market: Market) -> Desk:
    """The desk of an account that can buy."""
    return _funded(desk, market.rules.quote, market.worth * _ORDERS)


@pytest.fixture(scope="session")
def seller(desk: Desk, market: Market) -> Desk:
    """The desk of an account that can sell."""
    return _funded(desk, market.rules.base, market.quantity * _ORDERS)


@pytest.fixture
def seen(record_property: Callable[[str, object], None]) -> Seen:
    """Notes what the exchange said, for the table."""
    return lambda what: record_property("seen", str(what))  # Plain text: it may cross processes.


def _named_target() -> Target | None:
    if not _named or _named.upper() == "PAPER":
        return None
    return targets.from_environment(os.environ)


def _checked(step: Callable[[], Target | None]) -> Target | None:
    try:
        return step()
    except Unusable as error:
        raise pytest.UsageError(str(error)) from None


def _reached(target: Target) -> Target:
    targets.reach(target)
    desk = Desk(target)
    try:
        desk.account()
    except ExchangeError as error:
        raise Unusable(f"{target.environment} does not take the keys. {error.words}") from error
    finally:
        desk.close()
    return target


def _funded(desk: Desk, asset: str, needed: Decimal) -> Desk:
    free = desk.free(asset)
    if free < needed:
        pytest.skip(f"The account has {free} {asset}, the checks need {needed:f}.")
    return desk
