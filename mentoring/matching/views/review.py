"""The review of a draft, pair by pair."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.dates import localise
from mentoring.matching import services
from mentoring.matching.explanations import NAMES_OFFERED, About, shared_week
from mentoring.matching.forms import PairFilter, RejectForm
from mentoring.matching.history import told
from mentoring.matching.models import MatchRun, Pair, ReviewStep
from mentoring.matching.queries import profiles
from mentoring.matching.services import journal, solving
from mentoring.matching.standing import ask
from mentoring.matching.views._common import asked, steps
from mentoring.planning.models import Enrolment

STEPS_PER_PAGE = 20


def _pair(http: HttpRequest, pk: int) -> Pair:
    pair = get_object_or_404(Pair.objects.visible_to(http.user).for_rows().select_related("run__programme"), pk=pk)
    asked(http, "matching.review", pair)
    return pair


def _run(http: HttpRequest, pk: int) -> MatchRun:
    run = get_object_or_404(MatchRun.objects.visible_to(http.user).select_related("programme"), pk=pk)
    asked(http, "matching.review", run)
    return run


@login_required
@require_safe
def matching_pair(http: HttpRequest, pk: int) -> HttpResponse:
    return _shown(http, _pair(http, pk), RejectForm())


def _shown(http: HttpRequest, pair: Pair, form: RejectForm) -> HttpResponse:
    run = pair.run
    about = About(ask(run, also=[pair.mentee_id, pair.mentor_id]), pair.mentee)
    for_mentee, for_mentor = about.ranks(pair.mentor)
    context = {
        "pair": pair,
        "form": form,
        "week": shared_week(run.programme, pair.mentee, pair.mentor),
        "one_clock": pair.mentee.person.time_zone == pair.mentor.person.time_zone,
        "for_mentee": for_mentee,
        "for_mentor": for_mentor,
        **_beside(http, about, pair.mentor),
        **steps(4, run.programme, run),
    }
    return render(http, "matching/pair.html", context, status=422 if form.errors else 200)


def _beside(http: HttpRequest, about: About, mentor: Enrolment | None = None) -> dict[str, Any]:
    """Who else would be possible for a mentee, why not somebody else, and what each of the people concerned brings."""
    run, words = about.asked.run, http.GET.get("why_not", "").strip()
    return {
        "run": run,
        "others": about.alternatives(but=mentor),
        "words": words,
        "answers": about.why_not(words) if words else [],
        "names": [str(row.person) for row in about.mentors[:NAMES_OFFERED]],
        "profiles": profiles([row for row in (about.mentee, mentor) if row], language=get_language()),
        "open": run.status == MatchRun.Status.STAGED,
    }


@login_required
@require_safe
def matching_person(http: HttpRequest, pk: int, enrolment: int) -> HttpResponse:
    """Somebody a run left without a mentor: why, and who would be possible."""
    run = get_object_or_404(MatchRun.objects.visible_to(http.user).select_related("programme"), pk=pk)
    row = get_object_or_404(run.unmatched.select_related("enrolment__person"), enrolment=enrolment)
    about = About(ask(run), row.enrolment)
    context = {"row": row, "undo": journal.latest(run), **_beside(http, about), **steps(4, run.programme, run)}
    return render(http, "matching/person.html", context)


@login_required
@require_POST
def matching_approve(http: HttpRequest, pk: int) -> HttpResponse:
    pair = _pair(http, pk)
    services.approve_pair(pair, by=http.user, at=timezone.now())
    messages.success(http, _("Approved: %(pair)s.") % {"pair": _named(pair)})
    return redirect("matching_pair", pk=pair.pk) if "stay" in http.POST else redirect(pair.run)


def _named(pair: Pair) -> str:
    return _("%(mentee)s with %(mentor)s") % {"mentee": pair.mentee.person, "mentor": pair.mentor.person}


@login_required
@require_POST
def matching_reject(http: HttpRequest, pk: int) -> HttpResponse:
    """Turn a pair down; the rest is solved again around what stands, unless only this was wanted."""
    pair = _pair(http, pk)
    form = RejectForm(http.POST)
    if not form.is_valid():
        return _shown(http, pair, form)
    told_why = {"reason": form.cleaned_data["reason"], "by": http.user, "at": timezone.now()}
    if "only" in http.POST:
        services.reject_pair(pair, **told_why)
        messages.success(http, _("Turned down. They will not be proposed for each other again."))
        return redirect("matching_person", pk=pair.run_id, enrolment=pair.mentee_id)
    step = solving.reject_and_solve(pair, **told_why)
    messages.success(http, _("Turned down, and the rest is solved again. This is what changed."))
    return redirect(_change(step))


def _change(step: ReviewStep) -> str:
    return f"{reverse('matching_history', args=[step.run_id])}#step-{step.pk}"


@login_required
@require_POST
def matching_solve(http: HttpRequest, pk: int) -> HttpResponse:
    run = _run(http, pk)
    step = solving.solve_rest(run, by=http.user, at=timezone.now())
    if step.pk is None:
        messages.info(http, _("Solved again: nothing better exists around what you have decided. Nothing changed."))
        return redirect(run)
    messages.success(http, _("The rest is solved again. This is what changed."))
    return redirect(_change(step))


@login_required
@require_POST
def matching_undo(http: HttpRequest, pk: int) -> HttpResponse:
    step = get_object_or_404(ReviewStep.objects.visible_to(http.user).select_related("run__programme"), pk=pk)
    asked(http, "matching.review", step.run)
    services.undo(step, by=http.user, at=timezone.now())
    messages.success(http, _("Undone. The draft is as it was before."))
    return redirect(step.run)


@login_required
@require_safe
def matching_history(http: HttpRequest, pk: int) -> HttpResponse:
    """Every decision about a draft, the latest first, with what it changed."""
    run = _run(http, pk)
    rows = run.steps.for_rows().order_by("-pk")
    page = Paginator(rows, STEPS_PER_PAGE).get_page(http.GET.get("page"))
    context = {"run": run, "page_obj": page, "told": told(page), "undo": journal.latest(run)}
    return render(http, "matching/history.html", {**context, **steps(4, run.programme, run)})


@login_required
@require_POST
def matching_lock(http: HttpRequest, pk: int) -> HttpResponse:
    pair = _pair(http, pk)
    services.lock_pair(pair, locked="unlock" not in http.POST, by=http.user, at=timezone.now())
    return redirect("matching_pair", pk=pair.pk)


@login_required
@require_POST
def matching_swap(http: HttpRequest, pk: int) -> HttpResponse:
    pair = _pair(http, pk)
    other = get_object_or_404(
        Pair.objects.visible_to(http.user).for_rows(), pk=http.POST.get("with") or 0, run=pair.run
    )
    made, _other = services.swap_pairs(pair, other, by=http.user, at=timezone.now())
    messages.success(http, _("Swapped. Both pairs wait for your approval."))
    return redirect("matching_pair", pk=made.pk)


@login_required
@require_POST
def matching_assign(http: HttpRequest, pk: int, enrolment: int) -> HttpResponse:
    """Give a mentee of the draft another mentor than the run proposed."""
    run = _run(http, pk)
    people = Enrolment.objects.visible_to(http.user).filter(programme=run.programme).select_related("person")
    mentee = get_object_or_404(people.mentees(), pk=enrolment)
    mentor = get_object_or_404(people.mentors(), pk=http.POST.get("mentor") or 0)
    pair = services.assign_mentor(run, mentee=mentee, mentor=mentor, by=http.user, at=timezone.now())
    messages.success(http, _("Proposed: %(pair)s.") % {"pair": _named(pair)})
    return redirect("matching_pair", pk=pair.pk)


@login_required
@require_POST
def matching_approve_all(http: HttpRequest, pk: int) -> HttpResponse:
    """Approve every undecided pair, or those of the list that is shown."""
    run = _run(http, pk)
    among = PairFilter(http.POST).of(run.pairs.all())
    count = services.approve_all(run, among=among, by=http.user, at=timezone.now())
    text = ngettext("One pair approved.", "%(count)s pairs approved.", count) % {"count": localise(count)}
    messages.success(http, text)
    return redirect("matching_publish", pk=run.pk)
