"""The pages around the terminal: reachable, readable on every screen, in the dark and the light."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import assert_accessible
from tests.browser.conftest import register

PHONE = {"width": 390, "height": 844}
WIDTH = "document.documentElement.scrollWidth"


@pytest.mark.parametrize("path", ["/", "/login", "/register", "/licences", "/no/such/page"])
def test_what_everybody_may_read_fits_and_is_accessible(page: Page, path: str) -> None:
    page.goto(path)
    assert_accessible(page)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert page.evaluate(WIDTH) == PHONE["width"]


def test_the_landing_page_leads_in(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Create an account").click()
    expect(page).to_have_url("/register")


def test_every_page_of_ones_own_is_reached_from_every_other(page: Page) -> None:
    register(page, "walker@example.com")
    places = {
        "Orders": "/orders",
        "Accounts": "/accounts",
        "Profile": "/profile",
        "Trade": "/trade/BTCUSDT",
    }
    for name, path in places.items():
        navigation = page.get_by_role("navigation", name="Main")
        navigation.get_by_role("link", name=name, exact=True).click()
        expect(page).to_have_url(path)
        here = page.get_by_role("navigation", name="Main").locator("[aria-current=page]")
        expect(here).to_have_text(name)
        expect(page.locator(".environment")).to_contain_text("PAPER")


def test_on_a_phone_the_pages_are_in_a_menu(page: Page) -> None:
    register(page, "walker-on-a-phone@example.com")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    for start, name, end in (
        ("/trade/BTCUSDT", "Orders", "/orders"),
        ("/orders", "Profile", "/profile"),
    ):
        page.goto(start)
        link = page.get_by_role("navigation", name="Main").get_by_role("link", name=name)
        expect(link).to_be_hidden()
        page.get_by_role("button", name="Menu").click()
        assert_accessible(page)
        link.click()
        expect(page).to_have_url(end)
        assert page.evaluate(WIDTH) == PHONE["width"]


def test_the_theme_is_kept_from_page_to_page(page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name="Dark or light").click()
    page.goto("/licences")
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
