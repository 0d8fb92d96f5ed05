"""The orders page without JavaScript: filters, slices, cancels, and whose orders they are."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import ExchangeAccount, User
from tests.cast import order_of, submitted_of, trader
from trading import ledger
from trading.models import Order
from trading.pages.orders import ROWS
from trading.results import Doubtful
from trading.states import Status

BACKEND = "django.contrib.auth.backends.ModelBackend"


def shown(client: Client, query: str = "", **headers: Any) -> list[str]:
    """Ids of the orders on the page, in its order."""
    answer = client.get(f"/orders{query}", **headers)
    assert answer.status_code == 200, answer.content
    return re.findall(r'<tr id="order-([-0-9a-f]{36})"', answer.content.decode())


def ids(*orders: Order) -> list[str]:
    return [str(order.order_id) for order in orders]


def link(client: Client, address: str, rel: str) -> str:
    html = client.get(address).content.decode()
    found = re.search(rf'href="([^"]*)" rel="{rel}"', html)
    assert found is not None, f"no link to the {rel} slice"
    return found[1].replace("&amp;", "&")


def second_account(user: User) -> ExchangeAccount:
    account = ExchangeAccount(user=user, name="Second", environment="TESTNET")
    account.set_keys("another key", "another secret")
    account.save()
    return account


def test_orders_come_newest_first(signed_in: Client, alice: User) -> None:
    older, newer = order_of(alice), order_of(alice)

    assert shown(signed_in) == ids(newer, older)


def test_nobody_sees_anothers_orders(signed_in: Client) -> None:
    bobs = order_of(trader("bob@example.com"))

    assert shown(signed_in) == []
    assert shown(signed_in, f"?q={bobs.order_id}") == []
    assert signed_in.get(f"/orders?account={bobs.account_id}").status_code == 404
    assert signed_in.get(f"/orders/{bobs.order_id}").status_code == 404
    assert signed_in.post(f"/orders/{bobs.order_id}/cancel").status_code == 404
    assert (
        str(bobs.order_id) not in signed_in.get(f"/orders/rows?id={bobs.order_id}").content.decode()
    )
    for export in ("orders.csv", "trades.csv"):
        assert signed_in.get(f"/{export}?account={bobs.account_id}").status_code == 404


@pytest.mark.parametrize("path", ["/orders", "/orders/rows", "/orders.csv", "/trades.csv"])
def test_nobody_is_let_in_unsigned(client: Client, db: None, path: str) -> None:
    assert client.get(path)["Location"].startswith("/login?next=")


def test_a_user_without_an_account_gets_a_plain_page(client: Client, db: None) -> None:
    user = User.objects.create_user("root@example.com")
    client.force_login(user, backend=BACKEND)

    assert "no account at an exchange" in client.get("/orders").content.decode()
    assert client.get("/orders.csv").status_code == 404


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("OPEN", Status.PENDING),
        ("OPEN", Status.NEW),
        ("OPEN", Status.PARTIALLY_FILLED),
        ("FILLED", Status.FILLED),
        ("CANCELED", Status.CANCELED),
        ("REJECTED", Status.REJECTED),
        ("EXPIRED", Status.EXPIRED),
    ],
)
def test_orders_are_found_by_their_state(
    signed_in: Client, alice: User, status: str, state: Status
) -> None:
    wanted = order_of(alice, status=state)
    order_of(alice, status=Status.EXPIRED if state != Status.EXPIRED else Status.FILLED)

    assert shown(signed_in, f"?status={status}") == ids(wanted)


def test_orders_in_doubt_are_found_and_called_unknown(signed_in: Client, alice: User) -> None:
    long_ago = datetime.now(UTC) - timedelta(minutes=1)
    doubtful = submitted_of(alice, claimed_at=long_ago)
    ledger.record([Doubtful(doubtful.order_id, 1, reason="The exchange did not answer.")])
    submitted_of(alice)  # Sent a moment ago: its answer is only awaited.

    assert shown(signed_in, "?status=IN_DOUBT") == ids(doubtful)
    html = signed_in.get("/orders?status=IN_DOUBT").content.decode()
    assert "Outcome unknown" in html and "The exchange did not answer." in html


def test_filters_narrow_together(signed_in: Client, alice: User) -> None:
    limit = {"type": "LIMIT", "price": Decimal(1)}
    wanted = order_of(alice, symbol="ETHUSDT", side="SELL", source="external", **limit)
    order_of(alice, symbol="ETHUSDT", side="SELL", **limit)
    order_of(alice, symbol="ETHUSDT", side="BUY", source="external", **limit)
    order_of(alice, symbol="ETHUSDT", side="SELL", source="external")
    order_of(alice, side="SELL", source="external", **limit)

    assert shown(signed_in, "?symbol=ethusdt&side=SELL&type=LIMIT&source=external") == ids(wanted)


def test_an_account_shows_its_own_orders_only_also_when_archived(
    signed_in: Client, alice: User
) -> None:
    first = order_of(alice)
    account = second_account(alice)
    account.archived_at = datetime.now(UTC)
    account.save()
    second = order_of(alice)
    Order.objects.filter(pk=second.pk).update(account=account)

    assert shown(signed_in) == ids(first)
    assert shown(signed_in, f"?account={account.pk}") == ids(second)
    html = signed_in.get(f"/orders?account={account.pk}").content.decode()
    assert 'data-environment="TESTNET"' in html


def placed_at(user: User, instant: str) -> Order:
    return order_of(user, created_at=datetime.fromisoformat(instant))


def test_days_are_whole_and_of_the_zone_that_is_named(signed_in: Client, alice: User) -> None:
    before = placed_at(alice, "2026-01-31T22:59:59.999999Z")
    first = placed_at(alice, "2026-01-31T23:00:00Z")  # Midnight in Berlin.
    last = placed_at(alice, "2026-02-01T22:59:59.999999Z")
    placed_at(alice, "2026-02-01T23:00:00Z")

    day = "since=2026-02-01&until=2026-02-01"
    assert shown(signed_in, f"?{day}&zone=Europe/Berlin") == ids(last, first)
    assert shown(signed_in, "?since=2026-01-31&until=2026-01-31") == ids(first, before)


@pytest.mark.parametrize("take", [lambda text: text, lambda text: text[:8], str.upper])
def test_an_order_is_found_by_its_id_or_the_beginning_of_it(
    signed_in: Client, alice: User, take: Any
) -> None:
    wanted = order_of(alice)
    order_of(alice)

    assert shown(signed_in, f"?q={take(str(wanted.order_id))}") == ids(wanted)


def test_an_order_is_found_by_other_ids(signed_in: Client, alice: User) -> None:
    mine = order_of(alice, client_order_id="ladder-7")
    theirs = order_of(alice, exchange_order_id=771_234)
    elsewhere = order_of(alice, exchange_client_id="web_9f", source="external")

    assert shown(signed_in, "?q=ladder") == ids(mine)
    assert shown(signed_in, "?q=771234") == ids(theirs)
    assert shown(signed_in, "?q=web_") == ids(elsewhere)
    assert shown(signed_in, "?q=%25") == []  # No wildcard.


@pytest.mark.parametrize(
    "query",
    [
        "status=GOOD",
        "side=UP",
        "since=yesterday",
        "until=9999-12-31",
        "zone=../etc",
        "zone=Mars/Olympus",
        "zone=%00",
        "q=%00",
    ],
)
def test_a_wrong_filter_is_explained_and_finds_nothing(
    signed_in: Client, alice: User, query: str
) -> None:
    order_of(alice)

    assert shown(signed_in, f"?{query}") == []
    assert 'role="alert"' in signed_in.get(f"/orders?{query}").content.decode()
    assert signed_in.get(f"/orders.csv?{query}").status_code == 404


@pytest.mark.parametrize(
    "query", ["older_than=x", "newer_than=-1", f"older_than={2**63}", f"newer_than={'9' * 5000}"]
)
def test_a_wrong_slice_is_not_found(signed_in: Client, query: str) -> None:
    assert signed_in.get(f"/orders?{query}").status_code == 404


def test_slices_stay_where_they_are_while_orders_come_in(signed_in: Client, alice: User) -> None:
    orders = [order_of(alice) for _ in range(2 * ROWS + 1)][::-1]
    assert shown(signed_in) == ids(*orders[:ROWS])
    older = link(signed_in, "/orders", "next")

    order_of(alice)

    assert shown(signed_in, older) == ids(*orders[ROWS : 2 * ROWS])
    oldest = link(signed_in, f"/orders{older}", "next")
    assert shown(signed_in, oldest) == ids(orders[-1])
    assert 'rel="next"' not in signed_in.get(f"/orders{oldest}").content.decode()
    back = link(signed_in, f"/orders{oldest}", "prev")
    assert shown(signed_in, back) == ids(*orders[ROWS : 2 * ROWS])
    newest = link(signed_in, f"/orders{back}", "prev")
    assert len(shown(signed_in, newest)) == ROWS


def test_slices_keep_the_filter(signed_in: Client, alice: User) -> None:
    for _ in range(ROWS + 1):
        order_of(alice, status=Status.FILLED)
    order_of(alice)

    older = link(signed_in, "/orders?status=FILLED", "next")

    assert "status=FILLED" in older
    assert len(shown(signed_in, older)) == 1


def test_totals_are_of_all_that_is_found(signed_in: Client, alice: User) -> None:
    for _ in range(ROWS + 1):
        order_of(alice, status=Status.FILLED, quote_executed=Decimal("0.1"))
    order_of(alice)

    totals = signed_in.get("/orders").context["totals"]

    assert (totals.count, totals.open, totals.filled) == (ROWS + 2, 1, ROWS + 1)
    assert totals.executed == {"USDT": Decimal("5.1")}


def test_the_page_asks_as_often_for_many_orders_as_for_one(signed_in: Client, alice: User) -> None:
    order_of(alice)
    shown(signed_in)  # The first request of a test signs in.
    with CaptureQueriesContext(connection) as few:
        shown(signed_in)
    for _ in range(ROWS):
        order_of(alice)
    with CaptureQueriesContext(connection) as many:
        shown(signed_in)

    assert len(many) == len(few)


def test_what_users_write_is_shown_as_text(signed_in: Client, alice: User) -> None:
    order = order_of(alice, reason="<b>bold</b>", client_order_id="<i>x</i>", status="REJECTED")

    for path in ("/orders", f"/orders/{order.order_id}"):
        html = signed_in.get(path).content.decode()
        assert "<b>bold" not in html and "<i>x" not in html
        assert "&lt;b&gt;bold" in html


def test_the_rows_of_changed_orders_are_read_and_marked_where_the_filter_finds_them(
    signed_in: Client, alice: User
) -> None:
    filled, pending = order_of(alice, status=Status.FILLED), order_of(alice)

    answer = signed_in.get(
        f"/orders/rows?status=FILLED&id={filled.order_id}&id={pending.order_id}&id=nonsense"
    )

    rows = dict(
        re.findall(r'id="order-([-0-9a-f]+)"[^>]*?( data-found)?>', answer.content.decode())
    )
    assert rows == {str(filled.order_id): " data-found", str(pending.order_id): ""}


def test_cancelling_twice_is_cancelling_once(signed_in: Client, alice: User) -> None:
    order = order_of(alice, type="LIMIT", price=Decimal(1), status=Status.NEW)

    for _ in range(2):
        answer = signed_in.post(f"/orders/{order.order_id}/cancel", {"next": "/orders?side=BUY"})
        assert answer["Location"] == "/orders?side=BUY"

    order.refresh_from_db()
    assert order.cancel_requested_at is not None
    assert order.events.count() == 1
    html = signed_in.get("/orders").content.decode()
    assert "The order is being cancelled." in html and "data-cancel" not in html


def test_an_order_that_has_ended_is_not_cancelled_and_that_is_said(
    signed_in: Client, alice: User
) -> None:
    order = order_of(alice, status=Status.FILLED)

    answer = signed_in.post(f"/orders/{order.order_id}/cancel", follow=True)

    assert "The order is FILLED already." in answer.content.decode()


def test_a_cancel_leads_to_no_other_site_and_needs_the_forms_token(
    signed_in: Client, alice: User
) -> None:
    order = order_of(alice)
    address = f"/orders/{order.order_id}/cancel"

    answer = signed_in.post(address, {"next": "https://evil.example/"})
    assert answer["Location"] == f"/orders/{order.order_id}"
    assert signed_in.get(address).status_code == 405
    guarded = Client(enforce_csrf_checks=True)
    guarded.force_login(alice, backend=BACKEND)
    assert guarded.post(address).status_code == 403
