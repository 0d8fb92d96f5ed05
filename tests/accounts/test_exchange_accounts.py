"""What users do with their accounts: add, rename, choose, archive. And nobody with another's."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection

from accounts import exchange_accounts, key_changes
from accounts.exchange_accounts import MOST_ACCOUNTS, add, archive, make_default, rename
from accounts.models import ExchangeAccount, User
from tests.cast import account_of, order_of, trader
from tests.paper_exchange import PaperExchange
from tradeplat.problems import Conflict, NotFound
from trading.intents import parse_intent
from trading.placement import place
from trading.states import NOT_PLACED, Status

PAIR = {"api_key": "k" * 64, "secret_key": "s" * 64}
Missing = ExchangeAccount.DoesNotExist


@pytest.fixture
def alice(db: None) -> User:
    return trader("alice@example.com")


@pytest.fixture
def bob(db: None) -> User:
    return trader("bob@example.com")


def paper(user: User, name: str = "Second") -> ExchangeAccount:
    return add(user, name=name, environment="PAPER")


def at_testnet(user: User, **fields: str) -> ExchangeAccount:
    return add(user, name="Test", environment="TESTNET", **PAIR | fields)


def errors_of(act: Callable[[], Any]) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as refusal:
        act()
    return refusal.value.message_dict


def both(*acts: Callable[[], Any]) -> list[Exception | None]:
    """Run these at the same moment, each on a connection of its own; what each raised."""
    start = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Exception | None:
        start.wait()
        try:
            act()
        except (ValidationError, Conflict, IntegrityError) as error:
            return error
        finally:
            connection.close()
        return None

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


# --- Adding --------------------------------------------------------------------------------------


def test_a_paper_account_gets_keys_of_our_own_and_is_not_the_default(alice: User) -> None:
    account = paper(alice)

    assert (account.name, account.environment, account.is_default) == ("Second", "PAPER", False)
    assert len(account.api_key) == 64 and account.provisioned_at is None


@pytest.mark.django_db(transaction=True)
def test_a_paper_account_has_its_play_money_at_once(testnet: PaperExchange, settings: Any) -> None:
    settings.PAPER_CONTROL_URL = testnet.control_url
    account = paper(trader("alice@example.com"))

    assert account.balances.get(asset="USDT").free == 10_000


def test_a_pair_of_ones_own_is_kept_and_waits_for_its_check(alice: User) -> None:
    account = at_testnet(alice)
    account.refresh_from_db()

    assert (account.api_key, account.secret_key) == tuple(PAIR.values())
    assert account.check_wanted_at is not None


def test_the_first_account_is_the_default(alice: User) -> None:
    archive(alice.pk, account_of(alice).pk)

    assert paper(alice).is_default


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"name": "  "}, "name", "Give it a name."),
        ({"name": "x" * 81}, "name", "Must have at most 80 characters."),
        ({"name": "a\nb"}, "name", "Must not contain control characters."),
        ({"environment": "MAINNET"}, "environment", "Choose one of the environments."),
        ({"environment": "LIVE"}, "environment", "Live trading is switched off on this platform."),
        (
            {"api_key": ""},
            "api_key",
            "A key and its secret belong together: give both, or neither.",
        ),
        (
            {"secret_key": ""},
            "secret_key",
            "A key and its secret belong together: give both, or neither.",
        ),
        ({"api_key": "schlüssel"}, "api_key", "An API key has letters and digits only."),
        ({"secret_key": "s" * 513}, "secret_key", "Must have at most 512 characters."),
    ],
)
def test_what_cannot_be_added_is_told_at_its_field(
    alice: User, fields: dict[str, str], field: str, words: str
) -> None:
    asked = {"name": "Mine", "environment": "TESTNET", **PAIR} | fields
    assert errors_of(lambda: add(alice, **asked)) == {field: [words]}


def test_live_can_be_added_where_the_platform_allows_it(alice: User, settings: Any) -> None:
    settings.ALLOW_LIVE_TRADING = True

    assert add(alice, name="Mine", environment="LIVE", **PAIR).environment == "LIVE"


def test_a_key_belongs_to_one_account(alice: User, bob: User) -> None:
    at_testnet(alice)

    assert errors_of(lambda: at_testnet(bob)) == {"api_key": ["This key is in use already."]}


@pytest.mark.django_db(transaction=True)
def test_a_key_added_twice_at_once_is_added_once() -> None:
    alice, bob = trader("alice@example.com"), trader("bob@example.com")

    raised = both(lambda: at_testnet(alice), lambda: at_testnet(bob))

    assert sorted(type(error).__name__ for error in raised) == ["NoneType", "ValidationError"]
    assert ExchangeAccount.objects.filter(environment="TESTNET").count() == 1


def test_there_is_a_most(alice: User) -> None:
    for number in range(2, MOST_ACCOUNTS + 1):
        paper(alice, f"Paper {number}")

    with pytest.raises(Conflict, match="20 accounts"):
        paper(alice)
    archive(alice.pk, account_of(alice).pk)
    assert paper(alice).pk


# --- Renaming and choosing -----------------------------------------------------------------------


def test_a_name_can_be_changed(alice: User) -> None:
    rename(alice.pk, account_of(alice).pk, " Savings ")

    assert account_of(alice).name == "Savings"


def test_another_account_becomes_the_default_and_the_first_no_longer_is(alice: User) -> None:
    second = paper(alice)
    make_default(alice.pk, second.pk)
    make_default(alice.pk, second.pk)  # Twice is the same as once.

    assert account_of(alice) == second


@pytest.mark.django_db(transaction=True)
def test_of_two_choices_at_once_one_counts() -> None:
    alice = trader("alice@example.com")
    second, third = paper(alice), paper(alice)

    raised = both(*(lambda pk=each.pk: make_default(alice.pk, pk) for each in (second, third)))

    assert raised == [None, None]
    assert account_of(alice) in (second, third)


# --- Archiving -----------------------------------------------------------------------------------


def test_an_archived_account_loses_its_keys_and_the_default_moves_on(alice: User) -> None:
    first, second = account_of(alice), paper(alice)
    archive(alice.pk, first.pk)
    first.refresh_from_db()

    assert first.archived_at is not None and not first.is_default
    assert (first.api_key, first.secret_key) == ("", "")
    assert account_of(alice) == second


def test_its_key_may_be_added_again(alice: User) -> None:
    archive(alice.pk, at_testnet(alice).pk)

    assert at_testnet(alice).pk


@pytest.mark.parametrize(
    "status", [Status.PENDING, Status.SUBMITTED, Status.NEW, Status.PARTIALLY_FILLED]
)
def test_an_account_with_an_open_order_stays(alice: User, status: Status) -> None:
    now = datetime.now(UTC)
    order_of(alice, status=status, attempt=1, claimed_at=now, next_check_at=now)

    with pytest.raises(Conflict, match="1 order is open or in doubt"):
        archive(alice.pk, account_of(alice).pk)
    assert account_of(alice).api_key


def test_keys_stay_while_an_order_may_still_be_looked_up(alice: User) -> None:
    account = account_of(alice)
    watched = order_of(
        alice, status=Status.REJECTED, reason=NOT_PLACED, next_check_at=datetime.now(UTC)
    )
    archive(alice.pk, account.pk)
    account.refresh_from_db()
    assert account.api_key

    watched.next_check_at = None
    watched.save(update_fields=["next_check_at"])

    assert key_changes.erase_unneeded() == 1
    assert key_changes.erase_unneeded() == 0
    account.refresh_from_db()
    assert not account.api_key


def test_an_archived_account_takes_no_order(alice: User) -> None:
    account = account_of(alice)
    archive(alice.pk, account.pk)
    intent = parse_intent({"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "1"})

    with pytest.raises(NotFound, match="no such exchange account"):
        place(alice.pk, intent)


# --- Whose it is ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "act",
    [
        lambda user, pk: rename(user, pk, "Mine"),
        make_default,
        archive,
        exchange_accounts.want_check,
        lambda user, pk: key_changes.propose(user, pk, **PAIR),
    ],
)
def test_nothing_can_be_done_with_anothers_or_an_archived_account(
    alice: User, bob: User, act: Callable[[int, int], None]
) -> None:
    account = account_of(alice)
    with pytest.raises(Missing):
        act(bob.pk, account.pk)
    archive(alice.pk, account.pk)
    with pytest.raises(Missing):
        act(alice.pk, account.pk)
