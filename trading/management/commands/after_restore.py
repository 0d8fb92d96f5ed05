"""`manage.py after_restore`: make a restored database safe to run on."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.restoring import sign_out_everybody
from trading import ledger


class Command(BaseCommand):
    help = "Halt sending, doubt what waited, and sign everybody out. Before any process starts."

    def handle(self, *args: Any, **options: Any) -> None:
        ledger.halt_platform("Restored from a backup.")
        doubted = ledger.presume_sent()
        sign_out_everybody()
        self.stdout.write(f"Sending is halted; {doubted} orders that waited are asked about.")
        self.stdout.write("Look at the admin's first page, then let the platform go on there.")
