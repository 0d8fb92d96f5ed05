"""The banner that says in a loud colour with whose money a page deals."""

from typing import Any

from django import template
from django.template import Context

from accounts.models import Environment, ExchangeAccount

register = template.Library()

WORDS = {
    Environment.PAPER: "Simulated exchange. No real money.",
    Environment.TESTNET: "The exchange's test network. No real money.",
    Environment.DEMO: "The exchange's demo mode. No real money.",
    Environment.LIVE: "Real money.",
}


@register.inclusion_tag("environment.html", takes_context=True)
def environment_banner(context: Context) -> dict[str, Any]:
    """The environment of the page's `account`; elsewhere of the signed-in user's default one."""
    account = context.get("account") or _default_account(context)
    if account is None:
        return {}
    environment = Environment(account.environment)
    return {"environment": environment, "words": WORDS[environment]}


def _default_account(context: Context) -> ExchangeAccount | None:
    user = context.get("user")
    if user is None or not user.is_authenticated:
        return None
    return ExchangeAccount.objects.in_use().filter(user_id=user.pk, is_default=True).first()
