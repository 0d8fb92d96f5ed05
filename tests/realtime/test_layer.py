"""The channel layer: joining and local delivery never wait for Redis."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from realtime.layer import LocalFirstChannelLayer

NOBODY_LISTENS = "redis://127.0.0.1:1"


@pytest.fixture
async def layer() -> AsyncIterator[LocalFirstChannelLayer]:
    layer = LocalFirstChannelLayer(hosts=[NOBODY_LISTENS])
    yield layer
    await layer.flush()


async def test_members_join_and_hear_without_redis(layer: LocalFirstChannelLayer) -> None:
    async with asyncio.timeout(1):
        channel = await layer.new_channel()
        await layer.group_add("user.1", channel)
        layer.deliver("user.1", {"type": "order.event"})
        assert await layer.receive(channel) == {"type": "order.event"}


async def test_objects_are_handed_over_as_they_are(layer: LocalFirstChannelLayer) -> None:
    channel, text = await layer.new_channel(), object()
    await layer.group_add("user.1", channel)
    layer.deliver("user.1", {"type": "order.event", "text": text})
    assert (await layer.receive(channel))["text"] is text


async def test_who_has_left_hears_nothing(layer: LocalFirstChannelLayer) -> None:
    gone, stays = await layer.new_channel(), await layer.new_channel()
    for channel in (gone, stays):
        await layer.group_add("user.1", channel)
    await layer.group_discard("user.1", gone)
    layer.deliver("user.1", {"type": "first"})
    await layer.group_add("user.1", gone)
    layer.deliver("user.1", {"type": "second"})
    assert (await layer.receive(stays))["type"] == "first"
    assert (await layer.receive(gone))["type"] == "second"


async def test_a_group_has_members_until_the_last_has_left(layer: LocalFirstChannelLayer) -> None:
    channel = await layer.new_channel()
    assert not layer.has_members("user.1")
    await layer.group_add("user.1", channel)
    assert layer.has_members("user.1")
    await layer.group_discard("user.1", channel)
    assert not layer.has_members("user.1")
