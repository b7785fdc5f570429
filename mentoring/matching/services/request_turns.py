"""What happens to requests by themselves: they run out, the next choice is asked, they are closed when there is no place."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from core.jobs import enqueue
from mentoring.matching.models import Request
from mentoring.matching.rules import may_ask
from mentoring.matching.services.requests import (
    RequestMovedOn,
    Status,
    ask_first_possible,
    ask_next_later,
    end,
    hold,
    hold_enrolment,
    log,
    tell,
)
from mentoring.planning.models import Enrolment

Because = Request.SupersededBecause


@transaction.atomic
def expire_request(request: Request, *, at: datetime) -> bool:
    """Let a request run out whose time is over; False when it was decided, or its clock was set anew.

    A mentor who did not answer is followed by the next choice. A mentee who did not answer a question is asked what now.
    """
    try:
        held = hold(request)
    except RequestMovedOn:
        return False
    if held.due_at is None or held.due_at > at:
        return False
    waited_for_mentee = held.waits_for_mentee
    end(held, Status.EXPIRED, at=at)
    log(held, "expired", by=None, at=at)
    tell(held, "request_closed" if waited_for_mentee else "request_expired", to=held.mentor, at=at)
    if waited_for_mentee:
        tell(held, "request_unanswered", to=held.mentee, at=at)
    else:
        ask_next_later(held)
    return True


def remind(request: Request, *, due: datetime, at: datetime) -> None:
    """A day before it runs out, remind whoever must answer; nothing when it was decided or its clock was set anew."""
    if request.is_open and request.due_at == due:
        to = request.mentee if request.waits_for_mentee else request.mentor
        tell(request, "request_reminder", to=to, at=at)


@transaction.atomic
def ask_next(request: Request, *, at: datetime) -> Request | None:
    """After a request came to nothing: ask the mentee's next choice and tell her both, or tell her what she can do.

    Safe to run twice. None when nobody was asked.
    """
    mentee = hold_enrolment(request.mentee)
    if Request.objects.open().filter(mentee=mentee).exists():
        return None
    following = ask_first_possible(mentee, at=at) if may_ask(mentee) else None
    if following is not None:
        Request.objects.filter(pk=request.pk).update(fell_through_to=following)
        tell(request, "request_passed_on", to=mentee, at=at, next=str(following.mentor.person))
    elif mentee.status == Enrolment.Status.READY and mentee.free_places:
        tell(request, "request_over", to=mentee, at=at)
    return following


def settle_later(enrolment: Enrolment, *, key: str) -> None:
    """Something has changed for this person: look at their requests after the transaction, if there are any."""
    side = {"mentor": enrolment.pk} if enrolment.is_mentor else {"mentee": enrolment.pk}
    if Request.objects.live().filter(**side).exists():
        enqueue("matching.settle_requests", key=f"matching.settle:{enrolment.pk}:{key}", enrolment_id=enrolment.pk)


def settle(enrolment: Enrolment, *, at: datetime) -> int:
    """Close what cannot come about any more, each request in its own transaction; returns how many.

    A mentor without a place, or who is away: those who asked go on to their next choice. A mentee who found a mentor:
    everything of hers is closed. A mentee who paused or left: what is open is taken back, her list stays.
    """
    if enrolment.is_mentor:
        here = enrolment.status == Enrolment.Status.READY
        if here and enrolment.free_places:
            return 0
        because = Because.MENTOR_FULL if here else Because.MENTOR_UNAVAILABLE
        rows = Request.objects.open().filter(mentor=enrolment)
        return sum(_close(row, because, at=at) for row in rows.order_by("pk"))
    rows = Request.objects.filter(mentee=enrolment)
    if not enrolment.free_places:
        return sum(_close(row, Because.MENTEE_MATCHED, at=at) for row in rows.live().order_by("pk"))
    if enrolment.status != Enrolment.Status.READY:
        return sum(_take_back(row, at=at) for row in rows.open())
    return 0


def close_between(one: int, other: int, *, at: datetime) -> int:
    """Two people are kept apart: what one of them asked the other, or would ask next, is closed as if the mentor could not just
    now. Returns how many."""
    rows = Request.objects.live().filter(mentor__person__in=(one, other), mentee__person__in=(one, other))
    return sum(_close(row, Because.MENTOR_UNAVAILABLE, at=at) for row in rows.order_by("pk"))


@transaction.atomic
def _close(request: Request, because: str, *, at: datetime) -> bool:
    try:
        held = hold(request, *Request.LIVE)
    except RequestMovedOn:
        return False
    was_sent = held.is_open
    end(held, Status.SUPERSEDED, at=at, superseded_because=because)
    if was_sent:
        log(held, "closed", by=None, at=at)
        if because == Because.MENTEE_MATCHED:
            tell(held, "request_closed", to=held.mentor, at=at)
        else:
            ask_next_later(held)
    return True


@transaction.atomic
def _take_back(request: Request, *, at: datetime) -> bool:
    try:
        held = hold(request)
    except RequestMovedOn:
        return False
    end(held, Status.WITHDRAWN, at=at)
    log(held, "withdrawn", by=None, at=at)
    tell(held, "request_closed", to=held.mentor, at=at)
    return True
