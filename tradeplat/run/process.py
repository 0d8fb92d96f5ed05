"""Become one process of the Procfile: `python -m tradeplat.run.process web`.

For containers and service managers, which restart a process themselves and want its flags from
one place.
"""

import os
import sys

from .environment import BASE_DIR
from .procfile import read_procfile


def main() -> None:
    commands = read_procfile(BASE_DIR / "Procfile", os.environ)
    if len(sys.argv) != 2 or sys.argv[1] not in commands:
        sys.exit(f"usage: python -m tradeplat.run.process {'|'.join(commands)}")
    command = commands[sys.argv[1]]
    os.execvp(command[0], command)


if __name__ == "__main__":
    main()
