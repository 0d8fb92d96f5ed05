"""What happened to an order, step by step, from its row, its events and its fills."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tradeplat.wire import spell
from trading.ledger.cancels import CANCEL_REQUESTED, CANCELLED_UNSENT
from trading.models import Fill, Order, OrderEvent
from trading.order_words import ORIGINS, STATUSES, reason_words
from trading.states import NOT_PLACED, Status

Origin = OrderEvent.Origin
_BY_THE_EXCHANGE = {Origin.REST, Origin.STREAM, Origin.RECONCILE}
_SPOKEN = {Status.NEW, Status.PARTIALLY_FILLED, Status.FILLED, Status.CANCELED, Status.EXPIRED}
_TONES = {
    Status.FILLED: "good",
    Status.PARTIALLY_FILLED: "good",
    Status.REJECTED: "bad",
    Status.EXPIRED: "caution",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One moment in an order's life. `at` is by our clock, `exchange_at` by the exchange's."""

    title: str
    at: datetime
    words: str = ""
    exchange_at: datetime | None = None
    origin: str = ""
    seq: int | None = None
    tone: str = "plain"  # good, bad, caution or plain

    @property
    def lag_ms(self) -> int | None:
        """How much later our clock says that we heard of it; negative where the clocks differ."""
        if self.exchange_at is None:
            return None
        return round((self.at - self.exchange_at) / timedelta(milliseconds=1))


def timeline(order: Order, events: Sequence[OrderEvent], fills: Sequence[Fill]) -> list[Step]:
    """The steps in the order in which we learned of them, the oldest first."""
    steps = [_received(order, events)]
    if order.claimed_at:
        steps.append(_sent(order, order.claimed_at))
    steps += [_filled(fill) for fill in fills]
    steps += [_told(event, order) for event in events if not _is_first(event, order)]
    return sorted(steps, key=lambda step: step.at)


def _is_first(event: OrderEvent, order: Order) -> bool:
    """Whether it tells of the acceptance, which the order's own row tells already."""
    return event.status == Status.PENDING and order.source == Order.Source.USER


def _received(order: Order, events: Sequence[OrderEvent]) -> Step:
    if order.source == Order.Source.EXTERNAL:
        words = "Placed elsewhere with the same key, and found at the exchange."
        return Step(title="Found", at=order.created_at, words=words)
    first = next((event for event in events if _is_first(event, order)), None)
    return Step(
        title="Received",
        at=order.created_at,
        words="Stored in the database before you were told.",
        origin=ORIGINS[Origin.USER],
        seq=first.seq if first else None,
    )


def _sent(order: Order, claimed_at: datetime) -> Step:
    words = "Sent to the exchange once, under its own id."
    if order.attempt > 1:
        words = (
            f"Sent as attempt {order.attempt}: what was tried before never reached the exchange."
        )
    return Step(title="Sent", at=claimed_at, words=words)


def _filled(fill: Fill) -> Step:
    fee = f", fee {spell(fill.commission)} {fill.commission_asset}" if fill.commission else ""
    role = "maker" if fill.is_maker else "taker"
    return Step(
        title=f"Trade {fill.exchange_trade_id}",
        at=fill.created_at,
        exchange_at=fill.traded_at,
        words=f"{spell(fill.quantity)} at {spell(fill.price)} as {role}{fee}",
        tone="good",
    )


def _told(event: OrderEvent, order: Order) -> Step:
    return Step(
        title=_title(event),
        at=event.created_at,
        exchange_at=event.timestamp if _has_spoken(event) else None,
        words=_words(event, order),
        origin=ORIGINS[Origin(event.origin)],
        seq=event.seq,
        tone=_tone(event),
    )


def _title(event: OrderEvent) -> str:
    if event.reason == CANCEL_REQUESTED:
        return "Cancel asked for"
    if event.status == Status.SUBMITTED:
        return "Outcome unknown"
    if event.status == Status.NEW:
        return "Acknowledged"
    return STATUSES[Status(event.status)]


def _words(event: OrderEvent, order: Order) -> str:
    executed = ""
    if event.quantity:
        whole = f" of {spell(order.quantity)}" if order.quantity else ""
        executed = f"{spell(event.quantity)}{whole} at an average of {spell(event.price)}."
    if event.status == Status.NEW and not event.reason and not executed:
        return "It is in the exchange's book."
    return " ".join(filter(None, [reason_words(event.reason), executed]))


def _tone(event: OrderEvent) -> str:
    if event.status == Status.SUBMITTED:
        return "caution"
    return (
        "plain" if event.reason == CANCEL_REQUESTED else _TONES.get(Status(event.status), "plain")
    )


def _has_spoken(event: OrderEvent) -> bool:
    """Whether the event's timestamp is the exchange's, and not ours for lack of one."""
    ours = event.reason in {CANCELLED_UNSENT, NOT_PLACED}
    return event.origin in _BY_THE_EXCHANGE and event.status in _SPOKEN and not ours
