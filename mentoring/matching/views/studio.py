"""The matching studio: pool and rules, the run, its review, its publication."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Avg, Count, Min, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from core.idempotency import once
from core.jobs import find as find_job
from mentoring.matching import services
from mentoring.matching.between import draft_of
from mentoring.matching.engine import MentorLoad
from mentoring.matching.forms import FLAGGED, PairFilter
from mentoring.matching.models import MatchRun, Pair
from mentoring.matching.queries import Pool, pool_gaps
from mentoring.matching.scenarios import compare_runs
from mentoring.matching.services import journal
from mentoring.matching.services.refusals import LOCKS, MatchingRefused, refusal_sentence
from mentoring.matching.services.runs import pool_for
from mentoring.matching.standing import standing_report, wanted
from mentoring.matching.studio_form import SettingsForm
from mentoring.matching.views._common import asked, steps
from mentoring.planning.models import Programme

PREVIEW_PAIRS = 100_000
"""Up to this many possible pairs the effect of every setting is shown at once."""
PREVIEW_SECONDS = 2.0
"""Aims that must be searched for are searched so long for a preview; the run itself takes longer."""
PER_PAGE = 50
RUNS_OFFERED, SIDE_BY_SIDE = 12, 3
KEPT = (MatchRun.Status.STAGED, MatchRun.Status.PUBLISHING, MatchRun.Status.PUBLISHED)
ORDERS = {"fit": ("-score", "pk"), "low": ("score", "pk"), "name": ("mentee__person__name", "pk")}


@login_required
@once
def matching_home(http: HttpRequest, slug: str) -> HttpResponse:
    programme = get_object_or_404(Programme.objects.coordinated_by(http.user), slug=slug)
    asked(http, "matching.run", programme)
    chosen = http.POST or (http.GET if "objective" in http.GET else None)
    form = SettingsForm(chosen, programme=programme) if chosen else SettingsForm.from_stored(programme)
    if http.method == "POST" and "preview" not in http.POST and form.is_valid():
        services.keep_settings(programme, form.stored)
        run = services.start_run(programme, **_settings(form), by=http.user, at=timezone.now())
        return redirect(run)
    tried = form if form.is_bound else SettingsForm(form.initial, programme=programme)
    wanted = {name: tried.stored[name] for name in ("aim", "manager_levels")} if tried.is_valid() else {}
    pool = pool_for(programme, **wanted)
    context = {"programme": programme, "form": form, "locked": len(pool.cohort.locked), **_pool_facts(pool)}
    context |= {**_previewed(pool, tried), **steps(2, programme)}
    if http.htmx:
        return render(http, "matching/_preview.html", {**context, "live": True})
    context["runs"] = programme.match_runs.select_related("started_by").order_by("-created_at")[:10]
    return render(http, "matching/home.html", context, status=422 if form.is_bound and form.errors else 200)


def _settings(form: SettingsForm) -> dict[str, Any]:
    """A valid form as `start_run` and `preview` want it."""
    return {
        "rules": form.rules,
        "weights": form.weights,
        **{name: form.stored[name] for name in ("objective", "aim", "seed")},
    }


def _pool_facts(pool: Pool) -> dict[str, Any]:
    mentees, mentors = len(pool.mentees), pool.mentors
    places = sum(mentor.free_places for mentor in mentors)
    return {
        "mentees": mentees,
        "mentors": len(mentors),
        "places": places,
        "missing_places": max(0, mentees - places),
        "gaps": pool_gaps(pool),
    }


def _previewed(pool: Pool, form: SettingsForm) -> dict[str, Any]:
    """What the settings would give (`result`, and by rule what it removes), or why a run would be refused (`refused`)."""
    if not 0 < len(pool.mentees) * len(pool.mentors) <= PREVIEW_PAIRS or not form.is_valid():
        return {"result": None}
    settings = _settings(form)
    try:
        result = services.preview(pool, **{**settings, "aim": {**settings["aim"], "seconds": PREVIEW_SECONDS}})
    except MatchingRefused as refused:
        return {"result": None, "refused": refused.message, "locks": _locks_url(form.programme, refused.details)}
    costs = {cost.code: cost for cost in result.rules}
    set_aside = sum(bool(locked and broken) for locked, broken in zip(result.locked, result.broken, strict=True))
    return {
        "result": result,
        "costs": costs,
        "stable": settings["objective"] in MatchRun.STABLE,
        "set_aside": set_aside,
    }


def _locks_url(programme: Programme, refused: Mapping[str, Any]) -> str:
    """Where pairs can be unlocked, if that is what a refusal (its `engine_code`) asks for."""
    draft = draft_of(programme) if refused.get("engine_code") in LOCKS else None
    return f"{draft.get_absolute_url()}?flag=locked" if draft else ""


@login_required
@require_safe
def matching_run(http: HttpRequest, pk: int) -> HttpResponse:
    run = get_object_or_404(MatchRun.objects.visible_to(http.user).select_related("programme"), pk=pk)
    if run.status in MatchRun.GOING:
        return render(http, "matching/progress.html", {**_progress(run), **steps(3, run.programme)})
    if run.status == MatchRun.Status.FAILED:
        why = refusal_sentence(run.report)
        locks = _locks_url(run.programme, {"engine_code": run.report.get("refused")})
        return render(
            http, "matching/stopped.html", {"run": run, "why": why, "locks": locks, **steps(3, run.programme)}
        )
    order = http.GET.get("order", "")
    chosen = PairFilter(http.GET)
    rows = chosen.of(run.pairs.for_rows()).order_by(*ORDERS.get(order, ORDERS["fit"]))
    context = {
        "run": run,
        "page_obj": Paginator(rows, PER_PAGE).get_page(http.GET.get("page")),
        "unmatched": run.unmatched.select_related("enrolment__person").order_by("enrolment__person__name")[:PER_PAGE],
        "order": order if order in ORDERS else "fit",
        "status": chosen.cleaned_data.get("status", ""),
        "flag": chosen.cleaned_data.get("flag", ""),
        "undo": journal.latest(run),
        **_summary(run),
        **steps(4, run.programme, run),
    }
    return render(http, "matching/run.html", context)


def _summary(run: MatchRun) -> dict[str, Any]:
    counts = run.pairs.standing().aggregate(
        pairs=Count("pk"),
        matched=Count("mentee", distinct=True),
        total=Sum("score", default=0),
        mean=Avg("score"),
        worst=Min("score"),
        **{flag.value: Count("pk", filter=test) for flag, test in FLAGGED.items()},
    )
    counts |= run.pairs.aggregate(**{status: Count("pk", filter=Q(status=status)) for status in Pair.Status.values})
    told = standing_report(run)
    load = told.get("load", [])
    best = next(iter(wanted(run, (MentorLoad(**row) for row in load))), None)
    people = run.programme.enrolments.select_related("person")
    mentor = people.filter(pk=best.mentor).first() if best else None
    return {
        "counts": counts,
        "proven": run.bound is not None and counts["total"] == told.get("total", run.total),
        "left_over": run.unmatched.count(),
        "used": sum(1 for row in load if row["filled"]),
        "loads": len(load),
        "wanted": {**asdict(best), "person": mentor.person} if best and mentor else None,
    }


def _progress(run: MatchRun) -> dict[str, Any]:
    return {"run": run, "programme": run.programme, "job": find_job(run.job_key)}


@login_required
@require_safe
def matching_progress(http: HttpRequest, pk: int) -> HttpResponse:
    """The bar alone, asked for again and again; when the work is over the whole page follows."""
    run = get_object_or_404(MatchRun.objects.visible_to(http.user).select_related("programme"), pk=pk)
    response = render(http, "matching/_progress.html", _progress(run))
    if run.status not in MatchRun.GOING:
        response["HX-Redirect"] = run.get_absolute_url()
    return response


@login_required
@require_POST
def matching_cancel(http: HttpRequest, pk: int) -> HttpResponse:
    run = get_object_or_404(MatchRun.objects.visible_to(http.user).select_related("programme"), pk=pk)
    asked(http, "matching.run", run)
    services.cancel_run(run, by=http.user, at=timezone.now())
    return redirect(run)


@login_required
@require_safe
def matching_compare(http: HttpRequest, slug: str) -> HttpResponse:
    """Two or three finished runs side by side; the first is what the others are measured against."""
    programme = get_object_or_404(Programme.objects.coordinated_by(http.user), slug=slug)
    asked(http, "matching.run", programme)
    finished = programme.match_runs.filter(status__in=KEPT).select_related("started_by").order_by("-created_at")
    offered = list(finished[:RUNS_OFFERED])
    wanted = [int(pk) for pk in dict.fromkeys(http.GET.getlist("run")) if pk.isdecimal()][:SIDE_BY_SIDE]
    rows = {run.pk: run for run in finished.filter(pk__in=wanted)}
    runs = [rows[pk] for pk in wanted if pk in rows]
    compared = compare_runs(runs) if len(runs) > 1 else None
    context = {
        "programme": programme,
        "runs": offered,
        "chosen": [run.pk for run in runs],
        "compared": compared,
        "page_obj": Paginator(compared.changes, PER_PAGE).get_page(http.GET.get("page")) if compared else None,
        **steps(3, programme),
    }
    return render(http, "matching/compare.html", context)
