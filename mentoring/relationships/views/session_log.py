"""What became of a session: log, vouch, rate."""

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.idempotency import once
from core.text import whole_number
from mentoring.relationships import queries, services
from mentoring.relationships.forms import SHORTEST, PastSessionForm, RatingForm, SessionLogForm
from mentoring.relationships.models import Session
from mentoring.relationships.views.frame import framed, own_relationship
from mentoring.relationships.views.sessions import session_page


@login_required
@once(after_back=True)
def session_past(http: HttpRequest, pk: int) -> HttpResponse:
    """A meeting that was not planned here, written down afterwards."""
    relationship = own_relationship(http, pk)
    if not http.user.has_perm("relationships.log_past", relationship):
        raise PermissionDenied
    begun = _begun(http, relationship.programme.session_minutes)
    planned = queries.session_at(relationship, begun.get("starts_at"))
    if planned is not None and http.method == "GET":
        return redirect(planned)  # the call was that session
    form = PastSessionForm(http.POST or None, initial=begun)
    if http.method == "POST" and form.is_valid():
        try:
            found = services.log_past_session(relationship, **form.cleaned_data, by=http.user, at=timezone.now())
        except services.TimeNotPossible as refusal:
            form.add_error("starts_at", str(refusal.message))
        else:
            messages.success(http, _("Saved. It counts once the other side says that it took place."))
            return redirect(found)
    return render(http, "relationships/session_past.html", framed(http, relationship, "sessions", form=form))


def _begun(http: HttpRequest, minutes: int) -> dict[str, Any]:
    """What a page that leads here knows of the meeting already: `starts_at`, `minutes` and `origin`."""
    told = http.GET
    begun: dict[str, Any] = {
        "minutes": max(SHORTEST, whole_number(told.get("minutes")) or minutes),
        "origin": told.get("origin", "")[:40],
    }
    with suppress(ValueError):
        moment = datetime.fromisoformat(told.get("starts_at", ""))
        if moment.tzinfo is not None:
            begun["starts_at"] = moment.astimezone(UTC)
    return begun


def _session(http: HttpRequest, pk: int) -> Session:
    return get_object_or_404(Session.objects.visible_to(http.user).for_rows(), pk=pk)


@login_required
@require_POST
@once
def session_log(http: HttpRequest, pk: int) -> HttpResponse:
    found = _session(http, pk)
    form = SessionLogForm(http.POST, session=found)
    if not form.is_valid():
        return session_page(http, found, form)
    data = form.cleaned_data
    services.log_session(
        found,
        absent=form.absent,
        technical_fault=data.get("technical_fault", False),
        summary=data["summary"],
        next_step=data["next_step"],
        goal=data["goal"],
        by=http.user,
        at=timezone.now(),
    )
    messages.success(http, _("Saved. Both of you can complete it."))
    return redirect(found)


@login_required
@require_POST
def session_vouch(http: HttpRequest, pk: int) -> HttpResponse:
    """The other side says whether a logged meeting took place."""
    found = _session(http, pk)
    if http.POST.get("took_place") == "1":
        services.confirm_log(found, by=http.user, at=timezone.now())
        messages.success(http, _("Thank you, it counts now."))
    else:
        services.deny_log(found, by=http.user, at=timezone.now())
        messages.success(http, _("Taken back; the other side was told."))
    return redirect(found)


@login_required
@require_POST
def session_rate(http: HttpRequest, pk: int) -> HttpResponse:
    found = _session(http, pk)
    form = RatingForm(http.POST)
    if form.is_valid():
        services.rate_session(found, stars=form.cleaned_data["stars"], by=http.user, at=timezone.now())
        messages.success(http, _("Thank you. Only you see your rating."))
    else:
        messages.error(http, _("Choose one of the five points."))
    return redirect(found)
