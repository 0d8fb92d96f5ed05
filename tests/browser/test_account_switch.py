"""Several exchange accounts of one person: each has a trade page of its own, and nothing mixes."""

import re

from playwright.sync_api import Page, expect

from tests.browser.terminal import Terminal


def add_account(page: Page, name: str) -> None:
    page.goto("/accounts")
    form = page.locator("#add")
    form.get_by_label("Name").fill(name)
    form.get_by_role("button", name="Add the account").click()
    expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()


def test_the_page_trades_with_the_account_of_its_address(alice: Page) -> None:
    first = Terminal(alice)
    expect(alice.locator("#account-choice")).to_have_count(0)
    second = Terminal(alice.context.new_page())
    add_account(second.page, "Second")
    second.page.goto("/trade/BTCUSDT")
    second.page.locator("#account-choice").select_option(label="Second · PAPER")
    expect(second.page).to_have_url(re.compile(r"/trade/BTCUSDT\?account=\d+$"))
    expect(second.connection).to_have_text("Live")

    second.place("Buy", "Limit", quantity="0.001", price="30000")
    expect(second.rows("open").first).to_have_attribute("data-status", "NEW")
    first.place("Buy", "Limit", quantity="0.002", price="31000")

    expect(first.rows("open")).to_have_count(1)
    expect(first.rows("open").first).to_contain_text("0.002")
    expect(second.rows("open")).to_have_count(1)
    expect(second.rows("open").first).to_contain_text("0.001")
    second.switch("ETHUSDT")
    expect(second.page).to_have_url(re.compile(r"/trade/ETHUSDT\?account=\d+$"))


def test_a_halted_account_says_so_and_takes_no_order(alice: Page) -> None:
    alice.goto("/accounts")
    alice.get_by_role("button", name="Pause trading").click()
    expect(alice.get_by_role("button", name="Resume trading")).to_be_visible()
    alice.goto("/trade/BTCUSDT")
    terminal = Terminal(alice)

    expect(alice.locator("#account-note")).to_contain_text("takes no new orders")
    terminal.place("Buy", "Market", quantity="0.01")

    expect(terminal.notices).to_contain_text("Order refused")
    expect(alice.locator("#ticket-note")).to_contain_text("You paused it")
    expect(terminal.field("quantity")).to_have_value("0.01")  # What was typed stays.
