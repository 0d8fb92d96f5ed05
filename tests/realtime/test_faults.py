"""Sockets while something is broken: Redis, the database, or the client itself."""

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from accounts import sessions
from accounts.models import User
from tests.processes import Platform
from tests.realtime.client import opened
from tests.realtime.conftest import Open
from tests.realtime.story import Story
from tests.waiting import eventually

pytestmark = pytest.mark.processes

Tell = Callable[[User], Story]
SOON_SECONDS = 3.0


@pytest.fixture
def paused(platform: Platform) -> Iterator[Callable[[str], None]]:
    """Stop a process with SIGSTOP; it goes on when the test ends."""
    stopped = []

    def pause(name: str) -> None:
        platform.pause(name)
        stopped.append(name)

    yield pause
    for name in stopped:
        platform.resume(name)


def test_a_socket_opens_and_hears_of_events_while_redis_hangs(
    alice: User, open_as: Open, story: Tell, paused: Callable[[str], None]
) -> None:
    order = story(alice)
    with open_as(alice) as early:
        early.next_of("HELLO")
        paused("valkey")
        order.happens(published=False)
        assert early.next_of("ORDER_UPDATE", timeout=SOON_SECONDS)["seq"] == 1
        with open_as(alice, query="since=0") as late:
            assert late.updates(1) == [1]
            late.say({"op": "subscribe", "channels": ["tickers"]})
            assert late.next_of("SUBSCRIBED", timeout=SOON_SECONDS)
            order.happens(published=False)
            assert late.updates(1) == [2]


def test_messages_are_quick_again_once_redis_is_back(
    alice: User, open_as: Open, story: Tell, platform: Platform
) -> None:
    order = story(alice)
    with open_as(alice) as client:
        client.next_of("HELLO")
        platform.restart("valkey")
        order.happens(published=False)
        assert client.next_of("ORDER_UPDATE", timeout=SOON_SECONDS)["seq"] == 1
        with platform.redis() as redis:
            eventually(lambda: redis.pubsub_numsub("events:order:status")[0][1] == 1)
            eventually(lambda: redis.pubsub_channels(f"*user.{alice.pk}"))
        order.happens()
        assert client.updates(1) == [2]


def test_a_client_that_does_not_read_is_closed_with_1013(
    alice: User, url: str, open_as: Open, story: Tell, platform: Platform
) -> None:
    order, token = story(alice), sessions.open_session(alice).access
    before, told = _resident_kib(platform), f"User {alice.pk} does not read"
    with socket.socket() as slow, open_as(alice) as witness:
        witness.next_of("HELLO")
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        slow.connect(("127.0.0.1", platform.ports["realtime"]))
        with opened(url, token=token, sock=slow, max_queue=1, compression=None) as client:
            client.next_of("HELLO")

            def cut_off() -> bool:  # The kernel swallows some megabytes before we notice.
                order.happens(500, reason="x" * 500)
                return len(witness.updates(500)) == 500 and told in platform.log("realtime")

            eventually(cut_off, timeout=40)
            assert _resident_kib(platform) - before < 10_000
            assert client.close_code(timeout=20) == 1013
    updates = [message["seq"] for message in client.received[1:]]
    assert updates == list(range(1, len(updates) + 1))


def test_killed_realtime_comes_back_and_the_client_misses_nothing(
    alice: User, open_as: Open, story: Tell, platform: Platform
) -> None:
    order = story(alice)
    with open_as(alice) as client:
        client.next_of("HELLO")
        order.happens(2)
        assert client.updates(2) == [1, 2]
        platform.kill("realtime")
    order.happens(3)
    platform.start("realtime")
    with open_as(alice, query="since=2") as client:
        assert client.updates(3) == [3, 4, 5]


def _resident_kib(platform: Platform) -> int:
    status = Path(f"/proc/{platform.pid('realtime')}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0])
