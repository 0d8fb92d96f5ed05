"""Exports: all that the filter finds, exact to the digit, and harmless in a spreadsheet."""

import csv
import io
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from tests.cast import order_of, report, submitted_of, trade, trader
from trading import ledger
from trading.pages import exports
from trading.results import Reported

Rows = list[dict[str, str]]


def exported(client: Client, path: str) -> Rows:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"].startswith("attachment")
    return list(csv.DictReader(io.StringIO(answer.getvalue().decode(), newline="")))


def test_orders_are_exported_with_every_digit_and_times_in_utc(
    signed_in: Client, alice: User
) -> None:
    order = order_of(
        alice,
        type="LIMIT",
        price=Decimal("123456789012345678.123456789012345678"),
        quantity=Decimal("0.000000000000000001"),
        created_at=datetime(2026, 1, 31, 12, 0, 0, 250_000, tzinfo=UTC),
    )

    (row,) = exported(signed_in, "/orders.csv")

    assert row["order id"] == str(order.order_id)
    assert row["price"] == "123456789012345678.123456789012345678"
    assert row["quantity"] == "0.000000000000000001"
    assert row["stop price"] == ""
    assert row["created"] == "2026-01-31T12:00:00.250000Z"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_text_is_a_formula(signed_in: Client, alice: User, start: str) -> None:
    text = f"{start}cmd|'/c calc'!A1,\"x\""
    order_of(alice, client_order_id=text, reason=text)

    (row,) = exported(signed_in, "/orders.csv")

    assert row["client order id"] == row["reason"] == f"'{text}"


def test_a_negative_number_stays_a_number() -> None:
    assert exports.cell(Decimal("-0.50")) == "-0.5"


def test_the_export_holds_what_the_filter_finds_and_nothing_of_others(
    signed_in: Client, alice: User
) -> None:
    order_of(trader("bob@example.com"), side="SELL")
    order_of(alice, side="BUY")
    wanted = order_of(alice, side="SELL")

    rows = exported(signed_in, "/orders.csv?side=SELL")

    assert [row["order id"] for row in rows] == [str(wanted.order_id)]


def test_trades_are_those_of_the_orders_found(signed_in: Client, alice: User) -> None:
    bought, sold = submitted_of(alice), submitted_of(alice, side="SELL")
    fee = {"commission": Decimal("0.5")}
    ledger.record([Reported(report(bought.order_id, "FILLED", trade(1, "0.01")), "rest")])
    ledger.record(
        [Reported(report(sold.order_id, "FILLED", trade(2, "0.01", "40000", **fee)), "rest")]
    )

    assert len(exported(signed_in, "/trades.csv")) == 2
    (row,) = exported(signed_in, "/trades.csv?side=SELL")
    assert (row["trade id"], row["order id"]) == ("2", str(sold.order_id))
    assert (row["value"], row["commission"], row["realised PnL"]) == ("400", "0.5", "-100.5")


def test_an_export_reads_page_by_page_to_the_last_row(
    signed_in: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "PAGE", 3)
    orders = [order_of(alice) for _ in range(7)][::-1]

    with CaptureQueriesContext(connection) as queries:
        rows = exported(signed_in, "/orders.csv")

    assert [row["order id"] for row in rows] == [str(order.order_id) for order in orders]
    assert sum("LIMIT 3" in query["sql"] for query in queries) == 3


def test_exports_leave_web_threads_to_orders(signed_in: Client, alice: User) -> None:
    order = order_of(alice)
    running = [signed_in.get("/orders.csv?side=BUY") for _ in range(2)]

    refused = signed_in.get("/orders.csv?side=BUY")
    assert refused["Location"] == "/orders?side=BUY"
    assert exports.BUSY in signed_in.get("/orders").content.decode()

    for answer in running:
        answer.getvalue()  # Read to its end, and closed.
    (row,) = exported(signed_in, "/orders.csv")
    assert row["order id"] == str(order.order_id)
