"""`X-Event-Seq`: the number of the last event that an answer is sure to contain."""

from trading.models import EventHead


def event_seq(user_id: int) -> dict[str, str]:
    """The header. Read it before the rows: a socket that continues from there misses nothing."""
    seq = EventHead.objects.filter(user_id=user_id).values_list("seq", flat=True).first()
    return {"X-Event-Seq": str(seq or 0)}
