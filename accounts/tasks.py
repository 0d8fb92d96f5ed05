"""Chores around accounts. Each claims its rows or repeats harmlessly, so two beats do no harm."""

from celery import shared_task

from accounts import provisioning


@shared_task(name="accounts.provision", ignore_result=True)
def provision() -> None:
    provisioning.provision_waiting()
