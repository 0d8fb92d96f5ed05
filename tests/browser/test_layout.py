"""Keys and narrow screens: the page stays usable, and nothing fires by itself."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import assert_accessible
from tests.browser.terminal import Terminal

PHONE = {"width": 390, "height": 844}
TABLET = {"width": 768, "height": 1024}
WIDTH = "document.documentElement.scrollWidth"


def test_a_phone_shows_one_part_at_a_time(alice: Page) -> None:
    alice.set_viewport_size(PHONE)  # type: ignore[arg-type]
    views = alice.get_by_role("navigation", name="View")
    parts = {"Chart": "#chart", "Book": "#asks", "Trade": "#ticket", "Orders": "#tabs"}
    for name in parts:
        views.get_by_role("button", name=name).click()
        for other, part in parts.items():
            expect(alice.locator(part)).to_be_visible(visible=other == name)
        assert alice.evaluate(WIDTH) == PHONE["width"]


@pytest.mark.parametrize("path", ["/", "/licences", "/trade/BTCUSDT"])
def test_nothing_is_wider_than_a_tablet(alice: Page, path: str) -> None:
    alice.set_viewport_size(TABLET)  # type: ignore[arg-type]
    alice.goto(path)

    assert alice.evaluate(WIDTH) == TABLET["width"]


def test_keys_lead_to_the_order_panel_but_place_nothing(alice: Page) -> None:
    terminal = Terminal(alice)
    alice.keyboard.press("s")
    expect(alice.get_by_role("radio", name="Sell")).to_be_checked()
    expect(alice.get_by_label("Quantity")).to_be_focused()
    alice.keyboard.type("b1?")  # In a field these are letters.
    expect(alice.get_by_label("Quantity")).to_have_value("b1?")
    alice.get_by_label("Quantity").fill("0.01")
    terminal.tab("Open").click()
    for key in ("b", "2", "?", "Escape", "/", "Escape"):
        alice.keyboard.press(key)
        alice.get_by_role("tab", name="Trades").focus()

    expect(terminal.count("Orders")).to_have_text("0")


def test_light_and_dark_are_remembered(alice: Page) -> None:
    alice.get_by_role("button", name="Dark or light").click()
    alice.reload()

    expect(alice.locator("html")).to_have_attribute("data-theme", "light")


def test_axe_finds_nothing_on_the_trade_page(alice: Page) -> None:
    assert_accessible(alice)
