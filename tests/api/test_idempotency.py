"""The same key is the same order, however often and however simultaneously it comes."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from rest_framework.test import APIClient

from accounts.models import User
from tests.api.conftest import signed_in
from trading import clean_up
from trading.models import EventHead, IdempotencyKey, Order, OrderEvent

ORDERS = "/api/trading/orders"
LIMIT = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "quantity": 0.001, "price": 50000}


def place(client: APIClient, key: str = "key-1", **fields: Any) -> Any:
    return client.post(ORDERS, LIMIT | fields, format="json", HTTP_IDEMPOTENCY_KEY=key)


def test_a_repeat_gets_the_first_answer(as_alice: APIClient) -> None:
    first, again = place(as_alice), place(as_alice)
    assert (again.status_code, again.content) == (202, first.content)
    assert Order.objects.count() == OrderEvent.objects.count() == 1


def test_a_repeat_may_spell_its_numbers_otherwise(as_alice: APIClient) -> None:
    first = place(as_alice, quantity="0.001", price="50000.00")
    again = place(as_alice, quantity=0.001, price=50000, clientOrderId=None)
    assert again.json() == first.json()


def test_a_repeat_gets_the_first_answer_when_the_order_has_moved_on(as_alice: APIClient) -> None:
    first = place(as_alice)
    Order.objects.update(status="FILLED")
    assert place(as_alice).json() == first.json()


@pytest.mark.parametrize("change", [{"quantity": 0.002}, {"side": "SELL"}, {"price": 49999}])
def test_a_key_of_another_order_is_refused(as_alice: APIClient, change: dict[str, Any]) -> None:
    place(as_alice)
    refusal = place(as_alice, **change)
    assert (refusal.status_code, refusal.json()["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert "Idempotency-Key" in refusal.json()["errors"]
    assert Order.objects.count() == 1


def test_a_refused_order_does_not_use_its_key_up(as_alice: APIClient) -> None:
    assert place(as_alice, quantity="0.0000001").status_code == 400
    assert place(as_alice).status_code == 202


def test_keys_of_two_users_have_nothing_to_do_with_each_other(
    as_alice: APIClient, as_bob: APIClient
) -> None:
    assert place(as_alice).json() != place(as_bob).json()
    assert Order.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_the_same_key_at_once_makes_one_order(alice: User) -> None:
    clients = [signed_in(alice) for _ in range(8)]
    together = threading.Barrier(len(clients))

    def call(client: APIClient) -> tuple[int, bytes]:
        together.wait()
        try:
            answer = place(client)
            return answer.status_code, answer.content
        finally:
            connection.close()

    with ThreadPoolExecutor(len(clients)) as callers:
        answers = set(callers.map(call, clients))
    (answer,) = answers
    assert answer[0] == 202
    assert Order.objects.count() == OrderEvent.objects.count() == 1
    assert EventHead.objects.get(user=alice).seq == 1


@pytest.mark.django_db(transaction=True)
def test_different_orders_at_once_are_numbered_without_gaps(alice: User) -> None:
    clients = [signed_in(alice) for _ in range(8)]
    together = threading.Barrier(len(clients))

    def call(numbered: tuple[int, APIClient]) -> int:
        together.wait()
        try:
            return int(place(numbered[1], key=f"key-{numbered[0]}").status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(clients)) as callers:
        assert set(callers.map(call, enumerate(clients))) == {202}
    assert sorted(OrderEvent.objects.values_list("seq", flat=True)) == list(range(1, 9))
    assert sorted(Order.objects.values_list("account_sequence", flat=True)) == list(range(1, 9))


def test_keys_are_forgotten_after_seven_days(as_alice: APIClient) -> None:
    place(as_alice, key="old")
    IdempotencyKey.objects.update(created_at=F("created_at") - timedelta(days=7, minutes=1))
    place(as_alice, key="new")
    assert clean_up.run()["idempotency_keys"] == 1
    assert IdempotencyKey.objects.get().key == "new"
