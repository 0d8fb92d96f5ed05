"""The trade page in the words of somebody who trades on it."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, Route, expect

_INPUTS = {"stop_price": "stopPrice", "trail": "trailingDelta", "amount": "quoteOrderQty"}


class Terminal:
    """What can be done and seen on one trade page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.form = page.locator("#ticket")
        self.button = page.locator("#place")
        self.last = page.locator("#last")
        self.connection = page.locator("#link")
        self.notices = page.locator("#toasts")

    def choose(self, side: str, kind: str) -> None:
        """Choose a side and an order type by its name: Market, Post-only, Stop-loss limit …"""
        base = "Limit" if kind == "Post-only" else kind.removesuffix(" limit")
        self.form.get_by_text(side, exact=True).click()
        self.form.get_by_text(base, exact=True).click()
        if base == "Limit":
            self.form.get_by_label("Post only").set_checked(kind == "Post-only")
        elif base != "Market":
            sent_as = "Limit order" if kind.endswith(" limit") else "Market order"
            self.form.get_by_text(sent_as, exact=True).click()

    def write(self, side: str, kind: str, **fields: str) -> None:
        """Fill in the order panel. Fields: quantity, price, stop_price, trail, amount."""
        self.choose(side, kind)
        for name, value in fields.items():
            self.field(name).fill(value)

    def field(self, name: str) -> Locator:
        return self.form.locator(f"input[name={_INPUTS.get(name, name)}]")

    def total(self) -> Locator:
        return self.page.locator("#total")

    def dialog(self, name: str) -> Locator:
        return self.page.get_by_role("dialog", name=name)

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

    def settle(self, label: str, choice: str) -> None:
        """Choose something in the menu of settings, and close it again."""
        self.page.get_by_role("button", name="Settings").click()
        self.page.get_by_label(label).select_option(choice)
        self.page.keyboard.press("Escape")

    def switch(self, symbol: str) -> None:
        """Trade another symbol, found by its name."""
        self.page.locator("#symbol-button").click()
        self.page.get_by_label("Search symbols").fill(symbol)
        self.page.keyboard.press("Enter")
        expect(self.page.locator("#symbol-name")).to_have_text(symbol)
