"""The output of many processes as one, every line marked with the process that wrote it."""

import os
import sys
from typing import IO

_COLORS = (36, 33, 32, 35, 34, 96, 93, 92, 95, 94)
_RESET = "\x1b[0m"


class Logs:
    """Writes whole lines; a process keeps the color of its first line."""

    def __init__(self, stream: IO[str] = sys.stdout, *, width: int = 8) -> None:
        self._stream = stream
        self._width = width
        self._colored = "NO_COLOR" not in os.environ and (
            stream.isatty() or "FORCE_COLOR" in os.environ
        )
        self._prefixes: dict[str, str] = {}

    def write(self, name: str, text: str) -> None:
        prefix = self._prefixes.setdefault(name, self._new_prefix(name))
        self._stream.writelines(f"{prefix}{line}\n" for line in text.splitlines())
        self._stream.flush()

    def _new_prefix(self, name: str) -> str:
        prefix = f"{name:<{self._width}} | "
        if not self._colored:
            return prefix
        return f"\x1b[{_COLORS[len(self._prefixes) % len(_COLORS)]}m{prefix}{_RESET}"
