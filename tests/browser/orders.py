"""The orders pages in the words of somebody who looks through them."""

from typing import Any

from playwright.sync_api import Locator, Page, expect

_POST = """async (order) => {
  const { post } = await import("/static/js/api.js");
  return (await post("/api/trading/orders", order)).orderId;
}"""


def place(page: Page, **order: str) -> str:
    """Place an order from the page's own origin, as its ticket would; its id."""
    order_id: str = page.evaluate(_POST, {"symbol": "BTCUSDT", "side": "BUY"} | order)
    return order_id


def place_resting(page: Page) -> str:
    """An order so far below the market that it stays open."""
    return place(page, type="LIMIT", quantity="0.001", price="30000")


def open_orders(page: Page, query: str = "") -> None:
    page.goto(f"/orders{query}")
    expect(page.locator("#link")).to_have_text("Live")


def rows(page: Page) -> Locator:
    return page.locator("#rows tr")


def row(page: Page, order_id: str) -> Locator:
    return page.locator(f"#order-{order_id}")


def age(page: Page) -> Any:
    """A number that changes only when the page is loaded again."""
    return page.evaluate("performance.timeOrigin")
