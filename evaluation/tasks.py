from celery import shared_task
from django.utils import timezone

from accounts.models import Institution
from core.jobs import enqueue
from evaluation.foresight import enough
from evaluation.models import ResearchExport, StudyResult, Wave
from evaluation.services import (
    announce,
    fit_risk_model,
    make_export,
    make_results,
    recompute,
    recompute_institution,
    still_measured,
    update_person,
    update_relationship,
)
from mentoring.planning.models import Programme


@shared_task(name="evaluation.daily", ignore_result=True)
def daily() -> None:
    """For every institution with a programme that is still measured: once a day a job that computes all its scores, once a
    week one that learns from its past, if there is enough of one. Asked every quarter of an hour."""
    today = timezone.localdate()
    year, week, _day = today.isocalendar()
    for pk in still_measured(today).order_by("institution").values_list("institution", flat=True).distinct():
        enqueue("evaluation.recompute_institution", key=f"daily:{pk}:{today}", institution_id=pk)
        if enough(pk).is_reached:
            enqueue("evaluation.fit_risk_model", key=f"risk-model:{pk}:{year}-{week}", institution_id=pk)


@shared_task(name="evaluation.fit_risk_model")
def fit_model_of_institution(*, institution_id: int, **_newer_arguments: object) -> dict[str, bool]:
    institution = Institution.objects.filter(pk=institution_id).first()
    made = fit_risk_model(institution, at=timezone.now()) if institution else None
    return {"better": made.better} if made else {}


@shared_task(name="evaluation.recompute_institution")
def recompute_all(*, institution_id: int, **_newer_arguments: object) -> dict[str, int]:
    institution = Institution.objects.filter(pk=institution_id).first()
    return {"rows": recompute_institution(institution, at=timezone.now())} if institution else {}


@shared_task(name="evaluation.update_relationship")
def make_relationship_new(*, relationship_id: int, **_newer_arguments: object) -> dict[str, int]:
    return {"rows": update_relationship(relationship_id, at=timezone.now())}


@shared_task(name="evaluation.update_person")
def make_person_new(*, person_id: int, **_newer_arguments: object) -> dict[str, int]:
    return {"rows": update_person(person_id, at=timezone.now())}


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
