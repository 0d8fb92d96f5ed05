"""How long ago, or until when, as an operator reads it: one number, one unit."""

from datetime import datetime

from django.utils import timezone

_UNITS = [(86_400, "d"), (3_600, "h"), (60, "min")]


def age(moment: datetime | None) -> str:
    """The time between a moment and now in its largest whole unit, a dash for no moment."""
    if moment is None:
        return "–"
    seconds = int(abs((timezone.now() - moment).total_seconds()))
    for size, unit in _UNITS:
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
