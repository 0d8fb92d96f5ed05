"""Chores around accounts. Each claims its rows or repeats harmlessly, so two beats do no harm."""

from celery import shared_task

from accounts import key_changes, key_check, provisioning, upkeep

upkeep.install()  # Gives every worker its upkeep.


@shared_task(name="accounts.provision", ignore_result=True)
def provision() -> None:
    provisioning.provision_waiting()


@shared_task(name="accounts.check_keys", ignore_result=True)
def check_keys() -> None:
    key_check.check_due()


@shared_task(name="accounts.erase_keys", ignore_result=True)
def erase_keys() -> None:
    key_changes.erase_unneeded()
