"""The tables: positions closed, orders told step by step, rows filtered, all of them live."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import assert_accessible
from tests.browser.terminal import Terminal


@pytest.fixture
def terminal(alice: Page) -> Terminal:
    return Terminal(alice)


def bought(terminal: Terminal, quantity: str) -> None:
    terminal.place("Buy", "Market", quantity=quantity)
    expect(terminal.button).to_be_enabled()


def test_positions_are_closed_by_orders_that_were_asked_about(terminal: Terminal) -> None:
    bought(terminal, "0.01")
    terminal.switch("ETHUSDT")
    bought(terminal, "0.5")
    terminal.open_tab("Positions")
    held = terminal.rows("positions").filter(has_not_text="Flat")
    expect(held).to_have_count(2)
    total = terminal.page.locator("#total-positions tr")
    expect(total).to_contain_text("Total in USDT")
    gain = total.locator("[data-label='Unrealised PnL']")
    expect(gain).not_to_have_text(gain.text_content() or "")  # It moves with the market.

    terminal.page.get_by_role("button", name="Close BTCUSDT").click()
    question = terminal.dialog("Close BTCUSDT")
    # The commission was taken in BTC, so the step leaves nothing to stay.
    expect(question).to_contain_text("Sell 0.00999 BTC at market")
    question.get_by_role("button", name="Back").click()
    expect(terminal.count("Orders")).to_have_text("2")

    terminal.page.get_by_role("button", name="Close all").click()
    terminal.dialog("Close all positions").get_by_role("button", name="Close all").click()

    expect(held).to_have_count(0)
    expect(terminal.count("Orders")).to_have_text("4")


def test_what_is_too_small_to_trade_is_called_dust(terminal: Terminal) -> None:
    bought(terminal, "0.001")
    terminal.place("Sell", "Market", quantity="0.00094")
    terminal.open_tab("Positions")

    dust = terminal.page.get_by_role("button", name="Close BTCUSDT")

    expect(dust).to_have_text("Dust")
    expect(dust).to_be_disabled()
    expect(dust).to_have_attribute("title", re.compile("at least 5 USDT"))


def test_an_order_tells_its_steps(terminal: Terminal) -> None:
    terminal.place("Buy", "Limit", quantity="0.001", price="30000")
    terminal.rows("open").first.get_by_role("button", name="Cancel").click()
    expect(terminal.page.locator("#rows-open")).to_contain_text("No open orders.")
    terminal.open_tab("Orders")
    terminal.rows("orders").first.get_by_role("button", name="Details").click()

    steps = terminal.dialog("Order details").locator(".steps li")

    expect(steps.locator("b")).to_have_text(["Pending", "Open", "Cancel asked for", "Cancelled"])
    expect(steps.first.locator("time")).to_have_text(re.compile(r"\d\d:\d\d:\d\d[.,]\d{3}"))
    assert_accessible(terminal.page)


def test_rows_are_found_by_the_words_that_are_shown(terminal: Terminal) -> None:
    terminal.place("Buy", "Limit", quantity="0.001", price="30000")
    expect(terminal.count("Open orders")).to_have_text("1")
    terminal.place("Sell", "Post-only", quantity="0.001", price="90000")
    expect(terminal.rows("open")).to_have_count(2)

    search = terminal.page.get_by_label("Search the rows")
    search.fill("sell post")
    expect(terminal.rows("open")).to_have_count(1)
    expect(terminal.rows("open").first).to_contain_text("90,000.00")
    search.fill("")
    terminal.switch("ETHUSDT")
    terminal.page.get_by_label("This symbol").check()
    expect(terminal.rows("open")).to_have_count(0)
    expect(terminal.page.locator("#rows-open")).to_contain_text("Nothing matches")
