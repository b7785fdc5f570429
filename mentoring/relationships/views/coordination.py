"""What coordinators see and do: states, counts and dates; never a private note, a summary, a rating or a goal's text."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.idempotency import once
from core.parts import parts_of
from mentoring.planning.models import Programme
from mentoring.relationships import queries, services
from mentoring.relationships.forms import ClosingForm, ReasonForm, TouchForm
from mentoring.relationships.models import Note, Relationship
from notifications.queries import away_among

PAGE = 25
CLOSED = "closed"


@login_required
@require_safe
def relationship_list(http: HttpRequest, slug: str) -> HttpResponse:
    """The relationships of a programme, by state."""
    programme = get_object_or_404(Programme.objects.visible_to(http.user).coordinated_by(http.user), slug=slug)
    every = Relationship.objects.visible_to(http.user).filter(programme=programme)
    counted = dict(every.values_list("status").annotate(n=Count("pk")).order_by())
    wanted = http.GET.get("state", "")
    if wanted == CLOSED:
        every = every.exclude(status__in=Relationship.OPEN)
    elif wanted in Relationship.Status.values:
        every = every.filter(status=wanted)
    filters = [{"state": "", "label": _("All"), "count": sum(counted.values())}]
    filters += [{"state": s.value, "label": s.label, "count": counted.get(s, 0)} for s in Relationship.OPEN]
    closed = sum(n for state, n in counted.items() if state not in Relationship.OPEN)
    filters.append({"state": CLOSED, "label": _("Closed"), "count": closed})
    now = timezone.now()
    page = Paginator(every.for_rows(now), PAGE).get_page(http.GET.get("page"))
    for row in page:
        row.days = ((row.closed_at or now) - row.started_at).days
    context = {"programme": programme, "page_obj": page, "filters": filters, "wanted": wanted, "counted": counted}
    return render(http, "relationships/relationship_list.html", context)


def coordinator_page(http: HttpRequest, found: Relationship, touch_form: TouchForm | None = None) -> HttpResponse:
    """The reduced page; `found` comes from `visible_to`, so its reader coordinates the programme."""
    now = timezone.now()
    context = {
        "relationship": found,
        "away": away_among(found.people, at=now),
        "counts": queries.counts(found),
        "next_session_at": queries.next_session_at(found, now=now),
        "days": ((found.closed_at or now) - found.started_at).days,
        "notes": Note.objects.visible_to(http.user)
        .filter(relationship=found, scope=Note.Scope.PROGRAMME)
        .select_related("author")
        .order_by("-created_at"),
        "touches": found.touches.select_related("coordinator", "person").order_by("-at")[:10],
        "touch_form": touch_form or TouchForm(people=found.people, auto_id="touch_%s"),
        "closing_form": ClosingForm(auto_id="end_%s"),
        "reason_form": ReasonForm(auto_id="why_%s"),
        "parts": parts_of("relationship", reader=http.user, about=found),
    }
    return render(http, "relationships/coordinator.html", context)


def _coordinated(http: HttpRequest, pk: int) -> Relationship:
    found = get_object_or_404(Relationship.objects.visible_to(http.user).for_cards(), pk=pk)
    if not http.user.has_perm("relationships.coordinate", found):
        raise PermissionDenied
    return found


@login_required
@require_POST
@once(after_back=True)
def relationship_touch(http: HttpRequest, pk: int) -> HttpResponse:
    found = _coordinated(http, pk)
    form = TouchForm(http.POST, people=found.people, auto_id="touch_%s")
    if not form.is_valid():
        return coordinator_page(http, found, form)
    data = form.cleaned_data
    services.record_touch(found, person=data["person"], reason=data["reason"], by=http.user, at=timezone.now())
    messages.success(http, _("Saved. The worklist knows that you were in contact."))
    return redirect(found)


def _act(
    http: HttpRequest, found: Relationship, verb: Callable[..., Relationship], said: str, **fields: str
) -> HttpResponse:
    verb(found, by=http.user, at=timezone.now(), **fields)
    messages.success(http, said)
    return redirect(found)


@login_required
@require_POST
def relationship_pause(http: HttpRequest, pk: int) -> HttpResponse:
    said = _("Paused. Both were told; nobody is counted as silent.")
    return _act(http, _coordinated(http, pk), services.pause_relationship, said)


@login_required
@require_POST
def relationship_resume(http: HttpRequest, pk: int) -> HttpResponse:
    return _act(http, _coordinated(http, pk), services.resume_relationship, _("It goes on. Both were told."))


@login_required
@require_POST
def relationship_end(http: HttpRequest, pk: int) -> HttpResponse:
    found = _coordinated(http, pk)
    form = ClosingForm(http.POST)
    if not form.is_valid():
        messages.error(http, _("Choose a reason for the end."))
        return redirect(found)
    said = _("Closed. The places are free again, and both were told.")
    return _act(http, found, services.end_relationship, said, reason=form.cleaned_data["reason"])


def _with_reason(http: HttpRequest, pk: int, verb: Callable[..., Relationship], said: str) -> HttpResponse:
    found = _coordinated(http, pk)
    form = ReasonForm(http.POST)
    if not form.is_valid():
        messages.error(http, _("Say why in a few words; it is kept in the audit trail."))
        return redirect(found)
    return _act(http, found, verb, said, reason=form.cleaned_data["reason"])


@login_required
@require_POST
def relationship_void(http: HttpRequest, pk: int) -> HttpResponse:
    return _with_reason(http, pk, services.void_relationship, _("Taken back. It counts nowhere."))


@login_required
@require_POST
def relationship_reopen(http: HttpRequest, pk: int) -> HttpResponse:
    return _with_reason(http, pk, services.reopen_relationship, _("Open again. Both were told."))
