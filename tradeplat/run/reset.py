"""Forget everything an embedded run has stored: `python -m tradeplat.run.reset`."""

import shutil
import sys

from tradeplat.embedded import Place

from .environment import read_var_dir
from .var_dir import AlreadyRunning, end_leftovers, held


def main() -> None:
    var_dir = read_var_dir()
    try:
        with held(var_dir):
            end_leftovers(var_dir)
            Place.of(var_dir).erase()
            shutil.rmtree(var_dir)
    except AlreadyRunning as error:
        sys.exit(f"{error}: stop it first")


if __name__ == "__main__":
    main()
