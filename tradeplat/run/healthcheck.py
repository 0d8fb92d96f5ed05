"""A container's health check, by its exit code.

python -m tradeplat.run.healthcheck 7001 /readyz    # asks a server
python -m tradeplat.run.healthcheck worker          # looks for signs of life
"""

import sys

from . import heartbeat
from .environment import read_var_dir
from .ports import answers_http


def is_healthy(*what: str) -> bool:
    match what:
        case (port, path):
            return answers_http(int(port), path)
        case (name,):
            return heartbeat.is_alive(read_var_dir(), name)
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    sys.exit(not is_healthy(*sys.argv[1:]))
