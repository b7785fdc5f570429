from celery import shared_task
from django.utils import timezone

from mentoring.safeguarding import services
from mentoring.safeguarding.models import Reading


@shared_task(name="safeguarding.tidy", ignore_result=True)
def tidy() -> None:
    now = timezone.now()
    services.forget_reports(at=now)
    services.forget_readings(at=now)
    services.tell_months(at=now)


@shared_task(name="safeguarding.end_reading")
def end_reading(*, reading_id: int, **_newer_arguments: object) -> None:
    for reading in Reading.objects.filter(pk=reading_id):
        services.end_reading(reading, at=timezone.now())


@shared_task(name="safeguarding.tell_of_reading")
def tell_of_reading(*, reading_id: int, **_newer_arguments: object) -> None:
    for reading in Reading.objects.filter(pk=reading_id):
        services.tell_of_reading(reading, at=timezone.now())


@shared_task(name="safeguarding.tell_read_alone")
def tell_read_alone(*, reading_id: int, **_newer_arguments: object) -> None:
    for reading in Reading.objects.for_rows().filter(pk=reading_id):
        services.tell_read_alone(reading, at=timezone.now())
