"""Calls in a programme's room elsewhere: that somebody went there stays in the conversation, and when it was over, where its
server says so."""

from datetime import datetime, timedelta
from uuid import uuid4

from django.db import transaction

from accounts.models import User
from core.jobs import enqueue
from mentoring.messaging.models import Call, Room, RoomMember
from mentoring.messaging.queries import MEETS
from mentoring.messaging.services.calls import State, trace, turn
from mentoring.messaging.services.refusals import NotAMember, Resting, RoomClosed
from mentoring.relationships.models import Relationship
from mentoring.relationships.services import note_contacts
from notifications.services import notify

GOES_ON = timedelta(hours=3)
"""So long people come into the same call, if its end is not told; afterwards it is another one."""


@transaction.atomic
def enter_elsewhere(relationship: Relationship, *, code: str, by: User, at: datetime) -> Call:
    """`by` goes into the room `code`: begins a call there, of which the others are told, or comes into the one that goes on. Two
    who meet are in contact.

    Raises NotAMember, RoomClosed, Resting.
    """
    if Call.objects.elsewhere(code).filter(state=State.LIVE).exclude(message__sender=by).exists():
        note_contacts([relationship.pk], at=at)  # its row before the room's, as everywhere
    room = Room.objects.select_for_update().filter(relationship=relationship).first()
    seat = RoomMember.objects.filter(room=room, person=by, left_at=None).first()
    if room is None or seat is None:
        raise NotAMember
    if room.closed_at:
        raise RoomClosed
    if seat.rests_since:
        raise Resting
    call: Call | None = Call.objects.with_people().elsewhere(code).filter(state=State.LIVE).first()
    if call is None:
        return _begin(room, code, by, at)
    if call.callee_id is None and by.pk != call.message.sender_id:
        call.callee = by
        call.save(update_fields=["callee"])
    return call


def _begin(room: Room, code: str, by: User, at: datetime) -> Call:
    call_id = uuid4()
    call: Call = Call.objects.create(
        id=call_id,
        message=trace(room, by, call_id, at),
        outside=code,
        state=State.LIVE,
        answered_at=at,
        seen_at=at,
    )
    others = User.objects.filter(room_memberships__room=room, room_memberships__left_at=None).exclude(pk=by.pk)
    for person in others.filter(room_memberships__room=room, room_memberships__rests_since=None).distinct():
        key = f"{MEETS}:{call.pk}:{person.pk}"
        notify(MEETS, to=person, key=key, at=at, url=room.get_absolute_url(), partner=str(by))
    enqueue("messaging.watch_call", key=f"call:{call.pk}", due_at=at + GOES_ON, call_id=str(call.pk))
    return call


@transaction.atomic
def end_elsewhere(code: str, *, begun_by: datetime, at: datetime) -> bool:
    """The call in the room `code` that had begun by `begun_by` is over. Whether that room is known here; told again, or of an
    earlier call, nothing changes."""
    known = Call.objects.elsewhere(code).values("message__room")
    room = Room.objects.select_for_update().filter(pk__in=known).first()
    if room is None:
        return False
    live = Call.objects.with_people().elsewhere(code).filter(state=State.LIVE, answered_at__lte=begun_by)
    for call in live:
        turn(call, State.TALKED, call.message.sender, at, ended_at=max(at, call.began_at))
    return True
