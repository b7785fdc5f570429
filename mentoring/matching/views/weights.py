"""What earlier pairs teach about the weights."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from core.idempotency import once
from mentoring.matching.engine import CRITERIA, Refused, Suggestion, Weights
from mentoring.matching.learning import AllAlike, TooFewClosed, lesson_of
from mentoring.matching.services.weights import SuggestionChanged, accept_weights
from mentoring.matching.views._common import asked, steps
from mentoring.planning.models import Programme

SIDE = 200
"""Units of the drawing from 0 to 1."""


@login_required
@once
def matching_weights(http: HttpRequest, slug: str) -> HttpResponse:
    programme = get_object_or_404(Programme.objects.coordinated_by(http.user), slug=slug)
    asked(http, "matching.run", programme)
    if http.method == "POST":
        accept_weights(programme, _shown(http.POST.get("weights", "")), by=http.user, at=timezone.now())
        messages.success(http, _("Accepted. The next run uses these weights; the audit trail says so."))
        return redirect("matching_home", slug=programme.slug)
    context: dict[str, Any] = {"programme": programme, **steps(2, programme)}
    try:
        lesson = lesson_of(programme)
    except TooFewClosed as refused:
        return render(
            http, "matching/weights.html", {**context, "refused": refused.message, "missing": refused.missing}
        )
    except AllAlike as refused:
        return render(http, "matching/weights.html", {**context, "refused": refused.message})
    context |= {"lesson": lesson, "rows": _rows(lesson.suggestion), "points": _points(lesson.suggestion), "side": SIDE}
    return render(http, "matching/weights.html", context)


def _shown(text: str) -> Weights:
    """The weights that stood on the page. Raises SuggestionChanged for anything else."""
    try:
        return Weights(**dict(zip(CRITERIA, map(int, text.split(",")), strict=True)))
    except (ValueError, Refused) as error:
        raise SuggestionChanged from error


def _rows(told: Suggestion) -> list[dict[str, Any]]:
    """Each criterion with its share now and then; what counts in neither is left out."""
    pairs = zip(CRITERIA, told.before.values(), told.weights.values(), strict=True)
    return [
        {"slug": name, "before": before, "after": after, "change": after - before, "fall": before - after}
        for name, before, after in pairs
        if before or after
    ]


def _points(told: Suggestion) -> list[dict[str, Any]]:
    """Where each group of pairs lies in the drawing, the origin at the bottom."""
    return [
        {"bin": row, "x": round(row.expected * SIDE), "y": SIDE - round(row.went_well * SIDE)}
        for row in told.calibration
    ]
