"""Accepting an order: what is answered 202 is there, and what an account may not do is refused."""

from decimal import Decimal

import pytest

from accounts.models import ExchangeAccount, User
from tests import cast
from tradeplat.problems import Conflict
from trading import markets
from trading.intents import Intent
from trading.models import EventHead, Order, Position
from trading.models.orders import OrderType, Side
from trading.placement import place
from trading.states import Status

D = Decimal


@pytest.fixture
def alice(db: None) -> User:
    markets.forget()
    cast.market()
    return cast.trader("alice@example.com")


def intent(side: Side = Side.BUY, quantity: str = "0.01") -> Intent:
    return Intent(symbol="BTCUSDT", side=side, type=OrderType.MARKET, quantity=D(quantity))


def reducing(user: User, *, held: str) -> None:
    account = cast.account_of(user)
    ExchangeAccount.objects.update(state=ExchangeAccount.State.REDUCING)
    Position.objects.create(account=account, symbol="BTCUSDT", quantity=D(held))


@pytest.mark.parametrize("key", [None, "k1"])
def test_an_accepted_order_is_there_also_for_a_user_without_events(
    alice: User, key: str | None
) -> None:
    EventHead.objects.all().delete()
    placed = place(alice.pk, intent(), idempotency_key=key)
    assert Order.objects.get().order_id == placed.order_id
    assert cast.told(alice) == [(1, "PENDING")]


def test_a_halted_account_takes_nothing_and_uses_no_key(alice: User) -> None:
    ExchangeAccount.objects.update(state=ExchangeAccount.State.HALTED)
    with pytest.raises(Conflict) as refusal:
        place(alice.pk, intent(), idempotency_key="k1")
    assert refusal.value.code == "ACCOUNT_HALTED"
    ExchangeAccount.objects.update(state=ExchangeAccount.State.ACTIVE)
    assert place(alice.pk, intent(), idempotency_key="k1").status == Status.PENDING


@pytest.mark.parametrize(
    ("side", "quantity", "held"),
    [
        (Side.BUY, "0.01", "1"),
        (Side.SELL, "1.01", "1"),
        (Side.SELL, "0.01", "0"),
        (Side.SELL, "0.01", "-1"),
    ],
)
def test_a_reducing_account_takes_nothing_that_grows_or_turns_its_position(
    alice: User, side: Side, quantity: str, held: str
) -> None:
    reducing(alice, held=held)
    with pytest.raises(Conflict) as refusal:
        place(alice.pk, intent(side, quantity))
    assert refusal.value.code == "ACCOUNT_REDUCING"
    assert not Order.objects.exists()


def test_a_reducing_account_closes_its_position_once(alice: User) -> None:
    reducing(alice, held="1")
    place(alice.pk, intent(Side.SELL, "0.6"))
    with pytest.raises(Conflict):
        place(alice.pk, intent(Side.SELL, "0.5"))
    place(alice.pk, intent(Side.SELL, "0.4"))
    assert Order.objects.count() == 2
