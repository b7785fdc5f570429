from celery import shared_task
from django.core.management import call_command
from django.utils import timezone

from core import health, jobs


@shared_task(name="core.run_job", ignore_result=True)
def run_job(*, job_id: int) -> None:
    jobs.run(job_id, now=timezone.now())


@shared_task(name="core.sweep", ignore_result=True)
def sweep() -> None:
    jobs.run_due()


@shared_task(name="core.health", ignore_result=True)
def look_after_itself() -> None:
    health.look(at=timezone.now())


@shared_task(name="core.tidy", ignore_result=True)
def tidy() -> None:
    jobs.tidy(now=timezone.now())
    call_command("clearsessions")
