"""How figures are computed, and with which anchors a programme measures."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.idempotency import once
from evaluation.anchors import indicators_of
from evaluation.forms import AnchorsForm
from evaluation.indicators import Indicator
from evaluation.queries import indicator_sheet, versions_of
from evaluation.services import anchors_are_locked, set_anchors
from evaluation.views.programmes import managed
from paradigm.model import stage_of


@login_required
@require_safe
def indicators(http: HttpRequest, slug: str) -> HttpResponse:
    programme = managed(http, slug)
    now = timezone.now()
    sheet = indicator_sheet(programme, timezone.localdate(now))
    chosen = next((part for part in sheet if part.stage.slug == http.GET.get("stage")), sheet[0])
    here = reverse("indicators", args=[slug])
    context = {
        "programme": programme,
        "chosen": chosen,
        "tabs": [
            {"label": part.name, "url": f"{here}?stage={part.stage.slug}", "current": part is chosen} for part in sheet
        ],
        "computed": sum(part.computed for part in sheet),
        "total": sum(len(part.rows) for part in sheet),
        "locked": anchors_are_locked(programme, now),
        "may_change": http.user.has_perm("evaluation.set_anchors", programme),
    }
    return render(http, "evaluation/indicators.html", context)


@login_required
@once
def indicator_anchors(http: HttpRequest, slug: str, code: str) -> HttpResponse:
    """The anchors of one indicator: a form for the next version, and all there were."""
    programme = managed(http, slug)
    now = timezone.now()
    found: Any = next((row for row in indicators_of(programme, timezone.localdate(now)) if row.code == code), None)
    if found is None or not found.is_computed:
        raise Http404
    if not http.user.has_perm("evaluation.set_anchors", programme):
        raise PermissionDenied
    locked = anchors_are_locked(programme, now)
    form = AnchorsForm(http.POST or None, indicator=found, locked=locked, now=now)
    if http.method == "POST" and form.is_valid():
        from_on = form.cleaned_data.get("from_on")
        set_anchors(programme, found, values=form.figures, from_on=from_on, by=http.user, at=now)
        messages.success(
            http, _("Kept as a new version.") if locked else _("Kept. The scores are being computed again.")
        )
        return redirect(_of_the_stage(slug, found))
    context = {
        "programme": programme,
        "indicator": found,
        "back": _of_the_stage(slug, found),
        "form": form,
        "locked": locked,
        "versions": versions_of(programme, code),
    }
    return render(http, "evaluation/anchors.html", context)


def _of_the_stage(slug: str, indicator: Indicator) -> str:
    return f"{reverse('indicators', args=[slug])}?stage={stage_of(indicator.component).slug}#{indicator.code}"
