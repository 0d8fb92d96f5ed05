"""Read the Procfile: one process of the platform a line, as `name: command`."""

import re
import shlex
from collections.abc import Mapping
from pathlib import Path

_VARIABLE = re.compile(r"\$\{(\w+)(?::-([^}]*))?\}")


def read_procfile(path: Path, env: Mapping[str, str]) -> dict[str, list[str]]:
    """Process name to arguments, with `${NAME}` and `${NAME:-default}` filled in as a shell does.

    No shell runs the commands: it would stand between the supervisor's signals and the process.
    """
    commands = {}
    for line in path.read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            name, _, command = line.partition(":")
            commands[name.strip()] = shlex.split(_fill_in(command, env))
    return commands


def _fill_in(command: str, env: Mapping[str, str]) -> str:
    return _VARIABLE.sub(lambda found: env.get(found[1]) or found[2] or "", command)
