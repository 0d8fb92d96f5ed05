"""The orders pages stay alive: what changes shows without a reload, and nothing jumps."""

from playwright.sync_api import Page, expect

from tests.browser.accessibility import assert_accessible
from tests.browser.orders import age, open_orders, place, place_resting, row, rows

PHONE = {"width": 390, "height": 844}
WIDTH = "document.documentElement.scrollWidth"


def test_an_order_is_cancelled_on_the_list_without_a_reload(alice: Page) -> None:
    resting = place_resting(alice)
    open_orders(alice)
    loaded = age(alice)
    expect(row(alice, resting)).to_have_attribute("data-status", "NEW")

    row(alice, resting).get_by_role("button", name="Cancel").click()

    expect(row(alice, resting)).to_have_attribute("data-status", "CANCELED")
    expect(row(alice, resting).get_by_role("button")).to_have_count(0)
    assert age(alice) == loaded


def test_newer_orders_are_counted_and_shown_when_asked_for(alice: Page) -> None:
    first = place_resting(alice)
    open_orders(alice)
    other = alice.context.new_page()
    other.goto("/orders?status=FILLED")

    second = place_resting(other)

    note = alice.get_by_role("link", name="1 newer order")
    expect(note).to_be_visible()
    expect(rows(alice)).to_have_count(1)
    note.click()
    expect(rows(alice)).to_have_count(2)
    expect(rows(alice).first).to_have_id(f"order-{second}")
    expect(rows(alice).last).to_have_id(f"order-{first}")


def test_the_filter_narrows_and_its_address_says_only_what_was_asked(alice: Page) -> None:
    bought = place(alice, type="MARKET", quantity="0.001")
    place_resting(alice)
    open_orders(alice)
    expect(row(alice, bought)).to_have_attribute("data-status", "FILLED")

    alice.get_by_label("Status").select_option("Filled")
    alice.get_by_role("button", name="Filter").click()

    expect(alice).to_have_url("/orders?status=FILLED")
    expect(rows(alice)).to_have_count(1)
    alice.get_by_label("Search").fill("no such order")
    alice.get_by_role("button", name="Filter").click()
    expect(alice.locator("#rows")).to_contain_text("No order is like that.")
    assert_accessible(alice)
    alice.get_by_role("link", name="Clear").click()
    expect(rows(alice)).to_have_count(2)
    assert_accessible(alice)
    with alice.expect_download() as download:
        alice.get_by_role("link", name="Orders as CSV").click()
    assert bought in download.value.path().read_text()


def test_days_are_those_of_the_readers_clock(alice: Page) -> None:
    place_resting(alice)
    alice.evaluate("localStorage.setItem('clock', 'utc')")
    open_orders(alice)
    moment = alice.locator("#rows time").first
    iso = moment.get_attribute("datetime") or ""
    expect(moment).to_have_text(iso[:19].replace("T", " "))

    alice.get_by_label("From").fill(iso[:10])
    alice.get_by_role("button", name="Filter").click()

    expect(alice).to_have_url(f"/orders?since={iso[:10]}")
    expect(rows(alice)).to_have_count(1)


def test_the_timeline_grows_while_it_is_read(alice: Page) -> None:
    resting = place_resting(alice)
    alice.goto(f"/orders/{resting}")
    expect(alice.locator("#link")).to_have_text("Live")
    loaded = age(alice)
    steps = alice.locator(".steps li b")
    expect(steps).to_have_text(["Received", "Sent", "Acknowledged"])

    alice.get_by_role("button", name="Cancel order").click()

    expect(steps).to_have_text(
        ["Received", "Sent", "Acknowledged", "Cancel asked for", "Cancelled"]
    )
    expect(alice.get_by_role("button", name="Cancel order")).to_have_count(0)
    assert age(alice) == loaded


def test_a_filled_order_shows_its_trades_on_every_screen(alice: Page) -> None:
    bought = place(alice, type="MARKET", quantity="0.001")
    alice.goto(f"/orders/{bought}")
    expect(alice.locator(".title .status")).to_have_text("Filled")
    expect(alice.get_by_role("region", name="Trades").locator("tbody tr")).not_to_have_count(0)
    assert_accessible(alice)

    alice.set_viewport_size(PHONE)  # type: ignore[arg-type]
    for path in (f"/orders/{bought}", "/orders"):
        alice.goto(path)
        expect(alice.locator("#link")).to_have_text("Live")
        assert alice.evaluate(WIDTH) == PHONE["width"]
        assert_accessible(alice)
    expect(alice.get_by_label("Status")).to_be_hidden()  # The orders come first.
    alice.get_by_text("Filter", exact=True).first.click()
    expect(alice.get_by_label("Status")).to_be_visible()
