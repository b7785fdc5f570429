"""Asking for a research export, and making it."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.services import record
from core.jobs import enqueue, report_progress
from evaluation.models import ResearchExport
from evaluation.research import research_zip
from mentoring.planning.models import Programme


@transaction.atomic
def ask_for_export(programme: Programme, *, by: User, at: datetime) -> ResearchExport:
    """Write down that a file is wanted; a job makes it."""
    export = ResearchExport.objects.create(programme=programme, asked_by=by, asked_at=at)
    record("research.asked", by=by, at=at, target=export, institution_id=programme.institution_id)
    enqueue("evaluation.export_research", key=export.job_key, export_id=export.pk)
    return export


def make_export(export: ResearchExport, *, at: datetime) -> None:
    """Make the file; earlier ones of the programme lose their bytes. Making it again changes nothing."""
    if export.made_at is not None:
        return
    data = research_zip(export.programme, at=at, step=report_progress)
    with transaction.atomic():
        export.made_at, export.data, export.size = at, data, len(data)
        export.save(update_fields=["made_at", "data", "size"])
        ResearchExport.objects.filter(programme=export.programme, pk__lt=export.pk).update(data=b"", size=0)
