"""Placing, listing, looking at and cancelling orders, as their trader and as somebody else."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from accounts.models import ExchangeAccount, User
from tests import cast
from trading import ledger
from trading.models import EventHead, Order, OrderEvent
from trading.models.orders import OrderType
from trading.results import Reported
from trading.states import Status

ORDERS = "/api/trading/orders"
MARKET = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": 0.001}
LIMIT = MARKET | {"type": "LIMIT", "price": 50000.5}
NOBODYS = "7f1c2a68-52d3-4b0e-9d5a-3a1f0c6be215"


def place(client: APIClient, body: dict[str, Any] = MARKET, **fields: Any) -> Any:
    return client.post(ORDERS, body | fields, format="json")


def ids(answer: Any) -> list[str]:
    return [row["orderId"] for row in answer.json()]


def test_an_accepted_order_is_a_row_with_an_event_and_a_number(
    as_alice: APIClient, alice: User
) -> None:
    answer = place(as_alice)
    order = Order.objects.get()
    event = OrderEvent.objects.get()
    assert answer.status_code == 202
    assert answer.json() == {"orderId": str(order.order_id), "status": "PENDING"}
    assert (order.quantity, order.price, order.account_sequence) == (Decimal("0.001"), None, 1)
    assert (event.order_id, event.user_id, event.seq) == (order.order_id, alice.pk, 1)


def test_every_type_is_accepted(as_alice: APIClient, btcusdt: Any) -> None:
    btcusdt.order_types = OrderType.values
    btcusdt.save()
    bodies: list[dict[str, Any]] = [
        MARKET,
        {"symbol": "BTCUSDT", "side": "SELL", "type": "MARKET", "quoteOrderQty": "25"},
        LIMIT,
        LIMIT | {"type": "LIMIT_MAKER"},
        MARKET | {"type": "STOP_LOSS", "stopPrice": 60000},
        MARKET | {"type": "STOP MARKET", "price": 60000},
        LIMIT | {"type": "STOP_LOSS_LIMIT", "stopPrice": 60000, "timeInForce": "IOC"},
        MARKET | {"type": "TAKE_PROFIT", "trailingDelta": 100},
        LIMIT | {"type": "TAKE_PROFIT_LIMIT", "stopPrice": 40000},
    ]
    assert [place(as_alice, body).status_code for body in bodies] == [202] * len(bodies)


def test_orders_come_newest_first_with_the_number_of_the_last_event(as_alice: APIClient) -> None:
    first, second = place(as_alice).json(), place(as_alice, LIMIT).json()
    answer = as_alice.get(ORDERS)
    assert ids(answer) == [second["orderId"], first["orderId"]]
    assert answer["X-Event-Seq"] == "2"
    assert answer.json()[0]["price"] == 50000.5


def test_the_event_number_is_read_before_the_rows(
    as_alice: APIClient, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An order that is accepted in between may be listed already, but is never skipped."""

    def meanwhile(user_id: int) -> dict[str, str]:
        head = EventHead.objects.get(user_id=user_id).seq
        place(as_alice)
        return {"X-Event-Seq": str(head)}

    monkeypatch.setattr("trading.api.orders.event_seq", meanwhile)
    answer = as_alice.get(ORDERS)
    assert (answer["X-Event-Seq"], len(answer.json())) == ("0", 1)


def test_a_row_says_what_the_exchange_executed(as_alice: APIClient, alice: User) -> None:
    order = cast.submitted_of(alice, quantity=Decimal("0.01"))
    trades = (cast.trade(1, "0.004", "50000"), cast.trade(2, "0.004", "50001"))
    ledger.record([Reported(cast.report(order.order_id, "PARTIALLY_FILLED", *trades), "rest")])
    (row,) = as_alice.get(ORDERS).json()
    assert row["status"] == "PARTIALLY_FILLED"
    assert (row["executedQuantity"], row["averagePrice"]) == (0.008, 50000.5)


def test_amounts_are_strings_where_that_is_asked_for(as_alice: APIClient) -> None:
    place(as_alice, LIMIT, quantity="0.10000", price="50000.50")
    (row,) = as_alice.get(f"{ORDERS}?decimals=string").json()
    assert (row["quantity"], row["price"], row["averagePrice"]) == ("0.1", "50000.5", "0")


def test_filters_narrow_the_list(as_alice: APIClient, alice: User) -> None:
    cast.market("ETHUSDT")
    filled = cast.order_of(alice, symbol="ETHUSDT", status=Status.FILLED)
    waiting = cast.order_of(alice)
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat().replace("+00:00", "Z")
    assert ids(as_alice.get(f"{ORDERS}?status=FILLED")) == [str(filled.order_id)]
    assert ids(as_alice.get(f"{ORDERS}?status=FILLED,PENDING")) == [
        str(waiting.order_id),
        str(filled.order_id),
    ]
    assert ids(as_alice.get(f"{ORDERS}?symbol=BTCUSDT")) == [str(waiting.order_id)]
    assert ids(as_alice.get(f"{ORDERS}?since={tomorrow}")) == []
    assert len(ids(as_alice.get(f"{ORDERS}?since=2020-01-31"))) == 2


def test_pages_follow_each_other_without_gaps_while_new_orders_come(
    as_alice: APIClient, alice: User
) -> None:
    placed = [str(cast.order_of(alice).order_id) for _ in range(5)]
    seen: list[str] = []
    address: str | None = f"{ORDERS}?limit=2&symbol=BTCUSDT"
    while address:
        answer = as_alice.get(address)
        seen += ids(answer)
        cast.order_of(alice)
        link = answer.get("Link", "")
        assert not link or link.endswith('; rel="next"')
        address = link.partition(">")[0].removeprefix("<http://testserver") or None
    assert seen == placed[::-1]


def test_without_a_limit_the_newest_thousand_come(as_alice: APIClient, alice: User) -> None:
    account = cast.account_of(alice)
    Order.objects.bulk_create(
        Order(
            user=alice, account=account, symbol="BTCUSDT", side="BUY", type="MARKET",
            quantity=Decimal(1), account_sequence=number,
        )
        for number in range(1001)
    )  # fmt: skip
    answer = as_alice.get(ORDERS)
    assert len(answer.json()) == 1000
    assert 'rel="next"' in answer["Link"]


def test_one_order_comes_with_its_story(as_alice: APIClient, alice: User) -> None:
    order = cast.submitted_of(alice, quantity=Decimal("0.01"))
    trade = cast.trade(7, "0.01", "50000", commission=Decimal("0.5"))
    ledger.record([Reported(cast.report(order.order_id, "FILLED", trade), "stream")])
    answer = as_alice.get(f"{ORDERS}/{order.order_id}").json()
    (event,), (fill,) = answer["events"], answer["fills"]
    assert event == {
        "seq": 1,
        "status": "FILLED",
        "quantity": 0.01,
        "price": 50000,
        "reason": "",
        "origin": "stream",
        "timestamp": event["timestamp"],
        "createdAt": event["createdAt"],
    }
    assert (fill["exchangeTradeId"], fill["commission"], fill["status"]) == (7, 0.5, "FILLED")


def test_cancelling_what_was_not_sent_ends_it(as_alice: APIClient) -> None:
    order_id = place(as_alice).json()["orderId"]
    answer = as_alice.delete(f"{ORDERS}/{order_id}")
    assert (answer.status_code, answer.json()) == (
        202,
        {"orderId": order_id, "status": "CANCELED"},
    )


def test_cancelling_what_is_at_the_exchange_is_asked_for(as_alice: APIClient, alice: User) -> None:
    order = cast.submitted_of(alice)
    for _ in range(2):  # Asking again changes nothing.
        answer = as_alice.delete(f"{ORDERS}/{order.order_id}")
        assert (answer.status_code, answer.json()["status"]) == (202, "SUBMITTED")
    assert OrderEvent.objects.filter(order=order).count() == 1
    assert as_alice.get(ORDERS).json()[0]["cancelRequestedAt"]


def test_what_has_ended_cannot_be_cancelled(as_alice: APIClient, alice: User) -> None:
    order = cast.order_of(alice, status=Status.FILLED)
    answer = as_alice.delete(f"{ORDERS}/{order.order_id}")
    assert (answer.status_code, answer.json()["code"]) == (409, "ORDER_NOT_OPEN")


def test_all_open_orders_of_a_symbol_are_cancelled(as_alice: APIClient, alice: User) -> None:
    cast.market("ETHUSDT")
    cast.order_of(alice, symbol="ETHUSDT")
    cast.order_of(alice)
    cast.order_of(alice, status=Status.FILLED)
    answer = as_alice.delete(f"{ORDERS}?symbol=BTCUSDT")
    assert (answer.status_code, answer.json()) == (202, {"count": 1})
    assert as_alice.delete(ORDERS).json() == {"count": 1}
    assert as_alice.delete(ORDERS).json() == {"count": 0}


@pytest.mark.parametrize("method", ["get", "delete"])
@pytest.mark.parametrize("order_id", ["not-an-id", "0", NOBODYS, NOBODYS.upper()])
def test_an_unknown_order_is_not_found(as_alice: APIClient, method: str, order_id: str) -> None:
    assert getattr(as_alice, method)(f"{ORDERS}/{order_id}").status_code == 404


@pytest.mark.parametrize("method", ["get", "delete"])
def test_anothers_order_looks_like_none(as_alice: APIClient, bob: User, method: str) -> None:
    order = cast.order_of(bob)
    unknown = getattr(as_alice, method)(f"{ORDERS}/{uuid4()}").json()
    answer = getattr(as_alice, method)(f"{ORDERS}/{order.order_id}")
    assert answer.status_code == 404
    assert answer.json() | {"requestId": ""} == unknown | {"requestId": ""}
    order.refresh_from_db()
    assert (order.status, order.cancel_requested_at) == (Status.PENDING, None)


def test_nobody_sees_or_cancels_anothers_orders(as_alice: APIClient, bob: User) -> None:
    cast.order_of(bob)
    assert as_alice.get(ORDERS).json() == []
    assert as_alice.delete(ORDERS).json() == {"count": 0}


@pytest.mark.parametrize("call", ["orders", "positions", "trades"])
def test_anothers_account_is_not_found(as_alice: APIClient, bob: User, call: str) -> None:
    account = cast.account_of(bob).pk
    assert as_alice.get(f"/api/trading/{call}?account={account}").status_code == 404
    assert as_alice.get(f"/api/user/account?account={account}").status_code == 404
    assert as_alice.delete(f"{ORDERS}?account={account}").status_code == 404
    assert place(as_alice, account=account).status_code == 404
    assert not Order.objects.exists()


def test_accounts_of_one_user_never_mix(as_alice: APIClient, alice: User) -> None:
    second = ExchangeAccount.objects.create(user=alice, name="Second", environment="PAPER")
    here, there = place(as_alice).json(), place(as_alice, account=second.pk).json()
    assert ids(as_alice.get(ORDERS)) == [here["orderId"]]
    assert ids(as_alice.get(f"{ORDERS}?account={second.pk}")) == [there["orderId"]]
    assert as_alice.get(f"{ORDERS}/{there['orderId']}").status_code == 404
    assert as_alice.get(f"{ORDERS}/{there['orderId']}?account={second.pk}").status_code == 200
    assert as_alice.delete(ORDERS).json() == {"count": 1}


@pytest.mark.parametrize(
    ("state", "code"), [("HALTED", "ACCOUNT_HALTED"), ("REDUCING", "ACCOUNT_REDUCING")]
)
def test_an_account_that_takes_no_order_still_takes_cancels(
    as_alice: APIClient, alice: User, state: str, code: str
) -> None:
    order_id = place(as_alice).json()["orderId"]
    ExchangeAccount.objects.update(state=state)
    refusal = place(as_alice)
    assert (refusal.status_code, refusal.json()["code"]) == (409, code)
    assert as_alice.delete(f"{ORDERS}/{order_id}").status_code == 202
    assert Order.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_client_order_id_is_taken_once_per_account(
    as_alice: APIClient, as_bob: APIClient
) -> None:
    assert place(as_alice, clientOrderId="mine-1").status_code == 202
    again = place(as_alice, clientOrderId="mine-1")
    assert (again.status_code, again.json()["code"]) == (409, "DUPLICATE_CLIENT_ORDER_ID")
    assert place(as_bob, clientOrderId="mine-1").status_code == 202
    assert Order.objects.count() == 2


@pytest.mark.parametrize("path", [ORDERS, "/api/trading/positions", "/api/user/account"])
def test_nobody_without_a_token_comes_in(client: Any, db: None, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"
    assert answer["Content-Type"] == "application/problem+json"


def test_the_web_session_places_orders_only_with_its_csrf_token(alice: User) -> None:
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(alice)
    refusal = place(client)
    assert (refusal.status_code, refusal["Content-Type"]) == (403, "application/problem+json")
    token = "a" * 32
    client.cookies["csrftoken"] = token
    answer = client.post(ORDERS, MARKET, format="json", HTTP_X_CSRFTOKEN=token)
    assert answer.status_code == 202
    assert client.get(ORDERS).status_code == 200
