"""Balances follow the exchange's snapshots, and their user is told when something changed."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
import redis
from django.conf import settings

from accounts.models import User
from execution.exchange import AccountSnapshot, Holding
from tests import cast
from tests.waiting import eventually
from trading.balances import record_changes, record_snapshot
from trading.messages import ACCOUNT_UPDATE

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(seconds=1)


@pytest.fixture
def alice(transactional_db: None) -> User:
    return cast.trader("alice@example.com")


@pytest.fixture
def heard(servers: None) -> Iterator[redis.client.PubSub]:
    connection = redis.Redis.from_url(settings.REDIS_URL)
    with connection.pubsub(ignore_subscribe_messages=True) as channel:
        channel.subscribe(ACCOUNT_UPDATE)
        yield channel
    connection.close()


def snapshot(as_of: datetime, **free: str) -> AccountSnapshot:
    holdings = tuple(
        Holding(asset, free=Decimal(amount), locked=Decimal(0)) for asset, amount in free.items()
    )
    return AccountSnapshot(can_trade=True, holdings=holdings, as_of=as_of)


def record(trader: User, *snapshots: AccountSnapshot) -> None:
    for each in snapshots:
        record_snapshot(cast.account_of(trader).pk, each)


def held(trader: User) -> dict[str, Decimal]:
    return dict(cast.account_of(trader).balances.values_list("asset", "free"))


def test_a_snapshot_is_what_the_account_has(alice: User) -> None:
    record(alice, snapshot(NOON, USDT="100", BTC="0.5"))
    assert held(alice) == {"USDT": Decimal(100), "BTC": Decimal("0.5")}
    account = cast.account_of(alice)
    assert (account.can_trade, account.balances_as_of) == (True, NOON)


def test_an_asset_that_a_snapshot_leaves_out_is_used_up(alice: User) -> None:
    record(alice, snapshot(NOON, USDT="100", BTC="0.5"), snapshot(LATER, USDT="90"))
    assert held(alice) == {"USDT": Decimal(90), "BTC": Decimal(0)}


def test_a_snapshot_that_comes_late_changes_nothing(alice: User) -> None:
    record(alice, snapshot(LATER, USDT="90"), snapshot(NOON, USDT="100"))
    assert held(alice) == {"USDT": Decimal(90)}


def test_only_a_change_is_told(alice: User, heard: redis.client.PubSub) -> None:
    record(alice, snapshot(NOON, USDT="100"), snapshot(LATER, USDT="100"))
    record(alice, snapshot(LATER + timedelta(seconds=1), USDT="90"))
    told = [next_message(heard), next_message(heard)]
    assert [update["marginBalance"] for update in told] == [100, 90]
    assert {update["userId"] for update in told} == {alice.pk}


def next_message(channel: redis.client.PubSub) -> dict[str, Any]:
    message = eventually(channel.get_message)
    decoded: dict[str, Any] = msgspec.json.decode(message["data"])
    return decoded


def change(trader: User, as_of: datetime, **free: str) -> None:
    record_changes(cast.account_of(trader).pk, snapshot(as_of, **free).holdings, as_of)


def test_a_change_leaves_the_other_assets_as_they_are(alice: User) -> None:
    record(alice, snapshot(NOON, USDT="100", BTC="0.5"))
    change(alice, LATER, USDT="90")
    assert held(alice) == {"USDT": Decimal(90), "BTC": Decimal("0.5")}


def test_a_change_that_comes_late_changes_nothing(alice: User) -> None:
    record(alice, snapshot(LATER, USDT="90"))
    change(alice, NOON, USDT="100", ETH="1")
    assert held(alice) == {"USDT": Decimal(90)}


def test_a_snapshot_that_was_asked_for_before_a_change_does_not_undo_it(alice: User) -> None:
    change(alice, LATER, USDT="90")
    record(alice, snapshot(NOON, USDT="100", BTC="0.5"))
    assert held(alice) == {"USDT": Decimal(90), "BTC": Decimal("0.5")}


def test_a_change_is_told_with_everything_else_and_its_time(
    alice: User, heard: redis.client.PubSub
) -> None:
    record(alice, snapshot(NOON, USDT="100", BTC="0.5"))
    change(alice, LATER, USDT="90")
    change(alice, LATER, USDT="90")
    change(alice, LATER + timedelta(seconds=1), USDT="80")
    told = [next_message(heard) for _ in range(3)]
    assert [update["marginBalance"] for update in told] == [100, 90, 80]
    assert told[1]["asOf"] == "2026-01-01T12:00:01Z"
    assert len(told[1]["balances"]) == 2
