"""Is this process alive, and may it be sent people? And what is said about a form that is too old."""

from datetime import timedelta

from django.core.cache import caches
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.defaults import server_error

from core.api import problem_body
from core.cache import ForgivingRedisCache
from core.models import Job

STALE = timedelta(seconds=60)


def broken(request: HttpRequest) -> HttpResponse:
    """What nobody foresaw: a page for people, a problem for the callers of the API."""
    if not request.path.startswith("/api/"):
        return server_error(request)
    body = problem_body(500, "server_error", _("Something went wrong on our side. It has been noted."))
    return JsonResponse(body, status=500, content_type="application/problem+json")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form from a page that is older than the visitor's session, most often after signing in in another tab."""
    message = _(
        "This page was opened before you signed in or out, or very long ago; so nothing was done."
        " Go back, reload the page and send it once more."
    )
    return render(request, "error.html", {"message": message}, status=403)


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when the database answers, migrations are applied and the outbox moves; 503 otherwise.

    A lost Redis only degrades: jobs then wait, and are done when it is back.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        executor = MigrationExecutor(connection)
        migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        moving = not (migrated and Job.objects.due(timezone.now() - STALE).filter(attempts=0).exists())
    except DatabaseError:
        return JsonResponse({"database": False}, status=503)
    reachable = not isinstance(known := caches["default"], ForgivingRedisCache) or known.is_there()
    state = {"database": True, "migrations": migrated, "outbox": moving, "cache": reachable}
    return JsonResponse(state, status=200 if migrated and (moving or not reachable) else 503)
