"""For load balancers and supervisors: is the process alive, and can it do its work.

Redis is no part of either answer. A process that has lost it goes on from the rows, and to take it
out of service would turn a slow platform into one that is away.
"""

from functools import cache

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.handlers.wsgi import WSGIRequest
from django.db import InterfaceError, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse


class NotReady(Exception):
    """Why not, in words for whoever looks."""


def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers. Touches nothing, so a database that is away does not restart it."""
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> JsonResponse:
    """This copy can do its work: 200, otherwise 503 and it should get no requests."""
    try:
        if isinstance(request, WSGIRequest):  # The process that serves pages.
            _check_static_files()
        _check_database()
        _check_migrations()
    except NotReady as reason:
        return JsonResponse({"status": str(reason)}, status=503)
    except (OperationalError, InterfaceError):
        return JsonResponse({"status": "database unreachable"}, status=503)
    return JsonResponse({"status": "ok"})


def _check_static_files() -> None:
    if not settings.DEBUG and getattr(staticfiles_storage, "hashed_files", None) == {}:
        raise NotReady("static files are not collected")


def _check_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


@cache  # Which keeps no exception: asked again until it has passed once.
def _check_migrations() -> None:
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        raise NotReady(f"{len(missing)} migrations are not applied")
