"""Who asks too often is told when to come back, and that nothing was stored."""

import pytest
from rest_framework.test import APIClient

from trading.api.throttles import OrderThrottle
from trading.models import Order

ORDERS = "/api/trading/orders"
ORDER = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "quantity": 0.001, "price": 50000}


@pytest.fixture
def _two_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OrderThrottle, "get_rate", lambda _: "2/hour")
    # Half past some hour, so that no window ends meanwhile; one that no other test has seen.
    monkeypatch.setattr(OrderThrottle, "timer", staticmethod(lambda: 3600 * 1000.5))
    monkeypatch.setattr(OrderThrottle, "_window", 0)


@pytest.mark.usefixtures("_two_an_hour")
def test_a_user_may_place_so_many_orders_and_is_told_when_to_place_more(
    as_alice: APIClient,
) -> None:
    answers = [as_alice.post(ORDERS, ORDER, format="json") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [202, 202, 429]
    refusal = answers[2]
    assert refusal["Content-Type"] == "application/problem+json"
    assert refusal["Retry-After"] == "1800"
    assert refusal.json()["code"] == "THROTTLED"
    assert "nothing was stored" in refusal.json()["message"]
    assert Order.objects.count() == 2


@pytest.mark.usefixtures("_two_an_hour")
def test_the_orders_of_one_user_leave_room_for_those_of_another(
    as_alice: APIClient, as_bob: APIClient
) -> None:
    for _ in range(3):
        as_alice.post(ORDERS, ORDER, format="json")
    assert as_bob.post(ORDERS, ORDER, format="json").status_code == 202


@pytest.mark.usefixtures("_two_an_hour")
def test_cancels_and_reads_are_never_too_many(as_alice: APIClient) -> None:
    placed = [as_alice.post(ORDERS, ORDER, format="json") for _ in range(3)]
    order_id = placed[0].json()["orderId"]
    assert as_alice.delete(f"{ORDERS}/{order_id}").status_code == 202
    assert as_alice.delete(ORDERS).status_code == 202
    assert as_alice.get(ORDERS).status_code == 200


def test_the_next_window_starts_with_none(
    as_alice: APIClient, _two_an_hour: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        as_alice.post(ORDERS, ORDER, format="json")
    monkeypatch.setattr(OrderThrottle, "timer", staticmethod(lambda: 3600 * 1001.0))
    assert as_alice.post(ORDERS, ORDER, format="json").status_code == 202


def test_an_empty_setting_means_no_limit(
    as_alice: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(OrderThrottle, "get_rate", lambda _: None)
    assert as_alice.post(ORDERS, ORDER, format="json").status_code == 202
