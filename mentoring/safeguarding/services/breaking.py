"""Breaking the glass: one conversation of others is read for a stated reason, before two pairs of eyes; its people are told."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts.models import Belonging, Institution, User
from accounts.services import record
from core.errors import DomainError, NotAllowed
from core.jobs import enqueue
from mentoring.messaging.models import Message, Room, RoomMember
from mentoring.messaging.queries import with_files
from mentoring.safeguarding.models import Reading
from mentoring.safeguarding.queries import may_read, programme_of_room, seconds_for
from mentoring.safeguarding.services.reporting import KEPT
from notifications.services import notify

PAGE = 25
ALONE_TOLD_AFTER = timedelta(hours=24)
State = Reading.State


class TooNear(NotAllowed):
    code = "too_near"
    default = _(
        "Whoever knows one of the people in it does not read this conversation. If it has to be read, another coordinator"
        " can ask."
    )


class ReadingOver(DomainError):
    code = "reading_over"
    status = 409
    default = _("The time for this conversation is over. If you still need it, ask again.")


class AlreadyAnswered(DomainError):
    code = "already_answered"
    status = 409
    default = _("This has been answered, or taken back, in the meantime.")


@dataclass(frozen=True)
class Page:
    """Some messages of the conversation, the oldest first; `older_before` leads to the page before, None at its beginning."""

    messages: list[Message]
    older_before: int | None


@transaction.atomic
def ask_to_read(room: Room, *, reason: str, words: str, by: User, at: datetime) -> Reading:
    """Ask to read this conversation for an hour. Whoever could agree is told; where nobody could, it is agreed to at once, and
    those above hear of it a day later. Asked again while the first is open, it is the same. Raises TooNear.
    """
    if not may_read(by, room):
        raise TooNear
    for old in Reading.objects.open().filter(room=room, asked_by=by):
        end_reading(old, at=at)
    seconds = list(seconds_for(room, by))
    facts: dict[str, Any] = {"reason": reason, "words": words, "asked_at": at, "alone": not seconds}
    if not seconds:
        facts |= {"state": State.AGREED, "answered_at": at}
    reading, is_new = Reading.objects.filter(state__in=Reading.OPEN).get_or_create(
        room=room, asked_by=by, defaults=facts
    )
    if not is_new:
        return reading
    _note("reading.asked", reading, by, at, reason=reason)
    for second in seconds:
        _tell("safeguarding.reading_asked", second, reading, at)
    if reading.alone:
        due_at, key = at + ALONE_TOLD_AFTER, f"read-alone:{reading.pk}"
        enqueue("safeguarding.tell_read_alone", key=key, due_at=due_at, reading_id=reading.pk)
    _end_later(reading)
    return reading


@transaction.atomic
def answer_reading(reading: Reading, *, agrees: bool, answer: str, by: User, at: datetime) -> Reading:
    """A second person agrees or does not; who asked is told. Raises NotAllowed, AlreadyAnswered."""
    if not seconds_for(reading.room, reading.asked_by).filter(pk=by.pk).exists():
        raise NotAllowed
    if at >= reading.ends_at:
        raise AlreadyAnswered
    facts = {"state": State.AGREED if agrees else State.REFUSED, "answered_by": by, "answered_at": at, "answer": answer}
    if not agrees:
        facts["closed_at"] = at
    if not Reading.objects.filter(pk=reading.pk, state=State.ASKED).update(**facts):
        raise AlreadyAnswered
    reading.refresh_from_db()
    _note("reading.agreed" if agrees else "reading.refused", reading, by, at)
    _tell("safeguarding.reading_answered", reading.asked_by, reading, at)
    if agrees:
        _end_later(reading)
    return reading


@transaction.atomic
def read_page(reading: Reading, *, before: int | None, by: User, at: datetime) -> Page:
    """One page of the conversation, the newest or the one before a number. The hour begins with the first one; each is an event
    with the range it showed. Nothing of it reaches its people before they are told. Raises NotAllowed, TooNear, ReadingOver.
    """
    held = Reading.objects.select_for_update(of=("self",)).select_related("room").get(pk=reading.pk)
    if held.asked_by_id != by.pk:
        raise NotAllowed
    if not may_read(by, held.room):
        raise TooNear
    if not held.may_be_read(at):
        raise ReadingOver
    if held.opened_at is None:
        held.opened_at = at
        _note("reading.opened", held, by, at)
        _end_later(held)
        _tell_later(held)
    held.pages += 1
    held.save(update_fields=["opened_at", "pages"])
    rows = held.room.messages.select_related("sender", "call", "topic", "reply_to__sender").order_by("-seq")
    found = list((rows if before is None else rows.filter(seq__lt=before))[: PAGE + 1])
    shown = with_files(found[:PAGE][::-1])
    _note("reading.page", held, by, at, reason=f"{shown[0].seq}-{shown[-1].seq}" if shown else "empty")
    return Page(shown, shown[0].seq if len(found) > PAGE else None)


@transaction.atomic
def close_reading(reading: Reading, *, by: User, at: datetime) -> None:
    """Who asked takes it back, or has read enough. What is over stays as it is. Raises NotAllowed."""
    held = Reading.objects.select_for_update().get(pk=reading.pk)
    if held.asked_by_id != by.pk:
        raise NotAllowed
    _close(held, by, at)


@transaction.atomic
def end_reading(reading: Reading, *, at: datetime) -> None:
    """Nobody answered in three days, nobody opened it in one, or the hour is over; else nothing."""
    held = Reading.objects.select_for_update().get(pk=reading.pk)
    if at >= held.ends_at:
        _close(held, None, at)


def _close(reading: Reading, by: User | None, at: datetime) -> None:
    if reading.state in Reading.OPEN:
        reading.state = State.DROPPED if by and not reading.opened_at else State.OVER
        reading.closed_at = at
        reading.save(update_fields=["state", "closed_at"])
        _note("reading.over", reading, by, at)


@transaction.atomic
def tell_later(reading: Reading, *, days: int, why: str, by: User, at: datetime) -> None:
    """Its people are told `days` (1 to 27) after the usual time, for instance because it would endanger somebody. Whoever read
    does not decide that. Raises NotAllowed, AlreadyAnswered when they were told."""
    held = Reading.objects.select_for_update(of=("self",)).select_related("room", "asked_by").get(pk=reading.pk)
    if not seconds_for(held.room, held.asked_by).filter(pk=by.pk).exists():
        raise NotAllowed
    if held.told_at or not held.opened_at:
        raise AlreadyAnswered
    held.days_later, held.later_by, held.later_why = days, by, why
    held.save(update_fields=["days_later", "later_by", "later_why"])
    _note("reading.deferred", held, by, at, reason=f"{days} days")
    _tell_later(held)


@transaction.atomic
def tell_of_reading(reading: Reading, *, at: datetime) -> bool:
    """Tell everybody who was there when it was read, when the time has come; once. Returns whether they are told now."""
    held = Reading.objects.select_for_update().get(pk=reading.pk)
    if held.told_at or held.tell_at is None or at < held.tell_at:
        return False
    held.told_at = at
    held.save(update_fields=["told_at"])
    seats = RoomMember.objects.filter(room=held.room_id, joined_at__lte=held.opened_at)
    for seat in seats.exclude(left_at__lt=held.opened_at).select_related("person"):
        _tell("safeguarding.was_read", seat.person, held, at, page="reading_told")
    _note("reading.told", held, None, at)
    return True


@transaction.atomic
def tell_read_alone(reading: Reading, *, at: datetime) -> None:
    """A day later: whoever could agree by now, and the operators, hear that somebody was alone with it."""
    above = User.objects.filter(is_superuser=True, is_active=True).exclude(pk=reading.asked_by_id)
    for person in {*seconds_for(reading.room, reading.asked_by), *above}:
        if Reading.objects.at_desk_of(person).filter(pk=reading.pk).exists():
            _tell("safeguarding.read_alone", person, reading, at)


@transaction.atomic
def tell_months(*, at: datetime) -> int:
    """The administrators of each institution hear once what was asked for in the last month. Returns how many are told."""
    first, last = month_before(at.date())
    asked = Reading.objects.filter(asked_at__date__range=(first, last))
    houses = Institution.objects.filter(pk__in=asked.values("room__institution"))
    told = 0
    held = Belonging.objects.filter(institution__in=houses, role=Belonging.Role.ADMINISTRATOR).select_related("person")
    for seat in held:
        rows = asked.filter(room__institution=seat.institution_id) & Reading.objects.at_desk_of(seat.person)
        if many := rows.count():
            key = f"safeguarding.readings:{seat.institution_id}:{first:%Y-%m}:{seat.person_id}"
            url = f"{reverse('readings')}?month={first:%Y-%m}"
            news = notify("safeguarding.readings_month", to=seat.person, key=key, at=at, url=url, many=many)
            told += news is not None
    return told


def month_before(day: date) -> tuple[date, date]:
    """First and last day of the month before this day's."""
    last = day.replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last


def forget_readings(*, at: datetime) -> int:
    """After six years, like reports. Returns how many."""
    return Reading.objects.filter(asked_at__lt=at - KEPT).delete()[0]


def _note(action: str, reading: Reading, by: User | None, at: datetime, *, reason: str = "") -> None:
    """The event names the reading and not the conversation, so it tells nobody in it before the time."""
    record(action, by=by, at=at, target=reading, institution_id=reading.room.institution_id, reason=reason)


def _end_later(reading: Reading) -> None:
    due_at = reading.ends_at
    key = f"reading-ends:{reading.pk}:{int(due_at.timestamp())}"
    enqueue("safeguarding.end_reading", key=key, due_at=due_at, reading_id=reading.pk)


def _tell_later(reading: Reading) -> None:
    due_at = reading.tell_at
    assert due_at is not None  # noqa: S101
    key = f"reading-told:{reading.pk}:{int(due_at.timestamp())}"
    enqueue("safeguarding.tell_of_reading", key=key, due_at=due_at, reading_id=reading.pk)


def _tell(kind: str, to: User, reading: Reading, at: datetime, *, page: str = "reading") -> None:
    with translation.override(to.language):
        name = str(programme_of_room(reading.room))
    url = reverse(page, args=[reading.pk])
    notify(kind, to=to, key=f"{kind}:{reading.pk}:{to.pk}", at=at, url=url, programme=name)
