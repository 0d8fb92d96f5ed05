"""Signs of life of a process that has no port: a file whose time it renews while it works."""

import time
from contextlib import suppress
from pathlib import Path

from django.conf import settings

# Longer than any loop of ours may stand still: a statement is given up after ten seconds.
_DEAD_AFTER_SECONDS = 45.0


def beat(name: str) -> None:
    """Say that the loop which does the work of the process `name` goes round."""
    file = _file(settings.VAR_DIR, name)
    with suppress(OSError):  # A full disk shows in the health check, and must not end the work.
        file.parent.mkdir(exist_ok=True)
        file.touch()


def is_alive(var_dir: Path, name: str) -> bool:
    """Whether a process on this VAR_DIR has said so lately. Needs no Django."""
    try:
        return time.time() - _file(var_dir, name).stat().st_mtime < _DEAD_AFTER_SECONDS
    except FileNotFoundError:
        return False


def _file(var_dir: Path, name: str) -> Path:
    return var_dir / "alive" / name
