"""Register, log in and log out, as a browser without JavaScript does."""

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import ExchangeAccount, User

PASSWORD = "correct horse battery staple"
ALICE = {"email": "alice@example.com", "password": PASSWORD}


@pytest.mark.django_db
def test_registering_signs_in_at_once(client: Client) -> None:
    answer = client.post("/register", ALICE)

    assert (answer.status_code, answer["Location"]) == (302, "/trade/")
    assert client.session["_auth_user_id"] == str(User.objects.get().pk)


@pytest.mark.django_db
def test_keys_given_at_registration_are_kept_and_never_shown(client: Client) -> None:
    keys = {"binanceApiKey": "my-own-api-key", "binanceSecretKey": "my-own-secret"}
    client.post("/register", ALICE | keys)

    account = ExchangeAccount.objects.get()
    assert (account.given_api_key, account.given_secret_key) == tuple(keys.values())
    assert "my-own" not in client.get("/trade/BTCUSDT").content.decode()


@pytest.mark.django_db
def test_a_weak_password_is_explained_at_its_field(client: Client) -> None:
    answer = client.post("/register", ALICE | {"password": "1234"})

    assert answer.context["form"].errors["password"]
    assert not User.objects.exists()


@pytest.mark.django_db
def test_registrations_by_the_page_and_the_api_share_one_limit(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.throttles.RegisterThrottle.get_rate", lambda _: "2/min")
    client.post("/register", ALICE)
    client.post("/auth/register", {}, content_type="application/json")

    answer = client.post("/register", {"email": "bob@example.com", "password": PASSWORD})

    assert (answer.status_code, int(answer["Retry-After"]) > 0) == (429, True)
    assert "Too many registrations" in answer.content.decode()
    assert "bob@example.com" in answer.content.decode()
    for path in ("/register", "/auth/register"):
        assert client.post(path).status_code == 429
    assert client.get("/register").status_code == 200
    assert User.objects.count() == 1


def test_a_taken_address_is_explained_at_its_field(alice: User, client: Client) -> None:
    answer = client.post("/register", {"email": "ALICE@example.com", "password": PASSWORD})

    assert "registered already" in answer.context["form"].errors["email"][0]


def test_logging_in_leads_back_to_the_page_that_asked(alice: User, client: Client) -> None:
    asked = client.get("/trade/ETHUSDT")
    assert asked["Location"] == "/login?next=/trade/ETHUSDT"

    answer = client.post("/login", ALICE | {"next": "/trade/ETHUSDT"})

    assert answer["Location"] == "/trade/ETHUSDT"


def test_logging_in_never_leads_to_another_site(alice: User, client: Client) -> None:
    answer = client.post("/login", ALICE | {"next": "https://evil.example/trade/"})

    assert answer["Location"] == "/trade/"


@pytest.mark.parametrize("email", ["alice@example.com", "nobody@example.com"])
def test_a_wrong_login_does_not_tell_who_is_registered(
    alice: User, client: Client, email: str
) -> None:
    answer = client.post("/login", {"email": email, "password": "wrong"})

    assert answer.context["form"].non_field_errors() == ["Wrong e-mail address or password."]


def test_logging_out_is_a_post_and_ends_the_session(signed_in: Client) -> None:
    assert signed_in.get("/logout").status_code == 405
    assert signed_in.post("/logout")["Location"] == "/"
    assert signed_in.get("/trade/BTCUSDT").status_code == 302


def test_the_forms_are_guarded_against_other_sites(alice: User) -> None:
    assert Client(enforce_csrf_checks=True).post("/login", ALICE).status_code == 403


def test_too_many_failures_are_told_so(alice: User, client: Client) -> None:
    for _ in range(settings.AXES_FAILURE_LIMIT):
        answer = client.post("/login", ALICE | {"password": "wrong"})

    assert answer.status_code == 429
    assert "Too many failed logins" in answer.content.decode()
