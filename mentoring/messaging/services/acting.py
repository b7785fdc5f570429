"""What is done to a message takes the next number of its room, like a message; and done twice by the same id, it is done once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F

from accounts.models import User
from core.realtime import publish
from mentoring.messaging.models import Change, Message, Room, RoomMember
from mentoring.messaging.services.refusals import Conflict, Deleted, NotAMember, OnlyReading, Resting, RoomClosed


@dataclass(frozen=True, slots=True)
class Done:
    """The message as it is now, and the change it took; no change where everything stood so already."""

    message: Message
    change: Change | None


@dataclass(frozen=True, slots=True)
class Act:
    """Something `by` does at `at`, under the id `cid` that their client gave it; forms have none."""

    kind: Change.Kind
    by: User
    at: datetime
    cid: UUID | None = None


def held(message: Message, act: Act) -> tuple[Message, Change | None]:
    """The message as it is now, its room locked until commit; and the change of the same act, when it was done before.

    Raises NotAMember, OnlyReading, Resting, and Conflict for the same `cid` with something else.
    """
    now = locked(message)
    room = now.room
    member = RoomMember.objects.filter(room=message.room_id, person=act.by, left_at=None).first()
    if member is None:
        raise NotAMember
    if room.kind == Room.Kind.NEWS and act.kind in (Change.Kind.REACT, Change.Kind.PIN, Change.Kind.TOPIC):
        raise OnlyReading  # who reads announcements is hidden from the others
    before = Change.objects.filter(actor=act.by, cid=act.cid).first() if act.cid else None
    if before and (before.message_id, before.kind) != (message.pk, act.kind):
        raise Conflict
    if member.rests_since and not before:
        raise Resting
    return now, before


def locked(message: Message) -> Message:
    """The message as it is now, its room locked until commit."""
    Room.objects.select_for_update().get(pk=message.room_id)
    return Message.objects.select_related("sender", "room", "topic").get(pk=message.pk)


def check_open(message: Message) -> None:
    """Raises RoomClosed, Deleted."""
    if message.room.closed_at:
        raise RoomClosed
    if message.deleted_at:
        raise Deleted


def changed(message: Message, act: Act, **data: Any) -> Done:
    """Write the act down as the next change of the room, which `held` or `locked` has locked."""
    room = Room.objects.filter(pk=message.room_id)
    room.update(last_seq=F("last_seq") + 1)
    change = Change.objects.create(
        room_id=message.room_id,
        seq=room.values_list("last_seq", flat=True).get(),
        kind=act.kind,
        message=message,
        actor=act.by,
        cid=act.cid,
        data=data,
        at=act.at,
    )
    publish("talk.changed", rooms=[message.room_id])
    return Done(message, change)
