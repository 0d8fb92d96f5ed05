"""The rare chores of trading."""

from celery import shared_task

from trading import clean_up


@shared_task(name="trading.clean_up", ignore_result=True)
def clean_up_old_rows() -> None:
    clean_up.run()
