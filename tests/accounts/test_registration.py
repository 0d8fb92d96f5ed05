"""What a registration leaves behind, and what it refuses."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection
from django.db.models import TextField
from django.db.models.functions import Cast

from accounts.models import Environment, ExchangeAccount, User
from accounts.registration import register
from tests.accounts.conftest import PASSWORD
from tradeplat import settings as production
from trading.models import EventHead

GIVEN = {"api_key": "K" * 60 + "abcd", "secret_key": "S" * 64}


def errors_of(**fields: str) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as refused:
        register(**{"email": "carol@example.com", "password": PASSWORD} | fields)
    assert not User.objects.filter(email="carol@example.com").exists()
    return refused.value.message_dict


def test_a_user_gets_a_paper_account_with_a_pair_of_its_own(alice: User, bob: User) -> None:
    hers, his = ExchangeAccount.objects.order_by("pk")
    assert (hers.user, hers.environment, hers.is_default) == (alice, Environment.PAPER, True)
    assert len(hers.api_key) == len(hers.secret_key) == 64
    assert len({hers.api_key, hers.secret_key, his.api_key, his.secret_key}) == 4
    assert hers.provisioned_at is None and hers in ExchangeAccount.objects.unprovisioned()


def test_events_are_numbered_from_the_start(alice: User) -> None:
    assert EventHead.objects.get(user=alice).seq == 0


def test_on_paper_a_given_pair_is_kept_encrypted_and_not_used(db: None) -> None:
    account = register(
        email="carol@example.com", password=PASSWORD, **GIVEN
    ).exchange_accounts.get()
    assert (account.given_api_key, account.given_secret_key) == tuple(GIVEN.values())
    assert account.api_key != account.given_api_key
    stored = ExchangeAccount.objects.values_list(
        Cast("given_api_key", TextField()), Cast("given_secret_key", TextField())
    ).get()
    assert not any(value in stored for value in GIVEN.values())


def test_elsewhere_a_given_pair_becomes_the_default_account(db: None, settings: Any) -> None:
    settings.DEFAULT_ENVIRONMENT = "TESTNET"
    user = register(email="carol@example.com", password=PASSWORD, **GIVEN)
    account = ExchangeAccount.objects.of(user.pk, None)
    assert account.environment == Environment.TESTNET
    assert (account.api_key, account.secret_key) == tuple(GIVEN.values())
    assert account.provisioned_at is not None
    paper = user.exchange_accounts.get(environment="PAPER")
    assert not paper.is_default and paper.given_api_key == ""


def test_without_a_pair_the_paper_account_is_the_default_everywhere(
    db: None, settings: Any
) -> None:
    settings.DEFAULT_ENVIRONMENT = "TESTNET"
    user = register(email="carol@example.com", password=PASSWORD)
    assert user.exchange_accounts.get().is_default


def test_live_keys_are_refused_unless_live_trading_is_on(db: None, settings: Any) -> None:
    settings.DEFAULT_ENVIRONMENT = "LIVE"
    assert "binanceApiKey" in errors_of(**GIVEN)
    settings.ALLOW_LIVE_TRADING = True
    user = register(email="carol@example.com", password=PASSWORD, **GIVEN)
    assert ExchangeAccount.objects.of(user.pk, None).environment == Environment.LIVE


@pytest.mark.parametrize(
    ("pair", "field"),
    [
        ({"api_key": "key"}, "binanceSecretKey"),
        ({"secret_key": "secret"}, "binanceApiKey"),
        ({"api_key": "a\r\nX-Evil: 1", "secret_key": "s"}, "binanceApiKey"),
        ({"api_key": "ключ", "secret_key": "s"}, "binanceApiKey"),
    ],
)
def test_a_pair_that_could_not_be_used_is_refused(
    db: None, settings: Any, pair: dict[str, str], field: str
) -> None:
    settings.DEFAULT_ENVIRONMENT = "TESTNET"
    assert field in errors_of(**pair)


def test_a_key_serves_one_account_only(db: None, settings: Any) -> None:
    settings.DEFAULT_ENVIRONMENT = "TESTNET"
    register(email="dave@example.com", password=PASSWORD, **GIVEN)
    assert errors_of(**GIVEN) == {"binanceApiKey": ["This key is in use already."]}


def test_every_wrong_field_is_named_at_once(db: None) -> None:
    assert errors_of(email="x", password="short", api_key="k" * 600).keys() == {
        "email", "password", "binanceApiKey",
    }  # fmt: skip


@pytest.mark.parametrize("email", ["alice@example.com", "ALICE@example.COM", "  Alice@Example.com"])
def test_an_address_registers_once_whatever_its_case(alice: User, email: str) -> None:
    with pytest.raises(ValidationError) as refused:
        register(email=email, password=PASSWORD)
    assert refused.value.message_dict.keys() == {"email"}
    assert User.objects.count() == 1 and EventHead.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_who_register_an_address_at_once_one_succeeds() -> None:
    spellings = ["carol@example.com", "Carol@example.com", "CAROL@EXAMPLE.COM"] * 2

    def attempt(email: str) -> bool:
        try:
            register(email=email, password=PASSWORD)
        except ValidationError as error:
            assert error.message_dict.keys() == {"email"}
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(len(spellings)) as pool:
        assert sum(pool.map(attempt, spellings)) == 1
    assert ExchangeAccount.objects.count() == EventHead.objects.count() == 1


def test_the_database_itself_refuses_two_spellings(alice: User) -> None:
    with pytest.raises(IntegrityError):
        User.objects.bulk_create([User(email="Alice@Example.com", password="x")])


def test_passwords_are_kept_as_bcrypt(db: None, settings: Any) -> None:
    settings.PASSWORD_HASHERS = production.PASSWORD_HASHERS
    user = register(email="carol@example.com", password="é" * 128)
    assert user.password.startswith("bcrypt_sha256$")
    assert user.check_password("é" * 128)
    assert not user.check_password("é" * 127 + "e")  # bcrypt alone would stop at 72 bytes.
