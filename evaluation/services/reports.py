"""Making a report and keeping it."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.services import record
from evaluation.models import ProgrammeReport
from evaluation.papers import pdf
from evaluation.reporting import report_content
from mentoring.planning.models import Programme


@transaction.atomic
def make_report(
    programme: Programme,
    *,
    kind: str,
    language: str,
    until: date | None = None,
    by: User | None,
    caller: str = "",
    at: datetime,
) -> ProgrammeReport:
    """Write the report of the newest scores, or of those by the day `until`, and keep it with its bytes. Takes well under a
    second whatever the size. `caller`: which key asked, where nobody did."""
    content = report_content(programme, kind=kind, language=language, at=at, until=until)
    report = ProgrammeReport.objects.create(
        programme=programme,
        kind=kind,
        language=language,
        as_of_on=content["as_of"] or timezone.localdate(at),
        made_at=at,
        made_by=by,
        content=content,
        pdf=pdf("report", content, at=at),
    )
    record("paper.made", by=by, at=at, target=report, institution_id=programme.institution_id, reason=caller)
    return report
