#!/usr/bin/env python
"""Django's command line for tradeplat."""

import os
import sys

from django.core.management import execute_from_command_line

from tradeplat.run.environment import prepare_environment


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tradeplat.settings")
    if sys.argv[1:2] == ["up"]:
        prepare_environment()  # Settings need keys and addresses, and `up` is what makes them.
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
