"""PostgreSQL and Valkey from their Python packages, for a machine that has neither.

Only the packages' binaries are used: their own start-up code ties a server to the life of the
Python process that called it, while ours is supervised like every other process.
"""

from .places import Place
from .postgres import Postgres
from .server import EmbeddedServer, running
from .valkey import Valkey

__all__ = ["EmbeddedServer", "Place", "Postgres", "Valkey", "running"]
