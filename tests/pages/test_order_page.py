"""The page of one order: what happened when, in whose words, and what is being done about it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.test import Client

from accounts.models import ExchangeAccount, User
from tests.cast import account_of, order_of, report, submitted_of, trade
from trading import ledger
from trading.models import Discrepancy, Order
from trading.pages.order import next_step
from trading.pages.timeline import Step, timeline
from trading.results import Doubtful, Refused, Reported
from trading.states import NOT_PLACED, Status


def steps_of(order: Order) -> list[Step]:
    order.refresh_from_db()
    return timeline(order, list(order.events.order_by("seq")), list(order.fills.all()))


def titles(order: Order) -> list[str]:
    return [step.title for step in steps_of(order)]


def test_a_filled_order_tells_its_life_in_order(alice: User) -> None:
    order = submitted_of(alice)
    then = datetime.now(UTC) - timedelta(milliseconds=250)
    fill = trade(77, "0.01", commission=Decimal("0.5"), traded_at=then)
    ledger.record([Reported(report(order.order_id, "FILLED", fill, timestamp=then), "stream")])

    steps = steps_of(order)

    assert [step.title for step in steps] == ["Received", "Sent", "Trade 77", "Filled"]
    assert steps[2].words == "0.01 at 50000 as taker, fee 0.5 USDT"
    assert steps[3].words == "0.01 of 0.01 at an average of 50000."
    assert (steps[3].origin, steps[3].exchange_at) == ("The exchange's stream", then)
    assert steps[3].lag_ms is not None and steps[3].lag_ms >= 250


def test_an_order_in_doubt_says_what_is_not_known_and_what_is_done(
    signed_in: Client, alice: User
) -> None:
    order = submitted_of(alice)
    ledger.record([Doubtful(order.order_id, 1, reason="The exchange did not answer.")])

    html = signed_in.get(f"/orders/{order.order_id}").content.decode()

    assert titles(order)[-1] == "Outcome unknown"
    assert "The exchange did not answer." in html
    assert "Nothing is sent again" in html and "It is asked again at" in html
    assert "Rejected" not in html


def test_our_own_words_carry_no_time_of_the_exchange(alice: User) -> None:
    refused, doubted = submitted_of(alice), submitted_of(alice)
    ledger.record([Refused(refused.order_id, 1, reason="Not enough USDT.", halts_account=False)])
    ledger.record([Doubtful(doubted.order_id, 1, reason="No answer.")])

    for order in (refused, doubted):
        assert [step.exchange_at for step in steps_of(order)] == [None] * 3


def test_a_cancel_is_told_as_asked_for_and_as_done(alice: User) -> None:
    order = submitted_of(alice, type="LIMIT", price=Decimal(1))
    ledger.record([Reported(report(order.order_id, "NEW"), "rest")])
    ledger.request_cancel(alice.pk, order.account_id, order.order_id)
    order.refresh_from_db()
    assert next_step(order).startswith("The cancel is on its way")

    ledger.record([Reported(report(order.order_id, "CANCELED"), "stream")])

    assert titles(order)[1:] == ["Sent", "Acknowledged", "Cancel asked for", "Cancelled"]
    assert next_step(order) == ""


def test_a_second_attempt_says_why_it_was_allowed(alice: User) -> None:
    order = submitted_of(alice, attempt=2)

    assert "attempt 2" in steps_of(order)[1].words


def test_an_order_found_at_the_exchange_says_where_it_came_from(
    signed_in: Client, alice: User
) -> None:
    order = order_of(
        alice, source="external", status="NEW", exchange_client_id="web_77", exchange_order_id=5
    )

    html = signed_in.get(f"/orders/{order.order_id}").content.decode()

    assert titles(order) == ["Found"]
    assert "Placed elsewhere with the same key" in html and "web_77" in html


def test_what_an_order_comes_to_is_summed(signed_in: Client, alice: User) -> None:
    order = submitted_of(alice, quantity=Decimal("0.03"))
    fee = {"commission": Decimal("0.25")}
    fills = [trade(1, "0.01", "50000", **fee), trade(2, "0.02", "50003", **fee)]
    ledger.record([Reported(report(order.order_id, "FILLED", *fills), "rest")])

    context = signed_in.get(f"/orders/{order.order_id}").context

    assert context["fees"] == {"USDT": Decimal("0.5")}
    assert context["order"].average_price == Decimal("50002")
    assert len(context["fills"]) == 2


def test_findings_are_told_in_words(signed_in: Client, alice: User) -> None:
    order = order_of(alice, status="FILLED")
    Discrepancy.objects.create(
        account=account_of(alice), order=order, kind="FILLS_MISSING", action="Asked for again."
    )

    html = signed_in.get(f"/orders/{order.order_id}").content.decode()

    assert "more than the trades" in html and "Asked for again." in html


def test_a_waiting_order_says_what_it_waits_for(alice: User) -> None:
    order = order_of(alice)
    assert next_step(order).startswith("It waits to be sent")
    order.account.state = ExchangeAccount.State.HALTED
    assert "halted" in next_step(order)


def test_an_order_that_never_arrived_is_explained(signed_in: Client, alice: User) -> None:
    order = order_of(alice, status=Status.REJECTED, reason=NOT_PLACED)

    html = signed_in.get(f"/orders/{order.order_id}").content.decode()

    assert "The exchange never received it." in html and NOT_PLACED not in html


def test_keys_are_nowhere_in_the_page(signed_in: Client, alice: User) -> None:
    order = order_of(alice)

    for path in ("/orders", f"/orders/{order.order_id}"):
        html = signed_in.get(path).content.decode()
        assert "key of alice" not in html and "secret of alice" not in html
