from celery import shared_task
from django.utils import timezone

from mentoring.safeguarding.services import forget_reports


@shared_task(name="safeguarding.tidy", ignore_result=True)
def tidy() -> None:
    forget_reports(at=timezone.now())
