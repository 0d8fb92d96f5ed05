"""The database's clock: the only one by which we lease, claim and wait."""

from datetime import datetime

from django.db import connection


def database_now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        row = cursor.fetchone()
    assert row is not None  # A SELECT without FROM has one row.
    now: datetime = row[0]
    return now
