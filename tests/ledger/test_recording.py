"""What the exchange says is recorded once, whenever and however often it says it."""

from datetime import timedelta
from decimal import Decimal

from accounts.models import ExchangeAccount, User
from execution.exchange import Report
from tests import cast
from trading import ledger
from trading.models import Discrepancy, Fill, Order, OrderEvent, Position
from trading.results import Absent, Doubtful, Refused, Reported, Unsent
from trading.states import NOT_PLACED, Status


def record(*reports: Report, origin: str = OrderEvent.Origin.REST) -> None:
    ledger.record([Reported(report, origin) for report in reports])


def read(order: Order) -> Order:
    return Order.objects.get(pk=order.pk)


def test_a_filled_order_has_its_fill_its_position_and_its_event(alice: User) -> None:
    order = cast.submitted_of(alice)
    record(cast.report(order.order_id, "FILLED", cast.trade(7, "0.01", "50000")))

    after = read(order)
    assert (after.status, after.executed_quantity, after.average_price) == (
        "FILLED",
        Decimal("0.01"),
        50000,
    )
    assert after.next_check_at is None and not after.misses_fills
    assert Fill.objects.get().exchange_trade_id == 7
    position = Position.objects.get()
    assert (position.quantity, position.cost) == (Decimal("0.01"), 500)
    assert cast.told(alice) == [(1, "FILLED")]


def test_the_same_report_twice_changes_nothing(alice: User) -> None:
    order = cast.submitted_of(alice)
    filled = cast.report(order.order_id, "FILLED", cast.trade(7, "0.01"))
    record(filled, filled)
    record(filled)
    assert Fill.objects.count() == 1
    assert Position.objects.get().quantity == Decimal("0.01")
    assert cast.told(alice) == [(1, "FILLED")]


def test_reports_out_of_order_end_in_the_true_state(alice: User) -> None:
    order = cast.submitted_of(alice, quantity=Decimal("0.03"))
    first, second, third = (cast.trade(n, "0.01") for n in (1, 2, 3))
    whole = {"executed_quantity": Decimal("0.03"), "quote_executed": Decimal(1500)}
    record(cast.report(order.order_id, "FILLED", third, **whole))
    record(cast.report(order.order_id, "PARTIALLY_FILLED", first))
    record(cast.report(order.order_id, "NEW"))
    assert read(order).misses_fills
    record(cast.report(order.order_id, "PARTIALLY_FILLED", first, second))

    after = read(order)
    assert (after.status, after.filled_quantity) == ("FILLED", Decimal("0.03"))
    assert not after.misses_fills and after.next_check_at is None
    assert [status for _, status in cast.told(alice)] == ["FILLED"] * 3


def test_a_terminal_order_whose_trades_are_missing_is_asked_about_again(alice: User) -> None:
    order = cast.submitted_of(alice)
    executed = {"executed_quantity": Decimal("0.01"), "quote_executed": Decimal(500)}
    record(cast.report(order.order_id, "CANCELED", **executed))
    assert read(order).next_check_at is not None
    assert [check.order.pk for check in ledger.claim_checks(limit=10)] == [order.pk]


def test_a_refusal_rejects_in_the_words_of_the_exchange(alice: User) -> None:
    order = cast.submitted_of(alice)
    ledger.record([Refused(order.order_id, 1, "Not enough USDT.")])
    assert (read(order).status, read(order).reason) == ("REJECTED", "Not enough USDT.")
    assert cast.told(alice) == [(1, "REJECTED")]


def test_a_refused_key_halts_the_account(alice: User) -> None:
    order = cast.submitted_of(alice)
    ledger.record([Refused(order.order_id, 1, "The key is not valid.", halts_account=True)])
    assert cast.account_of(alice).state == ExchangeAccount.State.HALTED


def test_a_release_is_not_an_event(alice: User) -> None:
    order = cast.submitted_of(alice)
    ledger.record([Unsent(order.order_id, 1, retry_after=0)])
    after = read(order)
    assert (after.status, after.attempt, after.claimed_at) == ("PENDING", 1, None)
    assert cast.told(alice) == []


def test_a_released_order_that_was_to_be_cancelled_is_cancelled(alice: User) -> None:
    order = cast.submitted_of(alice)
    ledger.request_cancel(alice.pk, order.account_id, order.order_id)
    ledger.record([Unsent(order.order_id, 1)])
    assert [status for _, status in cast.told(alice)] == ["SUBMITTED", "CANCELED"]


def test_what_another_attempt_says_is_ignored(alice: User) -> None:
    order = cast.submitted_of(alice, attempt=2)
    ledger.record(
        [Unsent(order.order_id, 1), Refused(order.order_id, 1, ""), Doubtful(order.order_id, 1, "")]
    )
    assert (read(order).status, read(order).attempt) == ("SUBMITTED", 2)
    assert cast.told(alice) == []


def test_a_doubt_is_shown_and_asked_about_at_once(alice: User) -> None:
    order = cast.submitted_of(alice)
    ledger.record([Doubtful(order.order_id, 1, "No answer in 12 s.")])
    event = OrderEvent.objects.get()
    assert (event.status, event.reason) == ("SUBMITTED", "No answer in 12 s.")
    assert len(ledger.claim_checks(limit=10)) == 1


def absent(order: Order, *, seconds_after_claim: float) -> Absent:
    assert order.claimed_at is not None
    return Absent(order.order_id, 1, order.claimed_at + timedelta(seconds=seconds_after_claim))


def test_absent_twice_after_the_window_is_not_placed(alice: User) -> None:
    order = cast.submitted_of(alice)
    ledger.record([absent(order, seconds_after_claim=1)])
    ledger.record([absent(order, seconds_after_claim=22.9)])
    assert read(order).status == "SUBMITTED"
    ledger.record([absent(order, seconds_after_claim=23)])
    assert (read(order).status, read(order).reason) == ("REJECTED", NOT_PLACED)
    assert read(order).next_check_at is not None
    assert cast.told(alice) == [(1, "REJECTED")]


def test_one_look_after_the_window_is_not_enough(alice: User) -> None:
    order = cast.submitted_of(alice)
    ledger.record([absent(order, seconds_after_claim=60)])
    assert read(order).status == "SUBMITTED"


def test_not_placed_alone_may_be_revived(alice: User) -> None:
    verdict = {"status": Status.REJECTED, "reason": NOT_PLACED}
    order = cast.submitted_of(alice, **verdict)
    refused = cast.submitted_of(alice, status=Status.REJECTED, reason="Not enough USDT.")
    for each in (order, refused):
        record(cast.report(each.order_id, "NEW"))
    assert (read(order).status, read(refused).status) == ("NEW", "REJECTED")
    assert Discrepancy.objects.get().kind == "PLACED_AFTER_ALL"


def test_the_watch_over_a_not_placed_order_ends_after_a_day(alice: User) -> None:
    order = cast.submitted_of(alice, status=Status.REJECTED, reason=NOT_PLACED)
    for _ in range(3):
        ledger.record([absent(order, seconds_after_claim=60)])
        assert read(order).next_check_at is not None
    ledger.record([absent(order, seconds_after_claim=60)])
    assert read(order).next_check_at is None


def test_one_bad_report_does_not_take_the_others_with_it(alice: User, bob: User) -> None:
    good, bad = cast.submitted_of(alice), cast.submitted_of(bob)
    record(
        cast.report(bad.order_id, "FILLED", cast.trade(1, "-0.01")),  # Refused by a constraint.
        cast.report(good.order_id, "FILLED", cast.trade(2, "0.01")),
    )
    assert (read(good).status, read(bad).status) == ("FILLED", "SUBMITTED")
    assert Discrepancy.objects.get(order=bad).kind == "NOT_RECORDED"


def test_events_are_numbered_per_user_without_gaps(alice: User, bob: User) -> None:
    orders = [cast.submitted_of(user) for user in (alice, bob, alice, bob, alice)]
    record(*(cast.report(order.order_id, "NEW") for order in orders))
    assert [seq for seq, _ in cast.told(alice)] == [1, 2, 3]
    assert [seq for seq, _ in cast.told(bob)] == [1, 2]


def test_an_unknown_order_is_nobodys(alice: User) -> None:
    record(cast.report(cast.unknown_id(), "NEW"))
    assert OrderEvent.objects.count() == 0


def test_trades_that_never_add_up_are_shown_to_an_operator(alice: User) -> None:
    order = cast.submitted_of(alice)
    executed = {"executed_quantity": Decimal("0.01"), "quote_executed": Decimal(500)}
    half = cast.report(order.order_id, "FILLED", cast.trade(1, "0.005"), **executed)
    record(half, origin=OrderEvent.Origin.RECONCILE)
    record(half, origin=OrderEvent.Origin.RECONCILE)
    assert Discrepancy.objects.get().kind == "FILLS_MISSING"
    assert ledger.claim_checks(limit=10) == []  # Asked again, but not in a hurry.


def test_an_order_that_trades_between_two_questions_is_no_alarm(alice: User) -> None:
    order = cast.submitted_of(alice)
    before = {"executed_quantity": Decimal("0.004"), "quote_executed": Decimal(200)}
    trades = cast.trade(1, "0.004"), cast.trade(2, "0.004")
    record(
        cast.report(order.order_id, "PARTIALLY_FILLED", *trades, **before),
        origin=OrderEvent.Origin.RECONCILE,
    )
    assert not Discrepancy.objects.exists()
    following = read(order).next_check_at
    assert following is not None and following < read(order).updated_at + timedelta(seconds=2)


def test_a_batch_that_is_given_again_counts_once(alice: User) -> None:
    """A commit may go through although nobody hears of it."""
    order = cast.submitted_of(alice)
    doubt = Doubtful(order.order_id, 1, "No answer in 12 s.")
    look = absent(order, seconds_after_claim=60)
    for result in (doubt, doubt, look):
        ledger.record([result])
    Order.objects.update(updated_at=look.asked_at + timedelta(milliseconds=5))
    ledger.record([look])
    assert (read(order).status, read(order).not_found_count) == ("SUBMITTED", 1)
    assert cast.told(alice) == [(1, "SUBMITTED")]
