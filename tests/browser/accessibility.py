"""What axe-core says about a page as it stands, in the dark and in the light."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

THEMES = ("dark", "light")

# The rules of WCAG 2.2 A and AA, and those that axe calls good practice.
_OPTIONS = {"resultTypes": ["violations"]}
_SHOW_THEME = """theme => {
  document.documentElement.dataset.theme = theme;
  document.documentElement.dispatchEvent(new Event("themechange"));
}"""


def assert_accessible(page: Page) -> None:
    """Fail with every rule that the page breaks, and every element that breaks it, in each theme.

    Looks at what is shown now: open the dialogs and choose the tabs that are to be judged. The page
    is left as it was.
    """
    before = page.locator("html").get_attribute("data-theme")
    broken = [line for theme in THEMES for line in _violations(page, theme)]
    page.evaluate(_SHOW_THEME, before)
    assert not broken, "\n".join(broken)


def _violations(page: Page, theme: str) -> list[str]:
    page.evaluate(_SHOW_THEME, theme)
    found = Axe().run(page, options=_OPTIONS).response["violations"]
    return [
        f"{theme}: {rule['id']}: {node['html']}: {node['failureSummary']}"
        for rule in found
        for node in rule["nodes"]
    ]
