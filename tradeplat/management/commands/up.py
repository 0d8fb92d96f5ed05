"""Run the whole platform: `manage.py up [--only web,worker]`."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tradeplat.run.platform import CannotStart, run


class Command(BaseCommand):
    help = "Runs the Procfile, and the servers that DATABASE_URL and REDIS_URL leave out."
    requires_system_checks: list[str] = []  # migrate runs them.

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--only", help="processes to run, by comma, for example web,worker")

    def handle(self, *args: Any, only: str | None = None, **options: Any) -> None:
        try:
            run(only.split(",") if only else None)
        except CannotStart as error:
            raise CommandError(str(error)) from None
