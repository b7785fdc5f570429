"""Studies of a programme: begun, planned, locked, computed, read."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core.idempotency import once
from core.jobs import find
from evaluation.models import Study
from evaluation.services import amend, ask_for_results, lock_plan, make_study, write_plan
from evaluation.studies.forms import AmendForm, PlanForm, StudyForm
from evaluation.studies.names import outcome_name
from evaluation.studies.plans import ONE_TEST, analyses_of
from evaluation.studies.reading import (
    finding,
    flow_rows,
    lines_of,
    plan_rows,
)
from evaluation.studies.texts import ABOUT, HOW, WHAT_NOT
from evaluation.views.programmes import managed


@login_required
@once(after_back=True)
def studies(http: HttpRequest, slug: str) -> HttpResponse:
    programme = managed(http, slug)
    form = StudyForm(http.POST or None)
    if http.method == "POST" and form.is_valid():
        return redirect(make_study(programme, **form.cleaned_data, by=http.user, at=timezone.now()))
    mine = Study.objects.visible_to(http.user).filter(programme=programme).for_rows()
    page = Paginator(mine, 20).get_page(http.GET.get("page"))
    return render(http, "evaluation/studies.html", {"programme": programme, "form": form, "page_obj": page})


def _study(http: HttpRequest, pk: int) -> Study:
    return get_object_or_404(Study.objects.visible_to(http.user).for_rows(), pk=pk)


@login_required
@once
def study(http: HttpRequest, pk: int) -> HttpResponse:
    """The plan while it is written; then what came out."""
    found = _study(http, pk)
    if found.locked_at is not None:
        return _results(http, found)
    writing = http.method == "POST" or not found.plan or "change" in http.GET
    form = PlanForm(http.POST or None, study=found) if writing else None
    if http.method == "POST" and form is not None and form.is_valid():
        write_plan(found, form.given, by=http.user, at=timezone.now())
        messages.success(http, _("Kept. Read it once more, then lock it."))
        return redirect(found)
    context = {
        "study": found,
        "form": form,
        "about": ABOUT[found.kind],
        "rows": plan_rows(found),
        "steps": [{"label": label} for label in (_("Question"), _("Plan"), _("Lock"), _("Results"))],
        "now": 2 if writing else 3,
        "what_not": WHAT_NOT[found.kind],
    }
    return render(http, "evaluation/study_plan.html", context)


def _results(http: HttpRequest, found: Study, form: AmendForm | None = None) -> HttpResponse:
    newest = found.results.order_by("-asked_at", "-pk").first()
    made = found.results.filter(made_at__isnull=False).order_by("-made_at", "-pk").first()
    content = made.content if made else {}
    amendments = list(found.amendments.select_related("made_by").order_by("number"))
    context = {
        "study": found,
        "about": ABOUT[found.kind],
        "how": HOW[found.kind],
        "what_not": WHAT_NOT[found.kind],
        "rows": plan_rows(found),
        "result": made,
        "content": content,
        "finding": finding(found, content) if made else "",
        "lines": lines_of(found, content),
        "flow": flow_rows(content),
        "job": find(newest.job_key) if newest and newest.made_at is None else None,
        "amendments": [
            (row, [outcome_name(slug, found) for slug in row.added["outcomes"]], row.added["why"]) for row in amendments
        ],
        "planned": len(analyses_of(found.planned, [])),
        "form": form or (AmendForm(study=found) if found.kind not in ONE_TEST else None),
    }
    return render(http, "evaluation/study.html", context)


@login_required
@require_POST
def study_lock(http: HttpRequest, pk: int) -> HttpResponse:
    found = _study(http, pk)
    lock_plan(found, by=http.user, at=timezone.now())
    messages.success(http, _("Locked. The plan and its moment stand in the audit trail."))
    return redirect(found)


@login_required
@require_POST
@once
def study_compute(http: HttpRequest, pk: int) -> HttpResponse:
    found = _study(http, pk)
    ask_for_results(found, by=http.user, at=timezone.now())
    messages.success(http, _("The results are being computed. Reload this page in a moment."))
    return redirect(found)


@login_required
@require_POST
@once(after_back=True)
def study_amend(http: HttpRequest, pk: int) -> HttpResponse:
    found = _study(http, pk)
    if found.locked_at is None or found.kind in ONE_TEST:
        raise Http404
    form = AmendForm(http.POST, study=found)
    if not form.is_valid():
        return _results(http, found, form)
    amend(found, **form.cleaned_data, by=http.user, at=timezone.now())
    messages.success(http, _("Added, and named exploratory. Compute the results again to see it."))
    return redirect(found)


@login_required
@require_GET
def study_plan(http: HttpRequest, pk: int) -> HttpResponse:
    """The plan as it was hashed, byte for byte."""
    found = _study(http, pk)
    if not found.plan:
        raise Http404
    headers = {"Content-Disposition": f'attachment; filename="study-{found.pk}-plan.json"'}
    return HttpResponse(found.plan.encode(), content_type="application/json", headers=headers)
