"""Every event of a user's orders reaches their sockets: once, in order, whatever was lost."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import connection

from accounts.models import User
from tests.processes import Platform
from tests.realtime.conftest import Open
from tests.realtime.story import Story
from tradeplat.wire import encode
from trading.messages import ACCOUNT_UPDATE, ORDER_STATUS, POSITION_UPDATE

pytestmark = pytest.mark.processes

Tell = Callable[[User], Story]
SOON_SECONDS = 3.0  # "Within a second", on a machine that is busy with other tests.


def test_a_published_event_arrives_as_the_contract_spells_it(
    alice: User, open_as: Open, story: Tell
) -> None:
    order = story(alice)
    with open_as(alice) as client:
        client.next_of("HELLO")
        event = order.happens(reason="for the test")
        update = client.next_of("ORDER_UPDATE")
    assert update == {
        "type": "ORDER_UPDATE",
        "seq": 1,
        "data": {
            "orderId": str(order.order.order_id),
            "accountId": order.order.account_id,
            "symbol": "BTCUSDT",
            "side": "BUY",
            "type": "MARKET",
            "status": "NEW",
            "price": 67200.5,
            "quantity": 0.001,
            "orderQuantity": 0.01,
            "limitPrice": 0,
            "reason": "for the test",
            "timestamp": event.timestamp.isoformat().replace("+00:00", "Z"),
        },
    }


@pytest.mark.parametrize("published", [True, False], ids=["by message", "by rows"])
def test_decimals_come_as_strings_for_those_who_ask(
    alice: User, open_as: Open, story: Tell, published: bool
) -> None:
    order = story(alice)
    with open_as(alice, query="decimals=string") as client:
        client.next_of("HELLO")
        order.happens(quantity=Decimal(2), published=published)
        update = client.next_of("ORDER_UPDATE", timeout=SOON_SECONDS)
    assert update["seq"] == 1
    assert update["data"]["accountId"] == order.order.account_id
    assert update["data"]["quantity"] == "2"
    assert update["data"]["price"] == "67200.5"
    assert update["data"]["limitPrice"] == "0"


def test_a_message_and_its_row_read_the_same(alice: User, open_as: Open, story: Tell) -> None:
    order = story(alice)
    with open_as(alice) as live, open_as(alice) as late:
        live.next_of("HELLO")
        late.next_of("HELLO")
        order.happens()
        by_message = live.next_of("ORDER_UPDATE")
        late.say({"op": "resume", "since": 0})
        late.next_of("ORDER_UPDATE")
        assert late.next_of("ORDER_UPDATE") == by_message


def test_two_sockets_of_one_user_both_get_it_and_no_other_user(
    alice: User, bob: User, open_as: Open, story: Tell
) -> None:
    order = story(alice)
    with open_as(alice) as desktop, open_as(alice) as phone, open_as(bob) as stranger:
        for client in (desktop, phone, stranger):
            client.next_of("HELLO")
        order.happens(3)
        assert desktop.updates(3) == phone.updates(3) == [1, 2, 3]
        assert stranger.heard_before_answer() == []


def test_a_lost_message_is_read_from_rows_within_a_second(
    alice: User, open_as: Open, story: Tell
) -> None:
    order = story(alice)
    with open_as(alice) as client:
        client.next_of("HELLO")
        order.happens(published=False)
        assert client.next_of("ORDER_UPDATE", timeout=SOON_SECONDS)["seq"] == 1


def test_a_gap_is_filled_before_what_came_after_it(alice: User, open_as: Open, story: Tell) -> None:
    order = story(alice)
    with open_as(alice) as client:
        client.next_of("HELLO")
        order.happens()
        order.happens(4, published=False)
        order.happens()
        assert client.updates(6) == [1, 2, 3, 4, 5, 6]


def test_messages_that_come_late_or_twice_are_not_forwarded_again(
    alice: User, open_as: Open, story: Tell
) -> None:
    order = story(alice)
    with open_as(alice) as client:
        client.next_of("HELLO")
        late = order.happens(published=False)
        event = order.happens()
        order.publish(late)
        order.publish(event)
        order.happens()
        assert client.updates(3) == [1, 2, 3]
        assert client.heard_before_answer() == []


def test_many_events_at_once_arrive_in_order(alice: User, open_as: Open, story: Tell) -> None:
    order = story(alice)
    with open_as(alice) as client:
        client.next_of("HELLO")
        for _ in range(20):
            order.happens(20)
            order.happens(2, published=False)
        order.happens()
        assert client.updates(441) == list(range(1, 442))


@pytest.mark.parametrize("how", ["since in the query", "resume"])
def test_a_replay_sends_what_followed_once_and_in_order(
    alice: User, open_as: Open, story: Tell, how: str
) -> None:
    order = story(alice)
    order.happens(1200, published=False)  # More than two pages.
    query = "since=100" if how == "since in the query" else ""
    with open_as(alice, query=query) as client:
        assert client.next_of("HELLO")["data"]["headSeq"] == 1200
        if how == "resume":
            client.say({"op": "resume", "since": 100})
        order.happens(3)
        assert client.updates(1103) == list(range(101, 1204))
        assert client.heard_before_answer() == []


def test_without_since_nothing_old_is_sent(alice: User, open_as: Open, story: Tell) -> None:
    order = story(alice)
    order.happens(5)
    with open_as(alice) as client:
        assert client.next_of("HELLO")["data"]["headSeq"] == 5
        order.happens()
        assert client.updates(1) == [6]


@pytest.mark.parametrize("since", [13, 10_012 + 13])
def test_who_is_too_far_from_the_head_has_to_read_everything_again(
    alice: User, open_as: Open, story: Tell, since: int
) -> None:
    order = story(alice)
    _pretend_head(alice, 10_014)
    with open_as(alice, query=f"since={since}") as client:
        client.next_of("HELLO")
        assert client.next()["type"] == "RESYNC"
        assert client.received[-1]["data"] == {"headSeq": 10_014}
        order.happens()
        assert client.updates(1) == [10_015]


@pytest.mark.parametrize("since", ["x", "-1", "1.5", "", "9" * 30, "１"])
def test_a_since_that_is_no_number_is_an_error_and_the_socket_stays(
    alice: User, open_as: Open, story: Tell, since: str
) -> None:
    order = story(alice)
    with open_as(alice, query=f"since={since}") as client:
        client.next_of("HELLO")
        if since:  # An empty one is none.
            assert client.next()["data"]["code"] == "BAD_SINCE"
        order.happens()
        assert client.updates(1) == [1]


def test_positions_and_balances_are_pushed(
    alice: User, bob: User, open_as: Open, platform: Platform
) -> None:
    with open_as(alice) as client, platform.redis() as redis:
        client.next_of("HELLO")
        row = {"userId": alice.pk, "accountId": 3, "symbol": "BTCUSDT", "size": Decimal("0.5")}
        redis.publish(POSITION_UPDATE, encode(row | {"userId": bob.pk}))
        redis.publish(POSITION_UPDATE, encode(row))
        redis.publish(ACCOUNT_UPDATE, encode({"userId": alice.pk, "marginBalance": Decimal(7)}))
        assert client.next() == {
            "type": "POSITION_UPDATE",
            "data": {"accountId": 3, "symbol": "BTCUSDT", "size": 0.5},
        }
        assert client.next() == {"type": "ACCOUNT_UPDATE", "data": {"marginBalance": 7}}


@pytest.mark.parametrize("junk", [b"", b"[]", b"{}", b'{"userId":"x"}', b'{"userId":1}', b"\xff"])
def test_junk_on_redis_disturbs_nobody(
    alice: User, open_as: Open, story: Tell, platform: Platform, junk: bytes
) -> None:
    order = story(alice)
    with open_as(alice) as client, platform.redis() as redis:
        client.next_of("HELLO")
        redis.publish(ORDER_STATUS, junk.replace(b"1", str(alice.pk).encode()))
        order.happens()
        assert client.updates(1) == [1]


def _pretend_head(user: User, seq: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE event_heads SET seq = %s WHERE user_id = %s", [seq, user.pk])
