"""No secret in a log, an answer, a repr, an error or the database, whatever goes wrong."""

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
from django.core import serializers
from django.db import connection
from django.test import Client

from accounts import registration, sessions
from accounts.models import ExchangeAccount, User
from accounts.registration import register

KEY, SECRET = "canary-key-" + "k" * 53, "canary-secret-" + "s" * 50
PASSWORD = "canary-password-93741"
BODY = {
    "email": "carol@example.com",
    "password": PASSWORD,
    "binanceApiKey": KEY,
    "binanceSecretKey": SECRET,
}
CANARIES = ("canary-",)


@pytest.fixture(params=["PAPER", "TESTNET"])
def account(db: None, settings: Any, request: Any) -> ExchangeAccount:
    settings.DEFAULT_ENVIRONMENT = request.param
    user = register(email=BODY["email"], password=PASSWORD, api_key=KEY, secret_key=SECRET)
    return ExchangeAccount.objects.of(user.pk, None)


def clean(text: str) -> bool:
    return "canary-" not in text


def test_an_account_shows_four_characters_of_its_key_at_most(account: ExchangeAccount) -> None:
    assert clean(repr(account)) and clean(str(account))
    assert len(account.api_key_last4) == 4


def test_tokens_do_not_show_themselves(account: ExchangeAccount) -> None:
    pair = sessions.open_session(account.user)
    assert pair.access not in repr(pair) and pair.refresh not in repr(pair)


def test_the_database_holds_no_plain_secret(account: ExchangeAccount) -> None:
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT t::text FROM {connection.ops.quote_name(table)} t")
            assert clean(str(cursor.fetchall())), table


def test_a_dump_of_the_database_holds_none_and_can_be_loaded(account: ExchangeAccount) -> None:
    dump = serializers.serialize("json", ExchangeAccount.objects.all())
    assert clean(dump)
    for loaded in serializers.deserialize("json", dump):
        loaded.save()
    before, after = account, ExchangeAccount.objects.get(pk=account.pk)
    assert (before.api_key, before.secret_key) == (after.api_key, after.secret_key)
    assert (before.given_api_key, before.given_secret_key) == (
        after.given_api_key,
        after.given_secret_key,
    )


REFUSED = [
    ("/auth/register", BODY | {"email": "no address"}),
    ("/auth/register", BODY | {"extra": 1}),
    ("/auth/register", BODY | {"password": [PASSWORD]}),
    ("/auth/register", BODY | {"password": "canary"}),
    ("/auth/register", BODY),  # Registered already.
    ("/auth/login", {"email": BODY["email"], "password": PASSWORD + "!"}),
    ("/auth/refresh", {"refresh": "canary-token"}),
]


@pytest.mark.parametrize(("path", "body"), REFUSED)
def test_a_refusal_repeats_no_secret(
    account: ExchangeAccount, caplog: pytest.LogCaptureFixture, path: str, body: dict[str, Any]
) -> None:
    caplog.set_level(logging.DEBUG)
    answer = Client().post(path, json.dumps(body), content_type="application/json")
    assert 400 <= answer.status_code < 500
    assert clean(answer.content.decode()) and clean(caplog.text)


@pytest.mark.parametrize("path", ["/auth/register", "/register"])
def test_an_error_of_ours_shows_no_secret(
    db: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    def broken(user: User, api_key: str, secret_key: str) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(registration, "_open_accounts", broken)
    caplog.set_level(logging.DEBUG)
    client = Client(raise_request_exception=False)
    kind = "application/json" if path.startswith("/auth") else "application/x-www-form-urlencoded"
    form = "&".join(f"{name}={value}" for name, value in BODY.items())
    answer = client.post(path, json.dumps(BODY) if "json" in kind else form, content_type=kind)
    assert answer.status_code == 500
    assert clean(answer.content.decode()) and clean(caplog.text)
    assert not User.objects.exists()


def test_a_registration_answers_without_the_keys(db: None, post: Callable[..., Any]) -> None:
    assert clean(post("/auth/register", BODY).content.decode())
