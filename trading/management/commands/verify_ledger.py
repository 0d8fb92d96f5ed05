"""`manage.py verify_ledger`: prove the projections from the facts."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from trading.proof import differences


class Command(BaseCommand):
    help = "Prove positions, filled quantities and event numbers from fills and events."

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            with connection.cursor() as cursor:
                # One snapshot for the whole proof, and as long as it takes.
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
                cursor.execute("SET LOCAL statement_timeout = 0")
                cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            found = list(differences())
        for words in found:
            self.stderr.write(words)
        if found:
            raise CommandError(f"{len(found)} rows do not follow from the facts.")
        self.stdout.write("The ledger follows from its facts.")
