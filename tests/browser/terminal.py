"""The trade page in the words of somebody who trades on it."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, Route, expect


class Terminal:
    """What can be done and seen on one trade page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.form = page.locator("#ticket")
        self.button = page.locator("#place")
        self.last = page.locator("#last")
        self.connection = page.locator("#link")
        self.notices = page.locator("#toasts")

    def write(
        self, side: str, kind: str, *, quantity: str, price: str = "", stop_price: str = ""
    ) -> None:
        """Fill in the order panel."""
        self.form.get_by_text(side, exact=True).click()
        self.form.get_by_text(kind, exact=True).click()
        if stop_price:
            self.form.get_by_label("Stop price").fill(stop_price)
        if price:
            self.form.get_by_label("Price", exact=True).fill(price)
        self.form.get_by_label("Quantity").fill(quantity)

    def place(self, side: str, kind: str, **fields: str) -> None:
        self.write(side, kind, **fields)
        expect(self.button).to_be_enabled()
        self.button.click()

    def on_placing(self, act: Callable[[Route], None]) -> None:
        """Let something happen to the POSTs of orders on their way."""

        def only_posts(route: Route) -> None:
            if route.request.method == "POST":
                act(route)
            else:
                route.continue_()

        self.page.route("**/api/trading/orders?*", only_posts)

    def tab(self, name: str) -> Locator:
        return self.page.get_by_role("tab", name=re.compile(f"^{name}"))

    def open_tab(self, name: str) -> None:
        self.tab(name).click()

    def count(self, tab: str) -> Locator:
        return self.tab(tab).locator(".count")

    def rows(self, table: str) -> Locator:
        """Rows of a table, newest first: open, orders, positions or trades."""
        return self.page.locator(f"#rows-{table} tr:not(:has(td.empty))")

    def note(self, field: str) -> Locator:
        """What stands under a field: quantity, price or stopPrice."""
        return self.page.locator(f"#{field}-note")

    def age(self) -> float:
        """A number that changes only when the page is loaded again."""
        origin: float = self.page.evaluate("performance.timeOrigin")
        return origin
