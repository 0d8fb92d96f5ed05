"""Orders, fills and balances follow the exchange's private streams."""

from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest

from accounts.models import User
from execution.models import AccountStream
from execution.sweep import Sweep
from execution.user_streams.service import UserStreams
from tests import cast
from tests.execution.watching import becomes
from tests.paper_exchange import PaperExchange
from tests.waiting import eventually
from trading.models import Balance, Fill, Order, OrderEvent, Position


@pytest.fixture
def streams(paper: PaperExchange, alice: User) -> Iterator[UserStreams]:
    """Private streams that hear alice."""
    running = UserStreams()
    running.start()
    is_heard(alice)
    yield running
    running.stop()


def is_heard(user: User) -> None:
    account = cast.account_of(user)
    eventually(lambda: AccountStream.objects.live().filter(account=account).exists())


def test_a_resting_order_is_filled_by_the_stream_alone(
    alice: User, paper: PaperExchange, streams: UserStreams, sweep: Sweep
) -> None:
    order = cast.order_of(alice, type="LIMIT", price=Decimal(49_000), time_in_force="GTC")
    becomes(order, "NEW")
    paper.set_price("BTCUSDT", "48000")
    becomes(order, "FILLED")
    assert order.events.latest("seq").origin == OrderEvent.Origin.STREAM
