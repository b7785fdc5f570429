"""A sign on a message instead of words."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from mentoring.messaging.models import Change, Message, Reaction
from mentoring.messaging.services.acting import Act, Done, changed, check_open, held
from mentoring.messaging.services.refusals import Conflict, NoSuchSign


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
