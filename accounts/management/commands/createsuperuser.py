"""Django's own command, for an operator who can also trade."""

from typing import Any

from django.contrib.auth.management.commands import createsuperuser

from accounts.operators import complete_users


class Command(createsuperuser.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        complete_users()
