"""The review of a draft, pair by pair."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.dates import localise
from mentoring.matching import services
from mentoring.matching.forms import RejectForm
from mentoring.matching.models import MatchRun, Pair
from mentoring.matching.queries import alternatives, load_pool, profiles
from mentoring.matching.services.runs import rules_of, weights_of
from mentoring.matching.views._common import asked, steps
from mentoring.planning.models import Enrolment


def _pair(http: HttpRequest, pk: int) -> Pair:
    pair = get_object_or_404(Pair.objects.visible_to(http.user).for_rows().select_related("run__programme"), pk=pk)
    asked(http, "matching.review", pair)
    return pair


@login_required
@require_safe
def matching_pair(http: HttpRequest, pk: int) -> HttpResponse:
    pair = _pair(http, pk)
    context = {"pair": pair, "form": RejectForm(), **_beside(pair.run, pair.mentee, pair.mentor)}
    return render(http, "matching/pair.html", {**context, **steps(4, pair.run.programme, pair.run)})


def _beside(run: MatchRun, mentee: Enrolment, mentor: Enrolment | None = None) -> dict[str, Any]:
    """Who else would be possible for a mentee, and what each of the people concerned brings."""
    pool = load_pool(run.programme, also=[row.pk for row in (mentee, mentor) if row])
    rules, weights = rules_of(run.rules), weights_of(run.weights)
    others = [
        row for row in alternatives(run, pool, mentee, rules=rules, weights=weights, top=6) if row.mentor != mentor
    ]
    return {
        "run": run,
        "others": others[:5],
        "profiles": profiles([row for row in (mentee, mentor) if row], language=get_language()),
        "open": run.status == MatchRun.Status.STAGED,
    }


@login_required
@require_safe
def matching_person(http: HttpRequest, pk: int, enrolment: int) -> HttpResponse:
    """Somebody a run left without a mentor: why, and who would be possible."""
    run = get_object_or_404(MatchRun.objects.visible_to(http.user).select_related("programme"), pk=pk)
    row = get_object_or_404(run.unmatched.select_related("enrolment__person"), enrolment=enrolment)
    context = {"row": row, **_beside(run, row.enrolment), **steps(4, run.programme, run)}
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
    pair = _pair(http, pk)
    form = RejectForm(http.POST)
    if not form.is_valid():
        context = {"pair": pair, "form": form, **_beside(pair.run, pair.mentee, pair.mentor)}
        context |= steps(4, pair.run.programme, pair.run)
        return render(http, "matching/pair.html", context, status=422)
    services.reject_pair(pair, reason=form.cleaned_data["reason"], by=http.user, at=timezone.now())
    messages.success(http, _("Turned down. They will not be proposed for each other again."))
    return redirect("matching_person", pk=pair.run_id, enrolment=pair.mentee_id)


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
    run = get_object_or_404(MatchRun.objects.visible_to(http.user).select_related("programme"), pk=pk)
    asked(http, "matching.review", run)
    people = Enrolment.objects.visible_to(http.user).filter(programme=run.programme).select_related("person")
    mentee = get_object_or_404(people.mentees(), pk=enrolment)
    mentor = get_object_or_404(people.mentors(), pk=http.POST.get("mentor") or 0)
    pair = services.assign_mentor(run, mentee=mentee, mentor=mentor, by=http.user, at=timezone.now())
    messages.success(http, _("Proposed: %(pair)s.") % {"pair": _named(pair)})
    return redirect("matching_pair", pk=pair.pk)


@login_required
@require_POST
def matching_approve_all(http: HttpRequest, pk: int) -> HttpResponse:
    run = get_object_or_404(MatchRun.objects.visible_to(http.user).select_related("programme"), pk=pk)
    asked(http, "matching.review", run)
    count = services.approve_all(run, by=http.user, at=timezone.now())
    text = ngettext("One pair approved.", "%(count)s pairs approved.", count) % {"count": localise(count)}
    messages.success(http, text)
    return redirect("matching_publish", pk=run.pk)
