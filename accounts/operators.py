"""Operators: users who may also look after the others, and trade like anybody."""

from django.db import transaction
from django.views.decorators.debug import sensitive_variables

from accounts import exchange_accounts
from accounts.models import Environment, User
from accounts.registration import register
from trading.models import EventHead


@sensitive_variables()
def create_operator(*, email: str, password: str) -> User:
    """A new operator with every permission. Raises: `ValidationError` as registration does."""
    with transaction.atomic():
        user = register(email=email, password=password)
        user.is_staff = user.is_superuser = True
        user.save(update_fields=["is_staff", "is_superuser"])
    return user


def complete_users() -> None:
    """Give users who were made without registration what it gives: numbers, a paper account."""
    for user in User.objects.filter(eventhead=None):
        with transaction.atomic():
            EventHead.objects.get_or_create(user=user)
            if not user.exchange_accounts.exists():
                exchange_accounts.add(user, name="Paper", environment=Environment.PAPER)
