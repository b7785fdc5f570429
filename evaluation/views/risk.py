"""How relationships at risk are found: how well it went so far, and what the rules weigh."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from core.idempotency import once
from evaluation.forms import PointsForm
from evaluation.queries import after_acts, foresight, past_alerts, versions_of_points, weighed
from evaluation.services import anchors_are_locked, set_points
from evaluation.views.programmes import managed


@login_required
@require_GET
def risk(http: HttpRequest, slug: str) -> HttpResponse:
    programme = managed(http, slug)
    version, rows, limits = weighed(programme, timezone.localdate())
    context = {
        "programme": programme,
        "past": past_alerts(programme),
        "after": after_acts(programme),
        "model": foresight(programme.institution_id),
        "version": version,
        "rows": rows,
        "limits": limits,
        "may_change": http.user.has_perm("evaluation.set_points", programme),
    }
    return render(http, "evaluation/risk.html", context)


@login_required
@once
def risk_points(http: HttpRequest, slug: str) -> HttpResponse:
    """The points of the rules: a form for the next version, and all there were."""
    programme = managed(http, slug)
    if not http.user.has_perm("evaluation.set_points", programme):
        raise PermissionDenied
    now = timezone.now()
    locked = anchors_are_locked(programme, now)
    _version, rows, limits = weighed(programme, timezone.localdate(now))
    form = PointsForm(http.POST or None, rows=[*limits, *rows], locked=locked, now=now)
    if http.method == "POST" and form.is_valid():
        from_on = form.cleaned_data.get("from_on")
        set_points(programme, points=form.points, from_on=from_on, by=http.user, at=now)
        messages.success(
            http, _("Kept as a new version.") if locked else _("Kept. The scores are being computed again.")
        )
        return redirect("risk", slug=slug)
    context = {"programme": programme, "form": form, "locked": locked, "versions": versions_of_points(programme)}
    return render(http, "evaluation/risk_points.html", context)
