"""Settings for tools that only read the code (mypy, checks of migrations and deployment).

They connect to nothing, so any value does; the environment still comes first.
"""

import os

for name, value in {
    "SECRET_KEY": "nothing is signed with this key, it is only as long and varied as checks ask",
    "JWT_KEY": "nothing is signed with this key either",
    "FIELD_ENCRYPTION_KEYS": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    "DATABASE_URL": "postgresql:///nowhere",
    "REDIS_URL": "redis://127.0.0.1:1",
}.items():
    os.environ.setdefault(name, value)

from tradeplat.settings import *  # noqa: E402, F403
