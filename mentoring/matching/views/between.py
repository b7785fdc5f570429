"""Between runs: who came, who lost a mentor, and the weekly run."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from core.dates import localise
from mentoring.matching import between, services
from mentoring.matching.views._common import asked, steps
from mentoring.planning.models import Enrolment, Programme

PER_PAGE = 10
SHOWN = 20
"""Losses shown at once; when some are mended, the next follow."""


def _programme(http: HttpRequest, slug: str) -> Programme:
    programme = get_object_or_404(Programme.objects.coordinated_by(http.user), slug=slug)
    asked(http, "matching.review", programme)
    return programme


@login_required
@require_safe
def matching_between(http: HttpRequest, slug: str) -> HttpResponse:
    programme = _programme(http, slug)
    run, draft = between.last_run(programme), between.draft_of(programme)
    context: dict[str, Any] = {"programme": programme, "run": run, "draft": draft, **steps(4, programme, draft)}
    if run is not None:
        losses = between.losses(programme)
        lost = [row.mentee.pk for row in losses.rows]
        came = between.newcomers(programme, run).exclude(pk__in=lost)
        page = Paginator(came, PER_PAGE).get_page(http.GET.get("page"))
        fits = between.fair_fits(run, list(page))
        context |= {
            "losses": losses.rows[:SHOWN],
            "lost": len(losses.rows),
            "dead": losses.dead,
            "page_obj": page,
            "rows": [{"mentee": mentee, "fits": fits[mentee.pk]} for mentee in page],
        }
    return render(http, "matching/between.html", context)


@login_required
@require_POST
def matching_place(http: HttpRequest, slug: str) -> HttpResponse:
    """Propose a mentor for a newcomer in the draft under review."""
    programme = _programme(http, slug)
    mentee, mentor = _two(http, programme)
    services.place_newcomer(programme, mentee=mentee, mentor=mentor, by=http.user, at=timezone.now())
    return _proposed(http, programme, mentee, mentor)


@login_required
@require_POST
def matching_mend(http: HttpRequest, slug: str) -> HttpResponse:
    """Put the least change after a loss into the draft under review."""
    programme = _programme(http, slug)
    mentee, mentor = _two(http, programme)
    services.mend(programme, mentee=mentee, mentor=mentor, by=http.user, at=timezone.now())
    return _proposed(http, programme, mentee, mentor)


def _two(http: HttpRequest, programme: Programme) -> tuple[Enrolment, Enrolment]:
    people = Enrolment.objects.visible_to(http.user).filter(programme=programme).select_related("person")
    mentee, mentor = (int(key) if key.isdecimal() else 0 for key in map(http.POST.get, ("mentee", "mentor"), ("", "")))
    return get_object_or_404(people.mentees(), pk=mentee), get_object_or_404(people.mentors(), pk=mentor)


def _proposed(http: HttpRequest, programme: Programme, mentee: Enrolment, mentor: Enrolment) -> HttpResponse:
    text = _("%(mentee)s with %(mentor)s stands in the draft and waits for your approval.")
    messages.success(http, text % {"mentee": mentee.person, "mentor": mentor.person})
    return redirect("matching_between", slug=programme.slug)


@login_required
@require_POST
def matching_take_out(http: HttpRequest, slug: str) -> HttpResponse:
    """Take pairs out of the draft that cannot come about any more."""
    programme = _programme(http, slug)
    count = services.take_out_dead(programme, by=http.user, at=timezone.now())
    text = ngettext("One pair taken out.", "%(count)s pairs taken out.", count) % {"count": localise(count)}
    messages.success(http, text)
    return redirect("matching_between", slug=programme.slug)


@login_required
@require_POST
def matching_weekly(http: HttpRequest, slug: str) -> HttpResponse:
    programme = _programme(http, slug)
    services.set_weekly(programme, on="on" in http.POST, by=http.user, at=timezone.now())
    return redirect("matching_between", slug=programme.slug)
