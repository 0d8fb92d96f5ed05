"""What clients say: answered, refused in words, never the end of anything but their own socket."""

from typing import Any

import pytest

from accounts.models import User
from realtime.channels import INTERVALS
from tests import cast
from tests.realtime.conftest import Open
from tests.waiting import eventually

pytestmark = pytest.mark.processes

SYMBOLS = [f"COIN{number}USDT" for number in range(7)]


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (b"\x00\x01", "BAD_MESSAGE"),
        ("", "BAD_MESSAGE"),
        ("{", "BAD_MESSAGE"),
        ("[" * 5000, "BAD_MESSAGE"),
        ("x" * 30_000, "TOO_LONG"),
        ("42", "BAD_MESSAGE"),
        ("null", "BAD_MESSAGE"),
        ({}, "UNKNOWN_OP"),
        ({"op": "launch"}, "UNKNOWN_OP"),
        ({"op": ["subscribe"]}, "UNKNOWN_OP"),
        ({"op": "subscribe"}, "BAD_CHANNEL"),
        ({"op": "subscribe", "channels": "tickers"}, "BAD_CHANNEL"),
        ({"op": "subscribe", "channels": [1]}, "BAD_CHANNEL"),
        ({"op": "subscribe", "channels": ["user.1"]}, "BAD_CHANNEL"),
        ({"op": "subscribe", "channels": ["market:ticker:BTCUSDT"]}, "BAD_CHANNEL"),
        ({"op": "subscribe", "channels": ["candle:BTCUSDT:2m"]}, "BAD_CHANNEL"),
        ({"op": "subscribe", "channels": ["ticker:"]}, "BAD_CHANNEL"),
        ({"op": "subscribe", "channels": ["tickers", "orders:2"]}, "BAD_CHANNEL"),
        ({"op": "resume"}, "BAD_SINCE"),
        ({"op": "resume", "since": True}, "BAD_SINCE"),
        ({"op": "resume", "since": -1}, "BAD_SINCE"),
        ({"op": "resume", "since": 1e300}, "BAD_SINCE"),
    ],
)
def test_junk_is_answered_with_an_error(
    alice: User, open_as: Open, message: Any, code: str
) -> None:
    with open_as(alice) as client:
        client.next_of("HELLO")
        client.say(message)
        error = client.next_of("ERROR")
        assert error["data"]["code"] == code
        assert error["data"]["message"]
        client.say({"op": "unsubscribe", "channels": ["tickers"]})
        assert client.next() == {"type": "SUBSCRIBED", "data": {"channels": []}}


def test_a_message_beyond_all_measure_closes_the_socket(alice: User, open_as: Open) -> None:
    with open_as(alice) as client:
        client.next_of("HELLO")
        client.say("x" * 70_000)
        assert client.close_code() == 1009


def test_a_socket_has_at_most_fifty_channels(alice: User, open_as: Open) -> None:
    for name in SYMBOLS:
        cast.market(name)
    names = [f"candle:{name}:{interval}" for name in SYMBOLS for interval in INTERVALS]
    names = [*names, *(f"ticker:{name}" for name in SYMBOLS)][:50]
    with open_as(alice) as client:
        assert client.subscribe(*names) == names
        client.say({"op": "subscribe", "channels": ["tickers"]})
        assert client.next_of("ERROR")["data"]["code"] == "TOO_MANY_CHANNELS"
        client.say({"op": "unsubscribe", "channels": names[1:]})
        assert client.next_of("SUBSCRIBED")["data"]["channels"] == names[:1]


def test_a_channel_asked_for_twice_counts_once(alice: User, open_as: Open) -> None:
    with open_as(alice) as client:
        for _ in range(2):
            client.say({"op": "subscribe", "channels": ["tickers", "tickers"]})
            assert client.next_of("SUBSCRIBED")["data"]["channels"] == ["tickers"]


def test_an_unknown_market_is_refused(alice: User, open_as: Open) -> None:
    cast.market("BTCUSDT")
    with open_as(alice) as client:
        client.subscribe("ticker:BTCUSDT")

        def refused() -> bool:
            client.say({"op": "unsubscribe", "channels": ["ticker:NOSUCH"]})
            client.next_of("SUBSCRIBED")
            client.say({"op": "subscribe", "channels": ["ticker:NOSUCH"]})
            return client.next_where(is_answer)["type"] == "ERROR"

        eventually(refused)


def is_answer(message: dict[str, Any]) -> bool:
    return message["type"] in ("SUBSCRIBED", "ERROR")
