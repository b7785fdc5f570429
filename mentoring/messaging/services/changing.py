"""Own words can be changed or taken back for a while."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from accounts.models import User
from core.errors import NotAllowed
from core.realtime import publish
from mentoring.messaging.models import Change, Message, Room, RoomMember
from mentoring.messaging.services.reading import take_back_news
from mentoring.messaging.services.refusals import Deleted, NotAMember, RoomClosed, TooLate
from mentoring.messaging.services.sending import checked
from mentoring.messaging.words import searchable

EDIT_WINDOW = timedelta(minutes=15)


@transaction.atomic
def edit_message(message: Message, *, by: User, body: str, at: datetime) -> Message:
    """Change one's own words for a quarter of an hour. The same words again change nothing.

    Raises NotAllowed, NotAMember, TooLate, Deleted, RoomClosed, EmptyMessage, TooLong.
    """
    text = checked(body)
    _check_own(message, by, at)
    if message.body != text:
        _change(message, Change.Kind.EDIT, by=by, at=at, body=text, body_norm=searchable(text), edited_at=at)
    return message


@transaction.atomic
def delete_message(message: Message, *, by: User, at: datetime) -> Message:
    """Take back one's own words for a quarter of an hour: the words go, the place stays. Raises as `edit_message`."""
    _check_own(message, by, at)
    _change(message, Change.Kind.DELETE, by=by, at=at, body="", body_norm="", deleted_at=at)
    take_back_news(message.room)
    return message


def _check_own(message: Message, by: User, at: datetime) -> None:
    if message.sender_id != by.pk:
        raise NotAllowed
    if not RoomMember.objects.filter(room=message.room_id, person=by, left_at=None).exists():
        raise NotAMember
    if message.deleted_at:
        raise Deleted
    if at - message.created_at > EDIT_WINDOW:
        raise TooLate


def _change(message: Message, kind: str, *, by: User, at: datetime, **fields: Any) -> None:
    room = Room.objects.filter(pk=message.room_id, closed_at=None)
    if not room.update(last_seq=F("last_seq") + 1):  # the row stays locked until commit: numbers appear in order
        raise RoomClosed
    if not Message.objects.filter(pk=message.pk, deleted_at=None).update(**fields):
        raise Deleted  # on another device, in the same moment
    message.refresh_from_db(fields=list(fields))
    seq = room.values_list("last_seq", flat=True).get()
    Change.objects.create(room_id=message.room_id, seq=seq, kind=kind, message=message, actor=by, at=at)
    publish("talk.changed", rooms=[message.room_id])
