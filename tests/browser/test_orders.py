"""Orders, from the button to the exchange and back onto the page, without a reload."""

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.terminal import Terminal
from tests.processes import Platform


@pytest.fixture
def terminal(alice: Page) -> Terminal:
    return Terminal(alice)


def test_a_bought_quantity_is_filled_and_held_without_a_reload(
    terminal: Terminal, platform: Platform
) -> None:
    loaded = terminal.age()
    terminal.open_tab("Orders")
    platform.pause("worker")
    terminal.place("Buy", "Market", quantity="0.01")
    order = terminal.rows("orders").first
    expect(order).to_have_attribute("data-status", "PENDING")
    expect(order).to_contain_text("Pending")

    platform.resume("worker")

    expect(order).to_have_attribute("data-status", "FILLED")
    expect(terminal.notices).to_contain_text("Buy BTCUSDT filled")
    terminal.open_tab("Positions")
    position = terminal.rows("positions").first
    expect(position).to_contain_text("BTCUSDT")
    # The exchange keeps its commission of what was bought.
    expect(position.locator("[data-label='Size']")).to_have_text("0.00999")
    terminal.open_tab("Trades")
    expect(terminal.rows("trades").first.locator("[data-label='Quantity']")).to_have_text("0.01")
    expect(terminal.page.locator("#margin-balance")).not_to_contain_text("10,000")
    assert terminal.age() == loaded


def test_a_double_click_places_once(terminal: Terminal) -> None:
    terminal.write("Buy", "Market", quantity="0.01")
    terminal.button.dblclick()

    terminal.open_tab("Orders")
    expect(terminal.rows("orders").first).to_have_attribute("data-status", "FILLED")
    terminal.page.reload()
    expect(terminal.connection).to_have_text("Live")
    expect(terminal.count("Orders")).to_have_text("1")


def test_a_lost_answer_is_asked_for_again_with_the_same_key(terminal: Terminal) -> None:
    keys: list[str] = []

    def lose_the_first_answer(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) > 1:
            route.continue_()
            return
        route.fetch()  # The server took it; nobody hears.
        route.abort("connectionreset")

    terminal.on_placing(lose_the_first_answer)
    terminal.place("Buy", "Market", quantity="0.01")

    expect(terminal.notices).to_contain_text("Buy BTCUSDT filled")
    expect(terminal.button).to_be_enabled()
    assert len(keys) == 2
    assert len(set(keys)) == 1
    expect(terminal.count("Trades")).to_have_text("1")


def test_an_outcome_that_stays_unknown_is_said_and_can_be_asked_again(terminal: Terminal) -> None:
    is_broken = True
    terminal.on_placing(
        lambda route: route.abort("connectionreset") if is_broken else route.continue_()
    )
    terminal.place("Buy", "Market", quantity="0.01")
    unknown = terminal.page.locator("#unknown")
    expect(unknown).to_contain_text("The server cannot be reached. The order may or may not")
    is_broken = False

    unknown.get_by_role("button", name="Ask again").click()

    expect(unknown).to_be_hidden()
    expect(terminal.count("Trades")).to_have_text("1")


def test_a_refused_order_says_why_at_its_field(terminal: Terminal) -> None:
    terminal.place("Buy", "Market", quantity="0.0000001")

    expect(terminal.note("quantity")).to_contain_text("0.00001")
    expect(terminal.notices).to_contain_text("Order refused")
    expect(terminal.form.get_by_label("Quantity")).to_have_attribute("aria-invalid", "true")
    expect(terminal.form.get_by_label("Quantity")).to_be_focused()
    expect(terminal.button).to_be_enabled()


def test_what_the_exchange_rejects_shows_its_reason(terminal: Terminal) -> None:
    terminal.place("Sell", "Market", quantity="50")

    terminal.open_tab("Orders")
    expect(terminal.rows("orders").first).to_have_attribute("data-status", "REJECTED")
    expect(terminal.rows("orders").first.locator(".reason")).to_contain_text("not enough BTC")
    expect(terminal.notices).to_contain_text("rejected")


def test_a_resting_order_is_cancelled(terminal: Terminal) -> None:
    terminal.place("Buy", "Limit", quantity="0.001", price="30000")
    resting = terminal.rows("open").first
    expect(resting).to_have_attribute("data-status", "NEW")
    expect(resting).to_contain_text("30,000.00")

    resting.get_by_role("button", name="Cancel").click()

    expect(terminal.page.locator("#rows-open")).to_contain_text("No open orders.")
    terminal.open_tab("Orders")
    expect(terminal.rows("orders").first).to_have_attribute("data-status", "CANCELED")


def test_all_open_orders_are_cancelled_at_once(terminal: Terminal) -> None:
    for price in ("30000", "31000"):
        terminal.place("Buy", "Limit", quantity="0.001", price=price)
        expect(terminal.page.locator("#rows-open")).to_contain_text(f"{price[:2]},000.00")

    terminal.page.get_by_role("button", name="Cancel all").click()

    expect(terminal.page.locator("#rows-open")).to_contain_text("No open orders.")


def test_an_order_in_doubt_awaits_the_exchange(terminal: Terminal, platform: Platform) -> None:
    platform.pause("paper")
    try:
        terminal.place("Buy", "Limit", quantity="0.001", price="30000")
        expect(terminal.rows("open").first).to_contain_text("Awaiting the exchange")
    finally:
        platform.resume("paper")

    expect(terminal.page.locator("#rows-open")).not_to_contain_text("Awaiting the exchange")
