"""The accounts page in a browser: accounts are added, checked, chosen, paused and put away."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.accessibility import assert_accessible

PHONE = {"width": 390, "height": 844}
WIDTH = "document.documentElement.scrollWidth"


@pytest.fixture
def accounts(alice: Page) -> Page:
    """Alice on her accounts page."""
    alice.goto("/accounts")
    return alice


def card(page: Page, name: str) -> Locator:
    return page.get_by_role("article", name=name, exact=True)


def add_paper(page: Page, name: str) -> Locator:
    form = page.locator("#add")
    form.get_by_label("Name").fill(name)
    form.get_by_label("Environment").select_option("PAPER")
    form.get_by_role("button", name="Add the account").click()
    return card(page, name)


def press(card: Locator, button: str) -> None:
    card.get_by_role("button", name=button).click()


def test_a_check_tells_what_it_found_without_a_reload(accounts: Page) -> None:
    paper = card(accounts, "Paper")
    press(paper, "Check the key")
    loaded = accounts.evaluate("performance.timeOrigin")

    expect(paper).to_contain_text("The key works.")
    expect(paper).to_contain_text("10,000.00 USDT")
    expect(paper.locator("[data-checking]")).to_have_count(0)
    assert accounts.evaluate("performance.timeOrigin") == loaded


def test_a_second_account_is_added_renamed_and_traded_with(accounts: Page) -> None:
    second = add_paper(accounts, "Second")
    expect(second).to_contain_text("10,000.00 USDT")
    second.get_by_text("Rename").click()
    second.get_by_label("Name").fill("Savings")
    press(second, "Save the name")

    savings = card(accounts, "Savings")
    expect(savings).to_be_visible()
    number = (savings.get_attribute("id") or "").removeprefix("account-")
    savings.get_by_role("link", name="Trade with Savings").click()
    expect(accounts).to_have_url(f"/trade/BTCUSDT?account={number}")


def test_the_default_moves_and_an_account_is_put_away(accounts: Page) -> None:
    second = add_paper(accounts, "Second")
    press(second, "Make it the default")
    expect(second).to_contain_text("Default")
    second.get_by_text("Archive", exact=True).click()
    press(second, "Archive Second")
    expect(second).to_contain_text("Tick this")
    second.get_by_label("Archive it for good").check()
    press(second, "Archive Second")

    expect(second).to_have_count(0)
    expect(accounts.locator(".archived")).to_contain_text("Second")
    expect(card(accounts, "Paper")).to_contain_text("Default")


def test_a_pause_reaches_the_trade_page_and_is_taken_back(accounts: Page) -> None:
    press(card(accounts, "Paper"), "Pause trading")
    expect(card(accounts, "Paper")).to_contain_text("Halted by you")
    press(card(accounts, "Paper"), "Resume trading")

    expect(card(accounts, "Paper")).to_contain_text("Trading")
    expect(card(accounts, "Paper")).not_to_contain_text("Halted")


def test_it_fits_a_phone_and_can_be_used_by_everybody(accounts: Page) -> None:
    form = accounts.locator("#add")
    form.get_by_label("Name").fill("An account whose name is as long as names may be " + "x" * 31)
    form.get_by_label("Environment").select_option("TESTNET")
    form.get_by_label("API key").fill("no such key")
    form.get_by_role("button", name="Add the account").click()
    expect(form.get_by_role("alert")).to_contain_text("belong together")
    for summary in accounts.locator("article summary").all():
        summary.click()

    assert_accessible(accounts)
    accounts.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert accounts.evaluate(WIDTH) == PHONE["width"]
    assert_accessible(accounts)
