"""An operator at work in a browser: sees the doubt and acts; no policy is broken."""

from collections.abc import Callable
from itertools import count

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PATIENCE_MS, register
from tests.browser.terminal import Terminal
from tests.processes import Platform
from tests.waiting import eventually

_numbers = count(1)


@pytest.fixture
def desk(visitor: Callable[[], Page], platform: Platform) -> Page:
    """The first page of the admin, as an operator sees it."""
    page = visitor()
    email = f"operator{next(_numbers)}@example.com"
    register(page, email)
    with platform.connect() as connection:
        connection.execute(
            "UPDATE users SET is_staff = true, is_superuser = true WHERE email = %s", [email]
        )
    page.goto("/admin/")
    return page


def test_an_operator_sees_the_doubt_and_acts(alice: Page, desk: Page, platform: Platform) -> None:
    terminal = Terminal(alice)
    terminal.place("Buy", "Market", quantity="0.001")  # The worker knows the exchange's clock now.
    terminal.open_tab("Orders")
    expect(terminal.rows("orders").first).to_have_attribute("data-status", "FILLED")
    platform.pause("paper")
    try:
        terminal.place("Buy", "Limit", quantity="0.001", price="30000")
        doubt = desk.locator("#in-doubt tbody tr", has_text="did not answer in time")

        def looks_again() -> bool:
            desk.reload()
            return doubt.count() == 1

        eventually(looks_again, timeout=2 * PATIENCE_MS / 1000)
        expect(doubt).to_contain_text("BUY 0.001 BTCUSDT LIMIT")
        doubt.get_by_role("link").click()
        expect(desk.locator(".field-state")).to_contain_text("outcome unknown for")

        desk.get_by_role("button", name="Ask the exchange again").click()
        expect(desk.locator(".messagelist")).to_contain_text("Ask the exchange again: 1 order.")
        desk.get_by_role("button", name="Cancel orders").click()
        desk.get_by_label("Reason").fill("Alice called.")
        desk.get_by_role("button", name="Cancel orders").click()
        expect(desk.locator(".messagelist")).to_contain_text("Cancel orders: 1 order.")
        expect(desk.get_by_role("button", name="Cancel orders")).to_have_count(0)
    finally:
        platform.resume("paper")

    # It was signed too long ago when the exchange went on, which then proved that it has no order.
    expect(terminal.rows("orders").first).to_contain_text("never received it")
    desk.reload()
    expect(desk.locator("#events-group")).to_contain_text("Operator")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_admin_keeps_the_policy_in_both_themes(desk: Page, theme: str) -> None:
    """The `visitor` fails for every broken policy that the console tells of."""
    desk.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    desk.get_by_role("button", name="Toggle theme").click()
    for link in ("Orders", "Exchange accounts", "Users", "Symbols"):
        desk.goto("/admin/")
        desk.locator("#content-main").get_by_role("link", name=link, exact=True).click()
        expect(desk.locator("#result_list tbody tr").first).to_be_visible()
        desk.locator("#result_list tbody th a").first.click()
        expect(desk.locator("#content-main fieldset").first).to_be_visible()
