"""What the accounts page shows, and what its forms do, without JavaScript."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.models import Environment, ExchangeAccount, User
from tests.cast import account_of, order_of, trader
from trading.models import Balance, LastPrice
from trading.states import Status

KEY, SECRET = "canary-key-" + "k" * 53, "canary-secret-" + "s" * 50
ADD = {"name": "Mine", "environment": "TESTNET", "api_key": KEY, "secret_key": SECRET}
ACTIONS = {
    "check": {},
    "name": {"name": "Renamed"},
    "default": {},
    "state": {"state": "HALTED"},
    "keys": {"api_key": KEY, "secret_key": SECRET},
    "archive": {"sure": "on"},
}


@pytest.fixture
def account(alice: User) -> ExchangeAccount:
    return account_of(alice)


@pytest.fixture
def second(alice: User) -> ExchangeAccount:
    """Another account of alice, at the test network."""
    account = ExchangeAccount(user=alice, name="Second", environment=Environment.TESTNET)
    account.provisioned_at = datetime.now(UTC)
    account.set_keys("present-" + "p" * 56, "present-secret")
    account.save()
    return account


def posted(client: Client, account: ExchangeAccount, action: str, body: dict[str, str]) -> Any:
    return client.post(f"/accounts/{account.pk}/{action}", body)


def html_of(client: Client) -> str:
    return client.get("/accounts").content.decode()


def row(account: ExchangeAccount) -> dict[str, Any]:
    """Everything that is stored of an account."""
    return dict(ExchangeAccount.objects.values().get(pk=account.pk))


# --- What is shown -------------------------------------------------------------------------------


def test_an_account_shows_where_it_trades_and_what_it_has(
    signed_in: Client, account: ExchangeAccount
) -> None:
    now = datetime.now(UTC)
    for asset, free, locked in (("USDT", "9000.5", "500"), ("BTC", "0.1", "0")):
        Balance.objects.create(account=account, asset=asset, free=free, locked=locked, as_of=now)
    LastPrice.objects.create(environment="PAPER", symbol="BTCUSDT", price=60_000, as_of=now)
    ExchangeAccount.objects.update(balances_as_of=now, can_trade=True)

    html = html_of(signed_in)

    assert 'data-environment="PAPER">PAPER<' in html and ">Default<" in html
    assert "9,000.50 USDT" in html and "500.00 in orders" in html
    assert "≈ 15,500.50 USDT" in html


def test_what_has_no_price_makes_it_a_least(signed_in: Client, account: ExchangeAccount) -> None:
    now = datetime.now(UTC)
    Balance.objects.create(account=account, asset="XYZ", free=1, locked=0, as_of=now)
    ExchangeAccount.objects.update(balances_as_of=now)

    assert "at least 0.00 USDT" in html_of(signed_in)


def test_an_account_that_is_not_the_default_is_traded_with_by_its_number(
    signed_in: Client, second: ExchangeAccount
) -> None:
    assert f'href="/trade/?account={second.pk}"' in html_of(signed_in)


def test_a_user_without_an_account_is_told_what_to_do(
    signed_in: Client, account: ExchangeAccount
) -> None:
    posted(signed_in, account, "archive", {"sure": "on"})

    assert "You have no account to trade with" in html_of(signed_in)
    assert signed_in.get("/trade/BTCUSDT").status_code in (302, 404)


def test_the_number_of_queries_does_not_grow_with_the_accounts(
    signed_in: Client, alice: User, django_assert_max_num_queries: Any
) -> None:
    for number in range(10):
        other = ExchangeAccount(user=alice, name=f"P{number}", environment="PAPER")
        other.set_keys(f"key-{number}", "secret")
        other.save()
    html_of(signed_in)
    with django_assert_max_num_queries(12):
        html_of(signed_in)


# --- Adding --------------------------------------------------------------------------------------


def test_an_account_is_added_and_its_secrets_are_never_shown(
    signed_in: Client, alice: User
) -> None:
    answer = signed_in.post("/accounts", ADD)

    added = alice.exchange_accounts.get(name="Mine")
    assert answer["Location"] == f"/accounts#account-{added.pk}"
    assert added.secret_key == SECRET
    html = html_of(signed_in)
    assert "canary" not in html and f"…{KEY[-4:]}" in html


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": ""}, "This field is required."),
        ({"environment": "LIVE"}, "Live trading is switched off on this platform."),
        ({"api_key": "canary key"}, "An API key has letters and digits only."),
        ({"secret_key": ""}, "A key and its secret belong together"),
        ({"name": "x" * 81}, "at most 80 characters"),
    ],
)
def test_an_error_is_told_and_shows_no_secret(
    signed_in: Client, alice: User, change: dict[str, str], words: str
) -> None:
    answer = signed_in.post("/accounts", ADD | change)

    html = answer.content.decode()
    assert answer.status_code == 200 and words in html
    assert "canary" not in html
    assert alice.exchange_accounts.count() == 1


def test_real_money_has_to_be_confirmed(signed_in: Client, alice: User, settings: Any) -> None:
    settings.ALLOW_LIVE_TRADING = True
    live = ADD | {"environment": "LIVE"}

    assert "Confirm that you want" in signed_in.post("/accounts", live).content.decode()
    assert signed_in.post("/accounts", live | {"real_money": "on"}).status_code == 302
    assert alice.exchange_accounts.filter(environment="LIVE").exists()


# --- Doing ---------------------------------------------------------------------------------------


def test_a_check_is_asked_for_and_shown_as_going_on(
    signed_in: Client, account: ExchangeAccount
) -> None:
    posted(signed_in, account, "check", {})

    account.refresh_from_db()
    assert account.check_wanted_at is not None
    piece = signed_in.get(f"/accounts/{account.pk}").content.decode()
    assert piece.startswith("<dl") and "data-checking" in piece and "Being checked" in piece


def test_an_account_is_renamed_made_the_default_and_paused(
    signed_in: Client, second: ExchangeAccount
) -> None:
    for action in ("name", "default", "state"):
        assert posted(signed_in, second, action, ACTIONS[action]).status_code == 302

    second.refresh_from_db()
    assert (second.name, second.is_default, second.state) == ("Renamed", True, "HALTED")
    assert "You paused it." in html_of(signed_in)


def test_what_an_operator_has_set_offers_no_way_back(
    signed_in: Client, account: ExchangeAccount
) -> None:
    ExchangeAccount.objects.update(state="REDUCING", state_by="operator", state_reason="Looks odd.")

    html = html_of(signed_in)

    assert "by an operator" in html and "Looks odd." in html
    assert "Resume trading" not in html and "Pause trading" not in html
    answer = signed_in.post(f"/accounts/{account.pk}/state", {"state": "ACTIVE"}, follow=True)
    assert "only an operator can take it back" in answer.content.decode()
    account.refresh_from_db()
    assert account.state == "REDUCING"


def test_new_keys_wait_for_the_exchange(signed_in: Client, second: ExchangeAccount) -> None:
    posted(signed_in, second, "keys", ACTIONS["keys"])

    second.refresh_from_db()
    assert (second.next_secret_key, second.secret_key) == (SECRET, "present-secret")
    assert "canary" not in html_of(signed_in)


def test_wrong_keys_are_told_in_the_open_form_and_not_repeated(
    signed_in: Client, second: ExchangeAccount
) -> None:
    html = posted(signed_in, second, "keys", {"api_key": KEY, "secret_key": ""}).content.decode()

    assert "canary" not in html and html.count("<details open>") == 1


def test_archiving_wants_a_tick(signed_in: Client, account: ExchangeAccount) -> None:
    assert "Tick this" in posted(signed_in, account, "archive", {}).content.decode()
    posted(signed_in, account, "archive", {"sure": "on"})

    html = html_of(signed_in)
    assert f'href="/orders?account={account.pk}"' in html and "Archived" in html


def test_a_refusal_is_told_in_words(signed_in: Client, alice: User) -> None:
    order_of(alice, status=Status.NEW, type="LIMIT", price=Decimal(1))

    answer = signed_in.post(
        f"/accounts/{account_of(alice).pk}/archive", {"sure": "on"}, follow=True
    )

    assert "1 order is open or in doubt." in answer.content.decode()


# --- Whose it is ---------------------------------------------------------------------------------


@pytest.mark.parametrize("action", ACTIONS)
def test_anothers_account_is_not_found(signed_in: Client, action: str) -> None:
    bobs = account_of(trader("bob@example.com"))
    before = row(bobs)

    for body in (ACTIONS[action], {}):
        answer = posted(signed_in, bobs, action, body)
        assert answer.status_code == 404
        assert "bob" not in answer.content.decode()
    assert signed_in.get(f"/accounts/{bobs.pk}").status_code == 404
    assert row(bobs) == before


@pytest.mark.parametrize("action", ACTIONS)
def test_a_get_changes_nothing(signed_in: Client, second: ExchangeAccount, action: str) -> None:
    before = row(second)

    assert signed_in.get(f"/accounts/{second.pk}/{action}", ACTIONS[action]).status_code == 405
    assert row(second) == before


@pytest.mark.parametrize("action", ["", *(f"/{{}}/{action}" for action in ACTIONS)])
def test_forms_are_guarded_against_other_sites(
    second: ExchangeAccount, alice: User, action: str
) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice, backend="django.contrib.auth.backends.ModelBackend")
    before = row(second)

    assert client.post(f"/accounts{action.format(second.pk)}", ADD).status_code == 403
    assert row(second) == before


def test_nobody_is_led_to_the_login(client: Client, second: ExchangeAccount) -> None:
    assert client.get("/accounts")["Location"] == "/login?next=/accounts"
    answer = posted(client, second, "archive", {"sure": "on"})
    assert answer["Location"] == "/login?next=/accounts"


def test_an_unknown_state_is_not_found(signed_in: Client, account: ExchangeAccount) -> None:
    assert posted(signed_in, account, "state", {"state": "MAD"}).status_code == 404


def test_a_bug_shows_no_secret(
    signed_in: Client, second: ExchangeAccount, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    def broken(*args: Any) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr("accounts.key_pairs.pair_errors", broken)
    signed_in.raise_request_exception = False
    for answer in (
        signed_in.post("/accounts", ADD),
        posted(signed_in, second, "keys", ACTIONS["keys"]),
    ):
        assert answer.status_code == 500 and "canary" not in answer.content.decode()
    assert "canary" not in caplog.text
