"""How long an accepted order may wait to be sent."""

from django.conf import settings

# A resting limit order may wait longer than one that acts on the market of its moment.
PAST_DEADLINE = """
order_commands.created_at < clock_timestamp() - make_interval(secs =>
    CASE WHEN order_commands.type IN ('LIMIT', 'LIMIT_MAKER')
          AND order_commands.time_in_force NOT IN ('IOC', 'FOK')
    THEN %s::float8 ELSE %s::float8 END)
"""


def deadline_parameters() -> list[float]:
    return [settings.RESTING_DEADLINE_SECONDS, settings.DEADLINE_SECONDS]
