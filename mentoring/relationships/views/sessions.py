"""Sessions of a relationship: seeing, proposing, choosing, moving, calling off."""

from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.dates import moment_of
from core.idempotency import once
from mentoring.relationships import queries, services
from mentoring.relationships.forms import DetailsForm, MoveForm, RatingForm, SessionForm, SessionLogForm
from mentoring.relationships.models import Relationship, Session, SessionQuerySet, SessionSlot
from mentoring.relationships.views.frame import framed, own_relationship

PAGE = 20


def _lists(http: HttpRequest, found: SessionQuerySet) -> dict[str, object]:
    """What stands (offered, to come, to be logged) and what is over, a page at a time."""
    now = timezone.now()
    standing = list(found.standing().order_by(F("starts_at").asc(nulls_first=True), "pk"))
    over = found.exclude(pk__in=[s.pk for s in standing]).order_by(F("starts_at").desc(nulls_last=True), "-pk")
    page = Paginator(over, PAGE).get_page(http.GET.get("page"))
    confirmed = [s for s in standing if s.status == Session.Status.CONFIRMED]
    return {
        "offered": [s for s in standing if s.status == Session.Status.PROPOSED],
        "coming": [s for s in confirmed if s.ends_at is not None and s.ends_at > now],
        "to_log": [s for s in confirmed if s.ends_at is not None and s.ends_at <= now],
        "page_obj": page,
        "ratings": queries.my_ratings(http.user, page),
    }


@login_required
@require_safe
def sessions(http: HttpRequest, pk: int) -> HttpResponse:
    relationship = own_relationship(http, pk)
    found = Session.objects.visible_to(http.user).filter(relationship=relationship).for_rows()
    return render(http, "relationships/sessions.html", framed(http, relationship, "sessions", **_lists(http, found)))


@login_required
@require_safe
def my_sessions(http: HttpRequest) -> HttpResponse:
    """All sessions of the reader, across relationships."""
    mine = Relationship.objects.visible_to(http.user).of(http.user).for_cards()
    working = [relationship for relationship in mine if relationship.is_working]
    choices = [{"relationship": one, "partners": one.partners_of(http.user)} for one in working]
    context = {**_lists(http, queries.sessions_of(http.user)), "choices": choices}
    return render(http, "relationships/my_sessions.html", context)


def _suggestions(http: HttpRequest, relationship: Relationship, *, minutes: int, now: datetime) -> list[datetime]:
    """Times that suit all, with those that were chosen of an earlier page and still do."""
    offered = filter(None, map(moment_of, http.POST.getlist("suggested")))
    return queries.suggested_times(relationship, minutes=minutes, now=now, offered=offered)


@login_required
@once(after_back=True)
def session_propose(http: HttpRequest, pk: int) -> HttpResponse:
    relationship = own_relationship(http, pk)
    if not http.user.has_perm("relationships.plan", relationship):
        raise PermissionDenied
    now, minutes = timezone.now(), relationship.programme.session_minutes
    suggestions = _suggestions(http, relationship, minutes=minutes, now=now)
    begun = {"minutes": minutes, "topic": http.GET.get("topic", "")[:200], "origin": http.GET.get("origin", "")[:40]}
    form = SessionForm(http.POST or None, initial=begun, suggestions=suggestions, now=now)
    if http.method == "POST" and form.is_valid():
        data = form.cleaned_data
        session = services.propose_session(
            relationship,
            times=data["times"],
            minutes=data["minutes"],
            place=data["place"],
            link=data["link"],
            topic=data["topic"],
            origin=data["origin"],
            by=http.user,
            at=now,
        )
        messages.success(http, _("Offered. We tell you as soon as a time is chosen."))
        return redirect(session)
    context = framed(http, relationship, "sessions", form=form, suggestions=suggestions)
    return render(http, "relationships/session_propose.html", context)


def _session(http: HttpRequest, pk: int) -> Session:
    return get_object_or_404(Session.objects.visible_to(http.user).for_rows(), pk=pk)


def _plannable(http: HttpRequest, pk: int) -> Session:
    session = _session(http, pk)
    if not http.user.has_perm("relationships.plan", session.relationship):
        raise PermissionDenied
    return session


@login_required
@require_safe
def session(http: HttpRequest, pk: int) -> HttpResponse:
    return session_page(http, _session(http, pk))


def session_page(http: HttpRequest, found: Session, log_form: SessionLogForm | None = None) -> HttpResponse:
    """One session with what can be done about it now."""
    now = timezone.now()
    queries.with_origins([found], http.user)
    can_plan = http.user.has_perm("relationships.plan", found.relationship)
    begun = found.starts_at is not None and found.starts_at <= now
    can_log = can_plan and begun and found.status in ("confirmed", "held", "no_show")
    mine = queries.my_rating(http.user, found)
    lies_ahead = found.status == Session.Status.CONFIRMED and not begun
    context = framed(
        http,
        found.relationship,
        "sessions",
        session=found,
        slots=[slot for slot in found.slots.all() if slot.starts_at > now],
        can_choose=can_plan and http.user.has_perm("relationships.choose_time", found),
        can_move=can_plan and found.status in ("proposed", "confirmed") and not (begun and found.status == "confirmed"),
        can_vouch=http.user.has_perm("relationships.vouch_for_log", found),
        log_form=(log_form or SessionLogForm(session=found)) if can_log else None,
        details_form=DetailsForm(instance=found),
        rating_form=RatingForm(initial={"stars": mine.stars} if mine else None)
        if found.status == Session.Status.HELD and not (mine and mine.stays(now))
        else None,
        my_stars=mine.stars if mine else None,
        preparation=queries.preparation(found.relationship) if lies_ahead else None,
        begun=begun,
        can_join=can_plan and found.is_online_and_to_come(now),
    )
    return render(http, "relationships/session.html", context)


@login_required
@require_POST
def session_confirm(http: HttpRequest, pk: int) -> HttpResponse:
    found = _plannable(http, pk)
    chosen = http.POST.get("slot", "")
    slot = get_object_or_404(
        SessionSlot.objects.visible_to(http.user), session=found, pk=int(chosen) if chosen.isdecimal() else 0
    )
    services.confirm_session(found, slot, by=http.user, at=timezone.now())
    messages.success(http, _("It is fixed. We remind both of you a day and an hour before."))
    return redirect(found)


@login_required
@once(after_back=True)
def session_move(http: HttpRequest, pk: int) -> HttpResponse:
    found = _plannable(http, pk)
    now = timezone.now()
    suggestions = _suggestions(http, found.relationship, minutes=found.minutes, now=now)
    form = MoveForm(http.POST or None, instance=found, suggestions=suggestions, now=now)
    if http.method == "POST" and form.is_valid():
        services.move_session(found, times=form.cleaned_data["times"], by=http.user, at=now)
        messages.success(http, _("Offered. We tell you as soon as a time is chosen."))
        return redirect(found)
    context = framed(http, found.relationship, "sessions", form=form, suggestions=suggestions, session=found)
    return render(http, "relationships/session_propose.html", context)


@login_required
@require_POST
def session_details(http: HttpRequest, pk: int) -> HttpResponse:
    found = _plannable(http, pk)
    form = DetailsForm(http.POST)
    if form.is_valid():
        services.change_details(found, **form.cleaned_data, by=http.user, at=timezone.now())
        messages.success(http, _("Saved."))
    else:
        messages.error(http, _("The topic has room for 200 letters, the place for 300."))
    return redirect(found)


@login_required
@require_POST
def session_cancel(http: HttpRequest, pk: int) -> HttpResponse:
    found = _plannable(http, pk)
    services.cancel_session(found, by=http.user, at=timezone.now())
    messages.success(http, _("Called off; the other side was told."))
    return redirect(found)
