from typing import Any

from celery import shared_task
from django.utils import timezone

from accounts.models import User
from mentoring.matching.models import MatchRun
from mentoring.matching.services import compute_run
from mentoring.matching.services.publishing import publish_approved


@shared_task(name="matching.compute")
def compute(*, run_id: int, **_newer_arguments: object) -> dict[str, Any]:
    run = MatchRun.objects.select_related("programme", "started_by").get(pk=run_id)
    compute_run(run, at=timezone.now())
    return {"run": run_id}


@shared_task(name="matching.publish")
def publish(*, run_id: int, by_id: int | None = None, **_newer_arguments: object) -> dict[str, Any]:
    run = MatchRun.objects.select_related("programme").get(pk=run_id)
    began = publish_approved(run, by=User.objects.filter(pk=by_id).first(), at=timezone.now())
    return {"run": run_id, "began": began}
