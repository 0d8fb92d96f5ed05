"""Leases: a job that one process does for all, for as long as it keeps saying so."""

import os
import socket
from uuid import uuid4

from django.db import connection

_TAKE = """
INSERT INTO leases (name, owner, until)
VALUES (%s, %s, clock_timestamp() + make_interval(secs => %s::float8))
ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until = excluded.until
WHERE leases.owner = excluded.owner OR leases.until < clock_timestamp()
RETURNING owner
"""


def new_owner() -> str:
    """A name for one process of one machine, which no later one has: its host, pid and a chance."""
    return f"{socket.gethostname()[:24]}:{os.getpid()}:{uuid4().hex[:8]}"


def take(name: str, owner: str, seconds: float) -> bool:
    """Take or renew a lease by the database's clock; False while another owner has it."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [name, owner, seconds])
        return cursor.fetchone() is not None


def drop(name: str, owner: str) -> None:
    """Give a lease back before it ends; one that is another's stays."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM leases WHERE name = %s AND owner = %s", [name, owner])
