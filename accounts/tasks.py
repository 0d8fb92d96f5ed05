"""Chores around accounts. Each claims its rows or repeats harmlessly, so two beats do no harm."""

from celery import shared_task

from accounts import key_check, provisioning


@shared_task(name="accounts.provision", ignore_result=True)
def provision() -> None:
    provisioning.provision_waiting()


@shared_task(name="accounts.check_keys", ignore_result=True)
def check_keys() -> None:
    key_check.check_due()
