"""What is handed to the publisher reaches Redis soon, and never makes anyone wait."""

import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import redis
from celery import Celery

from tests.waiting import eventually
from tradeplat.embedded import Place, Valkey
from tradeplat.embedded.server import wait_until_it_answers
from tradeplat.run.children import Child, spawn, stop
from trading import messages
from trading.publisher import BATCH, Publisher


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    """A server of its own, so that it can be stopped and killed."""
    place = Place.of(tmp_path)
    yield Valkey(place)
    place.erase()


@contextmanager
def started(server: Valkey, logs: Path) -> Iterator[Child]:
    server.prepare()
    program = server.program()
    with (logs / "valkey.log").open("ab") as log:
        child = spawn(program, log)
    try:
        wait_until_it_answers(server, child)
        yield child
    finally:
        stop([(program, child)], grace_seconds=5)


@pytest.fixture
def publisher(valkey: Valkey, settings: Any) -> Iterator[Publisher]:
    settings.REDIS_URL = valkey.url
    celery = Celery("tests", broker=f"redis+socket://{valkey.socket}")
    yield Publisher(celery)
    celery.close()


def heard(subscription: Any) -> dict[str, Any] | None:
    message = subscription.get_message(ignore_subscribe_messages=True)
    return json.loads(message["data"]) if message else None


def test_a_message_reaches_those_who_listen(
    publisher: Publisher, valkey: Valkey, tmp_path: Path
) -> None:
    with started(valkey, tmp_path), redis.Redis.from_url(valkey.url) as client:
        subscription = client.pubsub()
        subscription.subscribe(messages.ORDER_STATUS)
        subscription.get_message(timeout=5)
        publisher.publish(messages.ORDER_STATUS, {"seq": 1})
        assert eventually(lambda: heard(subscription)) == {"seq": 1}
        subscription.close()


def test_many_rings_wake_one_drain_and_none_that_listens_already(
    publisher: Publisher, valkey: Valkey, tmp_path: Path
) -> None:
    with started(valkey, tmp_path), redis.Redis.from_url(valkey.url) as client:
        for _ in range(BATCH):
            publisher.ring()
        eventually(lambda: client.llen("celery"))
        assert client.llen("celery") <= 2  # One for what queued before the thread ran, one after.

        client.delete("celery")
        subscription = client.pubsub()
        subscription.subscribe(messages.BELL)
        subscription.get_message(timeout=5)
        publisher.ring()
        eventually(lambda: subscription.get_message(ignore_subscribe_messages=True))
        assert client.llen("celery") == 0
        subscription.close()


def test_a_redis_that_hangs_or_is_gone_delays_nobody_and_is_used_again(
    publisher: Publisher, valkey: Valkey, tmp_path: Path
) -> None:
    with started(valkey, tmp_path) as child, redis.Redis.from_url(valkey.url) as client:
        os.killpg(child.pid, signal.SIGSTOP)
        for _ in range(
            1000
        ):  # Returns although nothing is taken; a wait would end the test's time.
            publisher.publish(messages.ORDER_STATUS, {"seq": 1})
        os.killpg(child.pid, signal.SIGCONT)
        subscription = client.pubsub()
        subscription.subscribe(messages.ORDER_STATUS)
        subscription.get_message(timeout=5)

        def published_again() -> bool:
            publisher.publish(messages.ORDER_STATUS, {"seq": 2})
            return bool(heard(subscription))

        eventually(published_again)
        subscription.close()


def test_what_the_queue_cannot_take_is_dropped(publisher: Publisher, settings: Any) -> None:
    settings.PUBLISH_QUEUE_SIZE = 10
    small = Publisher(Celery("tests"))
    for _ in range(1000):
        small.publish(messages.ORDER_STATUS, {"seq": 1})
