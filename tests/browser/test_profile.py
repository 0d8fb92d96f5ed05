"""The profile in a browser: other devices are out at once, this one stays."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.accessibility import assert_accessible
from tests.browser.conftest import PASSWORD
from tests.browser.terminal import Terminal

PHONE = {"width": 390, "height": 844}
WIDTH = "document.documentElement.scrollWidth"
NEW_PASSWORD = "quite another pass phrase"


def logged_in(page: Page, email: str, password: str = PASSWORD) -> Page:
    page.goto("/login")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()
    return page


def email_of(page: Page) -> str:
    return page.locator("dt:text-is('E-mail') + dd").text_content() or ""


def test_another_device_is_signed_out_and_its_open_page_knows_at_once(
    alice: Page, visitor: Callable[[], Page]
) -> None:
    alice.goto("/profile")
    other = logged_in(visitor(), email_of(alice))
    expect(Terminal(other).connection).to_have_text("Live")
    alice.reload()
    devices = alice.locator("#devices li")
    expect(devices).to_have_count(2)

    devices.filter(has_not_text="This browser").get_by_role("button").click()

    expect(Terminal(other).connection).to_have_text("Signed out")
    expect(devices).to_have_count(1)
    other.goto("/profile")
    expect(other).to_have_url("/login?next=/profile")


def test_a_new_password_keeps_this_browser_only(alice: Page, visitor: Callable[[], Page]) -> None:
    alice.goto("/profile")
    email = email_of(alice)
    other = logged_in(visitor(), email)
    expect(Terminal(other).connection).to_have_text("Live")
    alice.get_by_label("Present password").fill(PASSWORD)
    alice.get_by_label("New password", exact=True).fill(NEW_PASSWORD)
    alice.get_by_label("New password again").fill(NEW_PASSWORD)
    alice.get_by_role("button", name="Change the password").click()

    expect(alice.get_by_role("status")).to_contain_text("Your password is changed.")
    expect(Terminal(other).connection).to_have_text("Signed out")
    expect(alice.locator("#devices li")).to_have_count(1)
    logged_in(other, email, NEW_PASSWORD)
    expect(Terminal(other).connection).to_have_text("Live")


def test_it_fits_a_phone_and_can_be_used_by_everybody(alice: Page) -> None:
    alice.goto("/profile")
    alice.get_by_role("button", name="Change the password").click()
    expect(alice.get_by_role("alert")).to_have_count(3)

    assert_accessible(alice)
    alice.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert alice.evaluate(WIDTH) == PHONE["width"]
    assert_accessible(alice)
