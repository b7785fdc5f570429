from celery import shared_task
from django.utils import timezone

from core.jobs import enqueue
from evaluation.models import ResearchExport, StudyResult, Wave
from evaluation.services import announce, make_export, make_results, recompute
from mentoring.planning.models import Programme


@shared_task(name="evaluation.daily", ignore_result=True)
def daily() -> None:
    """Once a day for every running programme: a job that computes its scores. Asked every quarter of an hour."""
    today = timezone.localdate()
    for pk in Programme.objects.filter(status=Programme.Status.RUNNING).values_list("pk", flat=True):
        enqueue("evaluation.recompute_programme", key=f"daily:{pk}:{today}", programme_id=pk)


@shared_task(name="evaluation.recompute_programme")
def recompute_programme(*, programme_id: int, **_newer_arguments: object) -> dict[str, int]:
    programme = Programme.objects.filter(pk=programme_id).first()
    return {"rows": recompute(programme, at=timezone.now())} if programme else {}


@shared_task(name="evaluation.export_research")
def export_research(*, export_id: int, **_newer_arguments: object) -> None:
    for export in ResearchExport.objects.select_related("programme").filter(pk=export_id):
        make_export(export, at=timezone.now())


@shared_task(name="evaluation.compute_study")
def compute_study(*, result_id: int, **_newer_arguments: object) -> None:
    for result in StudyResult.objects.select_related("study__programme").filter(pk=result_id):
        make_results(result, at=timezone.now())


@shared_task(name="evaluation.announce_wave")
def announce_wave(*, wave_id: int, **_newer_arguments: object) -> dict[str, int]:
    wave = Wave.objects.filter(pk=wave_id).select_related("programme").first()
    return {"told": announce(wave, at=timezone.now())} if wave else {}


@shared_task(name="evaluation.remind_wave")
def remind_wave(*, wave_id: int, number: int = 1, **_newer_arguments: object) -> dict[str, int]:
    wave = Wave.objects.filter(pk=wave_id).select_related("programme").first()
    return {"told": announce(wave, at=timezone.now(), reminder=number)} if wave else {}
