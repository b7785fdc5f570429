"""Asking for a research export, making it, and letting go of it."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.models import Consent, User
from accounts.services import record
from core.jobs import enqueue, report_progress
from evaluation.models import ResearchExport
from evaluation.research import research_zip
from mentoring.planning.models import Programme


@transaction.atomic
def ask_for_export(programme: Programme, *, by: User | None, at: datetime, caller: str = "") -> ResearchExport:
    """Write down that a file is wanted; a job makes it. `caller`: which key asked, where nobody did."""
    export = ResearchExport.objects.create(programme=programme, asked_by=by, asked_at=at)
    record("research.asked", by=by, at=at, target=export, institution_id=programme.institution_id, reason=caller)
    enqueue("evaluation.export_research", key=export.job_key, export_id=export.pk)
    return export


def make_export(export: ResearchExport, *, at: datetime) -> None:
    """Make the file; earlier ones of the programme lose their bytes. Making it again changes nothing. Where somebody took their
    consent back meanwhile, it is made anew without them."""
    if export.made_at is not None:
        return
    data = research_zip(export.programme, at=at, step=report_progress)
    with transaction.atomic():
        Programme.objects.select_for_update(no_key=True).get(pk=export.programme_id)
        inside = export.programme.enrolments.values("person")
        if Consent.objects.filter(kind=Consent.Kind.RESEARCH, person__in=inside, withdrawn_at__gte=at).exists():
            at = timezone.now()
            data = research_zip(export.programme, at=at, step=report_progress)
        export.made_at, export.data, export.size = at, data, len(data)
        export.save(update_fields=["made_at", "data", "size"])
        ResearchExport.objects.filter(programme=export.programme, pk__lt=export.pk).update(data=b"", size=0)


@transaction.atomic
def drop_exports_of(person: User, *, at: datetime) -> int:
    """Delete the kept files that `person` is in: those of their programmes that were made while their consent was in force.
    Returns how many."""
    mine = Programme.objects.filter(enrolments__person=person).distinct()
    list(Programme.objects.select_for_update(no_key=True).filter(pk__in=mine.values("pk")).order_by("pk"))
    agreed = Consent.objects.filter(
        person=person, kind=Consent.Kind.RESEARCH, given_at__lte=OuterRef("made_at")
    ).filter(Q(withdrawn_at=None) | Q(withdrawn_at__gte=OuterRef("made_at")))
    kept = ResearchExport.objects.filter(Exists(agreed), programme__in=mine.values("pk"), size__gt=0)
    dropped: int = kept.update(data=b"", size=0, dropped_at=at)
    return dropped
