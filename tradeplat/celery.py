"""The Celery application. Its tasks are wake-ups and chores; the rows carry the guarantees."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tradeplat.settings")

app = Celery("tradeplat")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
