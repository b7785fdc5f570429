"""Reading a conversation of others for a stated reason: asked, agreed to, read for an hour, and told to its people."""

from datetime import date, datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from core.idempotency import once
from mentoring.relationships.models import Relationship
from mentoring.safeguarding import services
from mentoring.safeguarding.forms import AnswerForm, LaterForm, ReadingForm
from mentoring.safeguarding.models import Reading
from mentoring.safeguarding.queries import looks_after, may_read, seconds_for

ROWS = 25
State = Reading.State


@login_required
@once(after_back=True)
def reading_ask(request: HttpRequest, pk: int) -> HttpResponse:
    """A coordinator asks to read the conversation of a relationship."""
    coordinated = Relationship.objects.visible_to(request.user).coordinated_by(request.user)
    relationship = get_object_or_404(coordinated.for_cards().filter(room__isnull=False), pk=pk)
    room, now = relationship.room, timezone.now()
    if not may_read(request.user, room):
        raise services.TooNear
    mine = Reading.objects.visible_to(request.user).open().filter(room=room, asked_by=request.user).first()
    if mine and now < mine.ends_at:
        return redirect(mine)
    form = ReadingForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        reading = services.ask_to_read(room, **form.cleaned_data, by=request.user, at=now)
        messages.success(
            request, _("It is written down.") if reading.alone else _("Asked. You hear as soon as somebody answers.")
        )
        return redirect(reading)
    context = {"relationship": relationship, "form": form, "seconds": seconds_for(room, request.user)}
    return render(request, "safeguarding/reading_ask.html", context, status=422 if form.errors else 200)


@login_required
@require_GET
def readings(request: HttpRequest) -> HttpResponse:
    """What was asked for, of all or of one month, for those who look after people."""
    if not looks_after(request.user):
        raise Http404
    rows = Reading.objects.visible_to(request.user).at_desk_of(request.user)
    month = month_of(request.GET.get("month", ""))
    if month:
        rows = rows.filter(asked_at__year=month.year, asked_at__month=month.month)
    context = {
        "page_obj": Paginator(rows.for_rows(), ROWS).get_page(request.GET.get("page")),
        "waiting": rows.filter(state=State.ASKED).exclude(asked_by=request.user).count(),
        "month": month,
    }
    return render(request, "safeguarding/readings.html", context)


def month_of(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%Y-%m").date()
    except ValueError:
        return None


def at_desk(request: HttpRequest, pk: int) -> Reading:
    return get_object_or_404(Reading.objects.visible_to(request.user).at_desk_of(request.user).for_rows(), pk=pk)


@login_required
@require_GET
def reading(request: HttpRequest, pk: int) -> HttpResponse:
    """How one stands, with what the reader of this page can do about it."""
    return reading_page_of(request, at_desk(request, pk))


def reading_page_of(
    request: HttpRequest, found: Reading, *, answer: AnswerForm | None = None, later: LaterForm | None = None
) -> HttpResponse:
    now = timezone.now()
    second = seconds_for(found.room, found.asked_by).filter(pk=request.user.pk).exists()
    goes_on = found.state in Reading.OPEN and now < found.ends_at
    context = {
        "reading": found,
        "goes_on": goes_on,
        "mine": found.asked_by_id == request.user.pk,
        "answer_form": (answer or AnswerForm()) if second and goes_on and found.state == State.ASKED else None,
        "later_form": (later or LaterForm()) if second and found.opened_at and not found.told_at else None,
    }
    refused = any(form and form.errors for form in (answer, later))
    return render(request, "safeguarding/reading.html", context, status=422 if refused else 200)


@login_required
@require_POST
def reading_answer(request: HttpRequest, pk: int) -> HttpResponse:
    found, form = at_desk(request, pk), AnswerForm(request.POST)
    if not form.is_valid():
        return reading_page_of(request, found, answer=form)
    services.answer_reading(found, **form.cleaned_data, by=request.user, at=timezone.now())
    messages.success(request, _("Thank you. Your answer is written down, and who asked is told."))
    return redirect(found)


@login_required
@never_cache
@require_POST
def reading_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One page of the conversation. Each is an event, so it is opened by a button and not by chance."""
    found, now = at_desk(request, pk), timezone.now()
    before = request.POST.get("before", "")
    page = services.read_page(found, before=int(before) if before.isdecimal() else None, by=request.user, at=now)
    found.refresh_from_db()
    context = {"reading": found, "page": page, "now": now}
    return render(request, "safeguarding/reading_page.html", context)


@login_required
@require_POST
def reading_close(request: HttpRequest, pk: int) -> HttpResponse:
    found = at_desk(request, pk)
    services.close_reading(found, by=request.user, at=timezone.now())
    messages.success(request, _("Closed. It cannot be opened any more."))
    return redirect(found)


@login_required
@require_POST
def reading_later(request: HttpRequest, pk: int) -> HttpResponse:
    found, form = at_desk(request, pk), LaterForm(request.POST)
    if not form.is_valid():
        return reading_page_of(request, found, later=form)
    services.tell_later(found, **form.cleaned_data, by=request.user, at=timezone.now())
    messages.success(request, _("Written down. They are told later."))
    return redirect(found)


@login_required
@require_GET
def reading_told(request: HttpRequest, pk: int) -> HttpResponse:
    """That one's conversation was read, for those who were in it: by whom and when, never why."""
    told = Reading.objects.visible_to(request.user).told_to(request.user).for_rows()
    return render(request, "safeguarding/reading_told.html", {"reading": get_object_or_404(told, pk=pk)})
