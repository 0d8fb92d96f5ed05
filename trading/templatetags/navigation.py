"""Where a signed-in user can go from any page."""

from collections.abc import Iterator
from dataclasses import dataclass

from django import template
from django.template import Context
from django.urls import reverse

from accounts.models import ExchangeAccount

register = template.Library()


@dataclass(frozen=True, slots=True)
class Destination:
    """A page of the navigation, and the views that count as being there."""

    label: str
    view: str
    views: frozenset[str]
    of_account: bool = False  # Whether it shows one exchange account.
    staff_only: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    address: str
    is_current: bool


DESTINATIONS = (
    Destination("Trade", "trade-default", frozenset({"trade"}), of_account=True),
    Destination("Orders", "orders", frozenset({"orders", "order"}), of_account=True),
    Destination("Accounts", "exchange-accounts", frozenset({"exchange-accounts"})),
    Destination("Profile", "profile", frozenset({"profile", "change-password"})),
    Destination("API", "docs", frozenset()),
    Destination("Admin", "admin:index", frozenset(), staff_only=True),
)


@register.simple_tag(takes_context=True)
def destinations(context: Context) -> Iterator[Link]:
    """The links for this user; they lead to the account that the page is about, if it is not
    the default one."""
    request = context["request"]
    here = request.resolver_match.view_name if request.resolver_match else ""
    account: ExchangeAccount | None = context.get("account")
    chosen = f"?account={account.pk}" if account and not account.is_default else ""
    for page in DESTINATIONS:
        if page.staff_only and not request.user.is_staff:
            continue
        address = reverse(page.view) + (chosen if page.of_account else "")
        yield Link(page.label, address, is_current=here in page.views)
