"""What a person chooses for the page is done at once, and remembered."""

import re

from playwright.sync_api import Page, expect

from tests.browser.terminal import Terminal


def test_the_settings_are_obeyed_and_remembered(alice: Page) -> None:
    terminal = Terminal(alice)
    terminal.place("Buy", "Limit", quantity="0.001", price="30000")
    placed = terminal.rows("open").first.locator("[data-label='Time']")
    at = placed.get_attribute("title") or ""

    terminal.settle("Times", "UTC")
    terminal.settle("Up and down", "Blue and orange")
    terminal.settle("Small balances", "Hide")
    alice.reload()

    expect(placed).to_contain_text(at[11:19])
    expect(placed).to_have_text(re.compile(r"[A-Z][a-z]{2}"))  # The date is there too.
    expect(alice.locator("html")).to_have_attribute("data-palette", "blue-orange")
    expect(alice.get_by_label("Small balances")).to_have_value("hidden")
    assert {"token", "password"}.isdisjoint(alice.evaluate("Object.keys(localStorage)"))


def test_a_watched_symbol_stands_first(alice: Page) -> None:
    alice.keyboard.press("/")
    symbols = alice.locator("#symbol-rows li")
    expect(symbols.first).to_contain_text("BNBUSDT")
    expect(symbols.first).to_contain_text("%")
    alice.get_by_role("button", name="Watch SOLUSDT").click()
    expect(symbols.first).to_contain_text("SOLUSDT")

    alice.reload()

    expect(symbols.first).to_contain_text("SOLUSDT")
