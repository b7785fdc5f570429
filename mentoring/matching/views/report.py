"""The report of a run: its proof and its figures, on a page of its own that can be printed."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from mentoring.matching.engine.figures import SMALLEST_GROUP
from mentoring.matching.models import MatchRun
from mentoring.matching.repeat import same_again
from mentoring.matching.report import COUNTED, LIMITS, report_of
from mentoring.matching.views._common import asked, steps

KEPT = (MatchRun.Status.STAGED, MatchRun.Status.PUBLISHING, MatchRun.Status.PUBLISHED)


@login_required
@require_safe
def matching_report(http: HttpRequest, pk: int) -> HttpResponse:
    run = get_object_or_404(MatchRun.objects.visible_to(http.user).select_related("programme"), pk=pk)
    asked(http, "matching.review", run)
    if run.status not in KEPT:
        raise Http404
    small = run.mentees * run.mentors <= COUNTED
    context: dict[str, Any] = {
        "run": run,
        "report": report_of(run),
        "limits": LIMITS,
        "smallest": SMALLEST_GROUP,
        "repeatable": small,
        "again": same_again(run) if small and "again" in http.GET else None,
        **steps(4, run.programme, run),
    }
    return render(http, "matching/report.html", context)
