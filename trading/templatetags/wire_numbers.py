"""Amounts in templates as they are on the wire: every digit, no trailing zeros, no exponent."""

from decimal import Decimal

from django import template

register = template.Library()


@register.filter
def exact(value: Decimal | None) -> str:
    """The digits of an amount, or a dash where there is none."""
    if value is None:
        return "–"
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
