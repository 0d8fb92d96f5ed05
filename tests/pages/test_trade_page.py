"""What the trade page says before its JavaScript runs."""

import json
import re
from decimal import Decimal
from typing import Any

import pytest
from django.db.models.functions import Now
from django.test import Client

from accounts.models import ExchangeAccount, User
from tests.cast import account_of, market, order_of, trader
from trading.models import Symbol


def page_of(html: str) -> dict[str, Any]:
    """The block that the modules read."""
    match = re.search(r'<script id="page" type="application/json">(.*?)</script>', html, re.S)
    assert match is not None
    read: dict[str, Any] = json.loads(match[1])
    return read


def test_the_default_symbol_is_where_trade_leads(client: Client) -> None:
    assert client.get("/trade/")["Location"] == "/trade/BTCUSDT"


def test_an_open_order_is_in_the_page_as_html(signed_in: Client, alice: User) -> None:
    order_of(alice, type="LIMIT", price=Decimal("61234.50"), quantity=Decimal("0.0150"))

    html = signed_in.get("/trade/BTCUSDT").content.decode()

    assert "61234.5<" in html and "0.015<" in html


def test_nobody_else_sees_it(alice: User, client: Client) -> None:
    order_of(alice, type="LIMIT", price=Decimal("61234.50"))
    client.force_login(
        trader("bob@example.com"), backend="django.contrib.auth.backends.ModelBackend"
    )

    assert "61234.5" not in client.get("/trade/BTCUSDT").content.decode()


def test_an_unknown_symbol_is_not_found(signed_in: Client) -> None:
    assert signed_in.get("/trade/NOSUCH").status_code == 404
    assert signed_in.get("/trade/NO%00SUCH").status_code == 404
    market("ETHUSDT")
    assert signed_in.get("/trade/ETHUSDT").status_code == 200


def test_the_page_is_about_the_account_that_is_asked_for(signed_in: Client, alice: User) -> None:
    second = ExchangeAccount.objects.create(user=alice, name="Second", environment="TESTNET")
    Symbol.objects.update(environment="TESTNET")

    html = signed_in.get(f"/trade/BTCUSDT?account={second.pk}").content.decode()

    assert page_of(html)["accountId"] == second.pk
    assert not page_of(html)["isDefaultAccount"]
    assert 'data-environment="TESTNET"' in html
    assert f'<option value="{second.pk}" selected>' in html


def test_the_account_is_kept_on_the_way_to_the_default_symbol(client: Client) -> None:
    assert client.get("/trade/?account=7")["Location"] == "/trade/BTCUSDT?account=7"


def test_the_account_of_somebody_else_is_not_found(signed_in: Client) -> None:
    others = account_of(trader("bob@example.com"))

    for asked in (others.pk, 0, "x", ""):
        assert signed_in.get(f"/trade/BTCUSDT?account={asked}").status_code == 404


def test_an_archived_account_is_told_in_words(signed_in: Client, alice: User) -> None:
    ExchangeAccount.objects.filter(user=alice).update(archived_at=Now(), is_default=False)

    answer = signed_in.get("/trade/BTCUSDT")

    assert answer.status_code == 404
    assert "Paper is archived" in answer.content.decode()


def test_the_socket_is_on_the_host_that_the_page_came_from(signed_in: Client) -> None:
    html = signed_in.get("/trade/BTCUSDT", headers={"host": "localhost:7001"}).content.decode()

    assert page_of(html)["socketUrl"] == "ws://localhost:8080/prices"


@pytest.mark.parametrize("path", ["/", "/login", "/register", "/licences"])
@pytest.mark.django_db
def test_pages_carry_a_policy_without_inline_code(client: Client, path: str) -> None:
    answer = client.get(path)

    policy = answer["Content-Security-Policy"]
    assert "unsafe" not in policy and "script-src 'self'" in policy
    assert not re.search(r"<script>|<style|\son\w+=|\sstyle=", answer.content.decode())


def test_the_licences_of_vendored_works_are_shown(client: Client) -> None:
    html = client.get("/licences").content.decode()

    for work in ("lightweight-charts", "TradingView", "lit-html", "signals-core", "inter"):
        assert work in html
