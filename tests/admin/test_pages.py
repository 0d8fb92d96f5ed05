"""Every page opens, costs the same however many rows there are, shows no key, and edits nothing."""

from decimal import Decimal
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import sessions
from accounts.models import ExchangeAccount, User
from execution.models import AccountStream, Lease, SubmitLane
from tests import cast
from trading import ledger
from trading.models import (
    Balance,
    Discrepancy,
    EventHead,
    Fill,
    IdempotencyKey,
    LastPrice,
    Order,
    OrderEvent,
    Position,
    Symbol,
)
from trading.results import Doubtful, Reported

HISTORY = [
    *(ExchangeAccount, Order, OrderEvent, EventHead, Fill, Position, Balance, Symbol, LastPrice),
    *(Discrepancy, IdempotencyKey, Lease, SubmitLane, AccountStream),
]
MODELS = {model._meta.label_lower.replace(".", "/"): model for model in admin.site._registry}
PAGES = sorted(MODELS)


def fill_in(user: User, *numbers: int) -> Order:
    """What a user causes, once for every number: an order with a doubt, two fills, and the rest.

    The last of the orders.
    """
    orders = [cast.submitted_of(user, client_order_id=f"mine-{number}") for number in numbers]
    ledger.record([Doubtful(order.order_id, 1, "No answer in 12 s.") for order in orders])
    trades = [[cast.trade(2 * number + which, "0.005") for which in (0, 1)] for number in numbers]
    told = zip(orders, trades, strict=True)
    ledger.record([Reported(cast.report(o.order_id, "FILLED", *each), "rest") for o, each in told])
    for number, order in zip(numbers, orders, strict=True):
        account = order.account
        cast.submitted_of(user, not_found_count=1)
        Discrepancy.objects.create(account=account, order=order, kind="NOT_SHOWN", detail={"a": 1})
        Balance.objects.create(account=account, asset=f"A{number}", as_of=timezone.now())
        IdempotencyKey.objects.create(user=user, key=str(number), request_hash="", answer={})
        sessions.open_session(user, "a browser")
    return Order.objects.get(pk=orders[-1].pk)


def fill_in_the_rest(user: User) -> None:
    """One row of whatever the platform keeps for all."""
    now = timezone.now()
    LastPrice.objects.create(environment="PAPER", symbol="BTCUSDT", price=Decimal(1), as_of=now)
    Lease.objects.create(name="market", owner="somebody", until=now)
    account = cast.account_of(user)
    SubmitLane.objects.create(account=account, owner="somebody", until=now)
    AccountStream.objects.create(account=account, live_since=now, until=now)


def queries(desk: Client, path: str) -> int:
    desk.get(path)  # What Django looks up once: content types, the session.
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert desk.get(path).status_code == 200
    return len(captured)


@pytest.mark.parametrize("page", PAGES)
def test_the_list_and_the_pages_of_every_model_open(desk: Client, alice: User, page: str) -> None:
    fill_in(alice, 1)
    fill_in_the_rest(alice)
    assert desk.get(f"/admin/{page}/", follow=True).status_code == 200
    assert desk.get(f"/admin/{page}/?q=alice@", follow=True).status_code == 200
    assert desk.get(f"/admin/{page}/?q={'9' * 5000}", follow=True).status_code == 200
    row = MODELS[page]._default_manager.first()
    assert row is None or desk.get(f"/admin/{page}/{row.pk}/change/").status_code == 200


def test_lists_cost_the_same_however_many_rows_there_are(desk: Client, alice: User) -> None:
    paths = [f"/admin/{page}/" for page in PAGES if page != "trading/platform"]
    paths += ["/admin/", "/admin/trading/order/?needs=outcome", "/admin/trading/order/?q=alice@"]
    fill_in(alice, *range(10))
    few = {path: queries(desk, path) for path in paths}
    for other in range(1, 6):  # More than a page shows, of several users.
        trader = cast.trader(f"trader{other}@example.com")
        fill_in(trader, *range(12 * other, 12 * other + 12))
    many = {path: queries(desk, path) for path in paths}

    assert many == few
    assert max(many.values()) < 20


def test_an_order_costs_the_same_however_long_its_history(desk: Client, alice: User) -> None:
    order = fill_in(alice, 1)
    path = f"/admin/trading/order/{order.pk}/change/"
    few = queries(desk, path)
    trades = [cast.trade(1000 + number, "0.001") for number in range(200)]
    whole = {"executed_quantity": order.executed_quantity}
    told = [cast.report(order.order_id, "FILLED", trade, **whole) for trade in trades]
    ledger.record([Reported(report, "stream") for report in told])
    found = {"account": order.account, "order": order}
    Discrepancy.objects.bulk_create([Discrepancy(**found, kind=f"K{n}") for n in range(200)])

    assert queries(desk, path) == few
    page = desk.get(path).content.decode()
    assert page.count("field-exchange_trade_id") < 2 * 100 + 10  # The newest only.


@pytest.mark.parametrize(
    "address", ["trading/order/?status__exact=%00", "execution/lease/%00/change/"]
)
def test_an_address_with_a_nul_is_refused(desk: Client, address: str) -> None:
    assert desk.get(f"/admin/{address}").status_code == 400


@pytest.mark.parametrize("model", HISTORY)
def test_history_cannot_be_edited(desk: Client, alice: User, model: Any) -> None:
    fill_in(alice, 1)
    fill_in_the_rest(alice)
    page = model._meta.label_lower.replace(".", "/")
    row = model._default_manager.first()
    before = model._default_manager.filter(pk=row.pk).values().get()

    assert desk.post(f"/admin/{page}/{row.pk}/change/", {"symbol": "X"}).status_code == 403
    assert desk.post(f"/admin/{page}/{row.pk}/delete/", {"post": "yes"}).status_code == 403
    assert desk.post(f"/admin/{page}/add/", {"symbol": "X"}).status_code == 403
    assert desk.get(f"/admin/{page}/add/").status_code == 403
    form = {"action": "delete_selected", "_selected_action": row.pk, "index": 0, "post": "yes"}
    desk.post(f"/admin/{page}/", form)
    assert model._default_manager.filter(pk=row.pk).values().get() == before


def test_no_key_and_no_token_is_on_any_page(desk: Client, alice: User) -> None:
    account = cast.account_of(alice)
    account.set_keys("canary-api-key-last", "canary-secret-key-last")
    account.given_api_key = account.next_api_key = "canary-api-key-given"
    account.given_secret_key = account.next_secret_key = "canary-secret-key-given"
    account.save()
    pair = sessions.open_session(alice)
    sessions.refresh(pair.refresh)
    fill_in(alice, 1)
    for page in PAGES:
        row = MODELS[page]._default_manager.first()
        for path in (f"/admin/{page}/", f"/admin/{page}/{row and row.pk}/change/"):
            html = desk.get(path, follow=True).content.decode()
            assert "canary" not in html and pair.refresh not in html, path
            assert alice.password not in html
    html = desk.get("/admin/accounts/exchangeaccount/").content.decode()
    assert "…last" in html


def test_pages_have_no_inline_code(desk: Client, alice: User) -> None:
    order = fill_in(alice, 1)
    for path in ("/admin/", "/admin/trading/order/", f"/admin/trading/order/{order.pk}/change/"):
        answer = desk.get(path)
        assert "unsafe" not in answer["Content-Security-Policy"]
        html = answer.content.decode()
        assert "<script>" not in html and "<style" not in html and ' style="' not in html
