"""The connection pill tells the truth, and no tab is lost."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import register
from tests.browser.terminal import Terminal
from tests.processes import Platform


def test_prices_and_candles_are_live(alice: Page) -> None:
    terminal = Terminal(alice)
    expect(terminal.last).not_to_have_text("–")
    before = terminal.last.text_content() or ""
    expect(terminal.last).not_to_have_text(before)
    legend = alice.locator("#chart-legend")
    expect(legend).to_contain_text("C")
    drawn = legend.text_content() or ""
    expect(legend).not_to_have_text(drawn)
    expect(alice).to_have_title(re.compile(r"^[\d,]+\.\d\d BTCUSDT"))
    expect(alice.locator("#asks button").first).to_be_visible()
    newest = alice.locator("#tape li").first
    printed = newest.text_content() or ""
    expect(newest).not_to_have_text(printed)


def test_the_symbol_is_changed_without_a_reload_and_the_address_follows(alice: Page) -> None:
    terminal = Terminal(alice)
    loaded = terminal.age()
    alice.locator("#symbol-button").click()
    alice.get_by_label("Search symbols").fill("eth")
    alice.keyboard.press("Enter")

    expect(alice).to_have_url("/trade/ETHUSDT")
    expect(alice.locator("#symbol-name")).to_have_text("ETHUSDT")
    expect(terminal.button).to_have_text("Buy ETH")
    alice.go_back()
    expect(alice.locator("#symbol-name")).to_have_text("BTCUSDT")
    assert terminal.age() == loaded


def test_the_pill_shows_a_killed_realtime_and_its_return(alice: Page, platform: Platform) -> None:
    terminal = Terminal(alice)
    platform.kill("realtime")
    try:
        expect(terminal.connection).to_have_text("Reconnecting")
        expect(alice.locator("body")).to_have_attribute("data-feed", "stale")
        terminal.place("Buy", "Market", quantity="0.01")  # Orders do not need the socket.
        expect(terminal.notices).to_contain_text("Order accepted")
    finally:
        platform.start("realtime")

    expect(terminal.connection).to_have_text("Live", timeout=30_000)
    terminal.open_tab("Orders")
    expect(terminal.rows("orders").first).to_have_attribute("data-status", "FILLED")
    terminal.open_tab("Positions")
    expect(terminal.rows("positions").first).to_contain_text("BTCUSDT")


def test_the_pill_shows_a_realtime_that_hangs(alice: Page, platform: Platform) -> None:
    platform.pause("realtime")
    try:
        expect(Terminal(alice).connection).to_contain_text("Stale")
    finally:
        platform.resume("realtime")

    expect(Terminal(alice).connection).to_have_text("Live", timeout=30_000)


def test_the_pill_shows_a_market_feed_that_died(alice: Page, platform: Platform) -> None:
    platform.kill("market")
    try:
        expect(Terminal(alice).connection).to_contain_text("Stale", timeout=20_000)
        alice.reload()  # What a new socket gets first is as old as it was.
        expect(Terminal(alice).connection).to_contain_text("Stale")
    finally:
        platform.start("market")

    expect(Terminal(alice).connection).to_have_text("Live", timeout=30_000)


def test_a_second_tab_lives_beside_the_first(alice: Page) -> None:
    second = alice.context.new_page()
    second.goto("/trade/BTCUSDT")
    expect(Terminal(second).connection).to_have_text("Live")

    Terminal(alice).place("Buy", "Limit", quantity="0.001", price="30000")

    for tab in (alice, second):
        expect(Terminal(tab).connection).to_have_text("Live")
        expect(Terminal(tab).rows("open")).to_have_count(1)
        expect(Terminal(tab).rows("open").first).to_have_attribute("data-status", "NEW")


def test_bob_sees_nothing_of_alice(alice: Page, visitor: Callable[[], Page]) -> None:
    bob = visitor()
    register(bob, "bob-beside-alice@example.com")
    expect(Terminal(bob).connection).to_have_text("Live")

    Terminal(alice).place("Buy", "Limit", quantity="0.001", price="30000")
    expect(Terminal(alice).rows("open")).to_have_count(1)

    expect(Terminal(bob).count("Open orders")).to_have_text("0")


def test_a_network_that_went_away_is_noticed_and_mended(alice: Page) -> None:
    alice.context.set_offline(True)
    expect(Terminal(alice).connection).to_have_text("Offline")
    expect(alice.locator("#ticket-note")).to_contain_text("offline")

    alice.context.set_offline(False)

    expect(Terminal(alice).connection).to_have_text("Live", timeout=30_000)


def test_rows_that_cannot_be_read_are_told_of_and_asked_for_again(alice: Page) -> None:
    refused = {"message": "The database is away.", "code": "UNAVAILABLE"}
    alice.route("**/api/trading/orders?*", lambda route: route.fulfill(status=503, json=refused))
    alice.reload()
    trouble = alice.locator("#trouble")
    expect(trouble).to_contain_text("trying again: The database is away.")

    alice.unroute("**/api/trading/orders?*")

    expect(trouble).to_be_empty()
    expect(Terminal(alice).connection).to_have_text("Live")


def test_logging_out_in_one_tab_ends_the_other(alice: Page) -> None:
    second = alice.context.new_page()
    second.goto("/trade/BTCUSDT")
    expect(Terminal(second).connection).to_have_text("Live")

    alice.get_by_role("button", name="Log out").click()

    expect(alice).to_have_url("/")
    expect(Terminal(second).connection).to_have_text("Signed out")
