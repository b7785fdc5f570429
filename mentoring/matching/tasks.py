from datetime import datetime
from typing import Any

from celery import shared_task
from django.utils import timezone

from accounts.models import User
from core.jobs import enqueue
from mentoring.matching import services
from mentoring.matching.models import MatchRun, Request
from mentoring.matching.services import compute_run
from mentoring.matching.services.publishing import publish_approved
from mentoring.matching.services.request_turns import remind
from mentoring.matching.services.weekly import settle_run
from mentoring.planning.models import Enrolment, Programme


@shared_task(name="matching.compute")
def compute(*, run_id: int, **_newer_arguments: object) -> dict[str, Any]:
    run = MatchRun.objects.select_related("programme", "started_by").get(pk=run_id)
    compute_run(run, at=timezone.now())
    run.refresh_from_db()
    settle_run(run, at=timezone.now())
    return {"run": run_id}


@shared_task(name="matching.weekly", ignore_result=True)
def weekly() -> None:
    """Once a week, on Monday, for every programme that wants it: a job that starts its run. Asked every quarter of an hour."""
    year, week, _day = timezone.localdate().isocalendar()
    live = Programme.objects.filter(match_weekly=True, status__in=[Programme.Status.OPEN, Programme.Status.RUNNING])
    for pk in live.values_list("pk", flat=True):
        enqueue("matching.match_weekly", key=f"matching.weekly:{pk}:{year}-{week}", programme_id=pk)


@shared_task(name="matching.match_weekly")
def match_weekly(*, programme_id: int, **_newer_arguments: object) -> dict[str, Any]:
    programme = Programme.objects.filter(pk=programme_id).first()
    run = services.match_weekly(programme, at=timezone.now()) if programme else None
    return {"run": run.pk if run else None}


@shared_task(name="matching.publish")
def publish(*, run_id: int, by_id: int | None = None, **_newer_arguments: object) -> dict[str, Any]:
    run = MatchRun.objects.select_related("programme").get(pk=run_id)
    began = publish_approved(run, by=User.objects.filter(pk=by_id).first(), at=timezone.now())
    return {"run": run_id, "began": began}


@shared_task(name="matching.expire_request")
def expire_request(*, request_id: int, **_newer_arguments: object) -> None:
    for request in Request.objects.filter(pk=request_id):  # none, if it was erased in the meantime
        services.expire_request(request, at=timezone.now())


@shared_task(name="matching.remind_request")
def remind_request(*, request_id: int, due: str, **_newer_arguments: object) -> None:
    for request in Request.objects.for_rows().filter(pk=request_id):
        remind(request, due=datetime.fromisoformat(due), at=timezone.now())


@shared_task(name="matching.ask_next")
def ask_next(*, request_id: int, **_newer_arguments: object) -> None:
    for request in Request.objects.for_rows().filter(pk=request_id):
        services.ask_next(request, at=timezone.now())


@shared_task(name="matching.settle_requests")
def settle_requests(*, enrolment_id: int, **_newer_arguments: object) -> None:
    for enrolment in Enrolment.objects.filter(pk=enrolment_id):
        services.settle(enrolment, at=timezone.now())
