"""A sign on a message instead of words; what all should find again, and what one keeps for oneself."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from mentoring.messaging.models import Change, Message, Outgrowth, Pin, Reaction, RoomMember, SavedMessage
from mentoring.messaging.services.acting import Act, Done, changed, check_open, held
from mentoring.messaging.services.refusals import Conflict, Deleted, NoSuchSign, NotAMember, TooManyPins
from mentoring.relationships.models import GoalStep, Relationship, Session

MOST_PINS = 50


@transaction.atomic
def react(message: Message, *, by: User, sign: str, on: bool, at: datetime, cid: UUID | None = None) -> Done:
    """Put a sign on a message or take it away; what stands so already changes nothing.

    Raises NoSuchSign, NotAMember, Deleted, RoomClosed, Conflict.
    """
    if sign not in Reaction.Sign.values:
        raise NoSuchSign
    act = Act(Change.Kind.REACT, by, at, cid)
    now, before = held(message, act)
    if before:
        if before.data != {"sign": sign, "on": on}:
            raise Conflict
        return Done(now, before)
    check_open(now)
    if not _set(now, by, sign, on, at):
        return Done(now, None)
    return changed(now, act, sign=sign, on=on)


def _set(message: Message, by: User, sign: str, on: bool, at: datetime) -> bool:
    """Whether that changed anything; the room is locked, so nobody comes between."""
    if on:
        _row, is_new = Reaction.objects.get_or_create(message=message, person=by, sign=sign, defaults={"at": at})
        return is_new
    return bool(Reaction.objects.filter(message=message, person=by, sign=sign).delete()[0])


@transaction.atomic
def pin(message: Message, *, by: User, on: bool, at: datetime, cid: UUID | None = None) -> Done:
    """Pin a message for all of the conversation, or take the pin away; any of its people may.

    Raises NotAMember, Deleted, RoomClosed, Conflict, TooManyPins.
    """
    act = Act(Change.Kind.PIN, by, at, cid)
    now, before = held(message, act)
    if before:
        if before.data != {"on": on}:
            raise Conflict
        return Done(now, before)
    check_open(now)
    pins = Pin.objects.filter(message__room=now.room_id)
    if on == pins.filter(message=now).exists():
        return Done(now, None)
    if not on:
        pins.filter(message=now).delete()
    elif pins.count() < MOST_PINS:
        Pin.objects.create(message=now, person=by, at=at)
    else:
        raise TooManyPins
    return changed(now, act, on=on)


def save(message: Message, *, by: User, on: bool, at: datetime) -> None:
    """Keep a message for oneself, or no longer. Raises NotAMember, Deleted."""
    if not on:
        SavedMessage.objects.filter(message=message, person=by).delete()
        return
    if not RoomMember.objects.filter(room=message.room_id, person=by, left_at=None).exists():
        raise NotAMember
    if message.deleted_at:
        raise Deleted
    SavedMessage.objects.get_or_create(message=message, person=by, defaults={"at": at})


def note_outgrowth(
    origin: str,
    relationship: Relationship,
    *,
    by: User,
    at: datetime,
    step: GoalStep | None = None,
    session: Session | None = None,
) -> None:
    """Keep which message a step or a session came from: `origin` is "message:7". What is no message of theirs is ignored."""
    kind, _colon, number = origin.partition(":")
    if kind != "message" or not number.isdecimal() or len(number) > 18:
        return
    message = Message.objects.visible_to(by).filter(pk=int(number), room__relationship=relationship).first()
    if message is not None:
        Outgrowth.objects.create(message=message, step=step, session=session, at=at)
