"""What Celery starts here. None is retried: the rows say what is left to do."""

from celery import shared_task

from execution import symbols, worker
from execution.executor import drain, executor

worker.install()  # Gives every worker its sweep.


@shared_task(name="execution.submit_orders", ignore_result=True)
def submit_orders() -> None:
    drain()


@shared_task(name="execution.refresh_symbols", ignore_result=True)
def refresh_symbols() -> None:
    symbols.refresh_stale(executor.owner, paused=executor.holds.environments())


@shared_task(name="execution.snapshot_balances", ignore_result=True)
def snapshot_balances() -> None:
    executor.want_balances()
