"""Names of Channels groups: those of a user's sockets, and of the sockets on a market channel."""

import hashlib
from functools import lru_cache


def of_user(user_id: int) -> str:
    return f"user.{user_id}"


@lru_cache(maxsize=4096)
def of_market(channel: str) -> str:
    """Channels refuses `:` and anything beyond ASCII in a name, and symbols have both."""
    return "market." + hashlib.sha256(channel.encode()).hexdigest()[:32]
