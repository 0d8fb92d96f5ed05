"""Times in the admin, as an operator reads them."""

from datetime import datetime

from django import template
from django.utils import timezone

from tradeplat.operators.ages import age

register = template.Library()
register.filter("age", age)


@register.filter
def due(moment: datetime | None) -> str:
    """When something is done next: in how long, or now."""
    if moment is None:
        return "–"
    return "now" if moment <= timezone.now() else f"in {age(moment)}"
