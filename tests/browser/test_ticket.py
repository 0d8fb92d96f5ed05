"""The order panel: every type of order works, and what is typed is judged while it is typed."""

import json
import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.terminal import Terminal


@pytest.fixture
def terminal(alice: Page) -> Terminal:
    return Terminal(alice)


def test_every_type_of_order_that_waits_is_taken_by_the_exchange(terminal: Terminal) -> None:
    low, high = "40000", "90000"
    waiting: list[tuple[str, str, dict[str, str]]] = [
        ("Buy", "Post-only", {"price": low}),
        ("Buy", "Stop-loss limit", {"stop_price": high, "price": high}),
        ("Sell", "Take-profit", {"stop_price": high}),
        ("Sell", "Take-profit limit", {"stop_price": high, "price": high}),
        ("Sell", "Stop-loss", {"stop_price": "", "trail": "2.5"}),
    ]
    for placed, (side, kind, fields) in enumerate(waiting, start=1):
        terminal.place(side, kind, quantity="0.001", **fields)
        expect(terminal.rows("open")).to_have_count(placed)
        newest = terminal.rows("open").first
        expect(newest).to_have_attribute("data-status", "NEW")
        expect(newest.locator("[data-label='Type']")).to_have_text(kind)
        expect(terminal.button).to_be_enabled()

    expect(terminal.rows("open").first).to_contain_text("2.5%")


def test_a_market_order_spends_an_amount_and_a_limit_keeps_to_its_time(terminal: Terminal) -> None:
    terminal.open_tab("Orders")
    terminal.settle("Before an order", "Ask me")
    terminal.choose("Buy", "Market")
    terminal.field("quantity").fill("nonsense")  # What is hidden again does no harm.
    terminal.form.locator("[data-size-in=QUOTE]").click()
    terminal.field("amount").fill("3")
    expect(terminal.note("quoteOrderQty")).to_contain_text("at least 5 USDT")
    terminal.field("amount").fill("100")
    expect(terminal.total()).to_contain_text("BTC")
    terminal.button.click()
    question = terminal.dialog("Buy BTCUSDT: Market")
    expect(question).to_contain_text("100 USDT")
    question.get_by_role("button", name="Buy").click()
    terminal.settle("Before an order", "Do not ask")

    bought = terminal.rows("orders").first
    expect(bought).to_have_attribute("data-status", "FILLED")
    terminal.open_tab("Trades")
    paid = terminal.rows("trades").first.locator("[data-label='Total']")
    expect(paid).to_have_text(re.compile(r"^(99\.\d\d|100\.00)$"))  # Whole steps of at most 100.
    terminal.open_tab("Orders")

    for time_in_force in ("IOC", "FOK"):
        expect(terminal.button).to_be_enabled()
        terminal.choose("Buy", "Limit")
        terminal.form.get_by_label("Time in force").select_option(time_in_force)
        terminal.place("Buy", "Limit", quantity="0.001", price="40000")
        expect(terminal.rows("orders").first).to_have_attribute("data-status", "EXPIRED")


def test_what_is_typed_is_judged_at_once_and_mended_by_one_click(terminal: Terminal) -> None:
    terminal.write("Buy", "Limit", quantity="0.00003", price="50000")
    terminal.note("quantity").get_by_role("button", name="Use 0.0001").click()
    expect(terminal.field("quantity")).to_have_value("0.0001")
    expect(terminal.note("quantity")).to_be_empty()

    terminal.field("price").fill("50000.001")
    expect(terminal.note("price")).to_contain_text("The tick is 0.01 USDT.")
    terminal.note("price").get_by_role("button", name="Use 50000").click()
    terminal.field("price").press("ArrowUp")
    expect(terminal.field("price")).to_have_value("50000.01")

    terminal.write("Sell", "Stop-loss", stop_price="90000")
    expect(terminal.note("stopPrice")).to_contain_text("lies below the market")
    terminal.note("stopPrice").get_by_role("button", name="Make it a take-profit").click()
    expect(terminal.form.get_by_role("radio", name="Take-profit")).to_be_checked()
    expect(terminal.note("stopPrice")).to_be_empty()
    expect(terminal.page.locator("#kind-note")).to_contain_text("it sells at market")


def test_the_question_before_an_order_is_answered_by_enter_and_can_be_switched_off(
    terminal: Terminal,
) -> None:
    bodies: list[dict[str, str]] = []

    def note_body(route: Route) -> None:
        bodies.append(json.loads(route.request.post_data or "{}"))
        route.continue_()

    terminal.on_placing(note_body)
    terminal.settle("Before an order", "Ask me")
    terminal.write("Buy", "Limit", quantity="0.001", price="30000")
    question = terminal.dialog("Buy BTCUSDT: Limit")

    terminal.button.dblclick()  # Its second half does not answer the question.
    expect(question).to_contain_text("30,000 USDT")
    terminal.page.keyboard.press("Escape")
    expect(question).to_be_hidden()
    assert bodies == []

    terminal.field("quantity").press("Enter")
    expect(question).to_be_visible()
    question.get_by_label("Do not ask again").check()
    question.get_by_role("button", name="Buy").press("Enter")
    expect(terminal.rows("open")).to_have_count(1)
    expect(terminal.button).to_be_enabled()

    terminal.place("Buy", "Limit", quantity="0.001", price="31000")
    expect(terminal.rows("open")).to_have_count(2)
    assert [body["price"] for body in bodies] == ["30000", "31000"]


def test_totals_and_shares_of_the_balance_are_exact(terminal: Terminal) -> None:
    terminal.write("Buy", "Limit", quantity="0.00003", price="67123.45")
    expect(terminal.total()).to_have_text("2.0137035 USDT")

    terminal.field("price").fill("30000")
    terminal.form.get_by_role("button", name="25%").click()

    expect(terminal.field("quantity")).to_have_value("0.08333")
    expect(terminal.total()).to_have_text("2,499.9 USDT")


def test_what_was_typed_outlives_a_reload_and_a_switch_of_the_symbol(terminal: Terminal) -> None:
    terminal.write("Sell", "Limit", quantity="0.00321", price="81000.5")
    terminal.page.keyboard.press("Escape")
    terminal.switch("ETHUSDT")
    expect(terminal.field("quantity")).to_have_value("")
    terminal.page.go_back()
    expect(terminal.field("quantity")).to_have_value("0.00321")

    terminal.page.reload()

    expect(terminal.form.get_by_role("radio", name="Sell")).to_be_checked()
    expect(terminal.field("quantity")).to_have_value("0.00321")
    expect(terminal.field("price")).to_have_value("81000.5")


def test_a_click_on_the_book_or_the_tape_takes_its_price(terminal: Terminal) -> None:
    expect(terminal.form.get_by_role("radio", name="Market", exact=True)).to_be_checked()
    for prices in ("#bids button", "#tape button"):
        terminal.field("price").fill("") if terminal.field("price").is_visible() else None
        terminal.page.locator(prices).first.click()
        expect(terminal.field("price")).to_have_value(re.compile(r"^\d{5,6}(\.\d+)?$"))
    expect(terminal.form.get_by_role("radio", name="Limit", exact=True)).to_be_checked()
