"""Ringing somebody, and what becomes of it. Voices and pictures pass between the two browsers; here only the fact is kept."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from accounts.models import User
from core.jobs import enqueue
from core.realtime import publish
from mentoring.messaging.models import Call, Change, Message, Room, RoomMember
from mentoring.messaging.models.calls import BELIEVED, RINGS_FOR
from mentoring.messaging.queries import MEETS, MISSED_CALL, RINGS
from mentoring.messaging.services.acting import Act, changed
from mentoring.messaging.services.refusals import (
    CallIsOver,
    Conflict,
    InCall,
    NoCallHere,
    NotAMember,
    Resting,
    RoomClosed,
    TooManyCalls,
)
from mentoring.relationships.services import note_contacts
from notifications.models import Notification
from notifications.services import notify

MOST_UNANSWERED, WITHIN = 5, timedelta(minutes=10)
LOOKED_AFTER = timedelta(seconds=120)
SIGN = "☎"
"""What the trace of a call says where only words are shown."""
State = Call.State


def check_may_call(room: Room, person: User) -> None:
    """Raises NotAMember, RoomClosed, Resting, NoCallHere."""
    member = RoomMember.objects.filter(room=room, person=person, left_at=None).first()
    if member is None:
        raise NotAMember
    if room.closed_at:
        raise RoomClosed
    if member.rests_since:
        raise Resting
    if not person.has_perm("messaging.call", room):
        raise NoCallHere


@transaction.atomic
def place_call(room: Room, *, by: User, call_id: UUID, device: str, at: datetime) -> Call:
    """Ring the other one. The same `call_id` again is the same call; who rings somebody who rings them just now answers.

    Whoever is in another call does not hear it and finds it missed. Raises NotAMember, RoomClosed, Resting, NoCallHere, InCall,
    TooManyCalls, Conflict.
    """
    held = Room.objects.select_for_update().get(pk=room.pk)
    check_may_call(held, by)
    known: Call | None = Call.objects.with_people().filter(pk=call_id).first()
    if known:
        if known.message.room_id != held.pk or known.message.sender_id != by.pk:
            raise Conflict
        return known
    other = User.objects.get(room_memberships__room=held, room_memberships__left_at=None, pk__in=_others(held, by))
    if theirs := Call.objects.going_on(at).filter(message__room=held, callee=by, state=State.RINGING).first():
        return answer_call(theirs, by=by, device=device, at=at)
    if Call.objects.going_on(at).of(by).exists():
        raise InCall
    unanswered = Call.objects.filter(message__sender=by, message__created_at__gt=at - WITHIN, answered_at=None)
    if unanswered.count() >= MOST_UNANSWERED:
        raise TooManyCalls
    busy = Call.objects.going_on(at).of(other).exists()
    call = Call.objects.create(
        id=call_id,
        message=trace(held, by, call_id, at),
        callee=other,
        state=State.BUSY if busy else State.RINGING,
        caller_device=device,
        ended_at=at if busy else None,
        seen_at=at,
    )
    kind = MISSED_CALL if busy else RINGS
    notify(kind, to=other, key=f"{kind}:{call.pk}", at=at, url=held.get_absolute_url(), partner=str(by))
    if not busy:
        enqueue("messaging.watch_call", key=f"call:{call.pk}", due_at=at + RINGS_FOR, call_id=str(call.pk))
    publish("talk.call", call=str(call.pk))
    return call


def _others(room: Room, person: User) -> list[int]:
    return list(room.members.filter(left_at=None).exclude(person=person).values_list("person", flat=True))


def trace(room: Room, by: User, cid: UUID, at: datetime) -> Message:
    """The call's place in the conversation, which is locked."""
    Room.objects.filter(pk=room.pk).update(last_seq=F("last_seq") + 1)
    seq = room.last_seq + 1
    message = Message.objects.create(room=room, seq=seq, sender=by, cid=cid, body=SIGN, created_at=at)
    Change.objects.create(room=room, seq=seq, kind=Change.Kind.MESSAGE, message=message, actor=by, at=at)
    publish("talk.changed", rooms=[room.pk])
    return message


@transaction.atomic
def answer_call(call: Call, *, by: User, device: str, at: datetime) -> Call:
    """Talk, on this device: the others of the same person stop ringing. Whoever is in the call already moves it to this device.

    Raises NotAMember, RoomClosed, Resting, NoCallHere, CallIsOver, InCall.
    """
    relationship = call.message.room.relationship_id
    if by.pk == call.callee_id and relationship:
        note_contacts([relationship], at=at)  # its row before the room's, as everywhere
    held = _held(call)
    check_may_call(held.message.room, by)
    if held.ended_at or by.pk not in (held.callee_id, held.message.sender_id):
        raise CallIsOver
    if Call.objects.going_on(at).of(by).exclude(pk=held.pk).exists():
        raise InCall
    if by.pk == held.callee_id and held.state == State.RINGING:
        turn(held, State.LIVE, by, at, callee_device=device, answered_at=at, seen_at=at)
    else:
        mine = "callee_device" if by.pk == held.callee_id else "caller_device"
        setattr(held, mine, device)
        held.save(update_fields=[mine])
        publish("talk.call", call=str(held.pk))
    return held


@transaction.atomic
def decline_call(call: Call, *, by: User, at: datetime) -> Call:
    """Not now; nobody has to say why. What is over already stays as it is."""
    held = _held(call)
    if held.state == State.RINGING and by.pk == held.callee_id:
        turn(held, State.DECLINED, by, at, ended_at=at)
    return held


@transaction.atomic
def end_call(call: Call, *, by: User, at: datetime) -> Call:
    """Hang up; before anybody answered it was missed, or declined. What is over already stays as it is."""
    held = _held(call)
    if by.pk in (held.callee_id, held.message.sender_id):
        if held.state == State.RINGING and by.pk == held.callee_id:
            turn(held, State.DECLINED, by, at, ended_at=at)
        else:
            _end(held, by, at)
    return held


def keep_call(call: Call, *, by: User, at: datetime) -> None:
    """A side says that it is still there."""
    Call.objects.of(by).filter(pk=call.pk, ended_at=None).update(seen_at=at)


@transaction.atomic
def watch_call(call: Call, *, at: datetime) -> Call:
    """Nobody came to the phone, or both have gone without a word: then the call was over when it was last heard of. Of one
    elsewhere nobody has told the end."""
    held = _held(call)
    if held.outside:
        if held.state == State.LIVE:
            turn(held, State.UNTOLD, held.message.sender, at)
    elif held.state == State.RINGING:
        _end(held, held.message.sender, at)
    elif held.state == State.LIVE and held.seen_at <= at - BELIEVED:
        _end(held, held.message.sender, held.seen_at)
    elif held.state == State.LIVE:
        due_at = at + LOOKED_AFTER
        key = f"call:{held.pk}:{int(due_at.timestamp())}"
        enqueue("messaging.watch_call", key=key, due_at=due_at, call_id=str(held.pk))
    return held


@transaction.atomic
def end_calls_in(room: Room, *, at: datetime) -> None:
    """Cut off who talks there: the conversation closes, or one of the two may not be reached by the other any more."""
    for call in Call.objects.filter(message__room=room, ended_at=None):
        held = _held(call)
        _end(held, held.message.sender, at)


def _held(call: Call) -> Call:
    """The call as it is now, its room locked until commit."""
    Room.objects.select_for_update().get(messages__call=call.pk)
    now: Call = Call.objects.with_people().get(pk=call.pk)
    return now


def _end(call: Call, by: User, at: datetime) -> None:
    if call.state == State.LIVE:
        turn(call, State.TALKED, by, at, ended_at=max(at, call.began_at))
    elif call.state == State.RINGING:
        turn(call, State.MISSED, by, at, ended_at=at)


def turn(call: Call, state: State, by: User, at: datetime, **fields: Any) -> None:
    """The next state, as a change of the room; news of the ringing gives way to news of the missed call."""
    call.state = state
    for name, value in fields.items():
        setattr(call, name, value)
    call.save(update_fields=["state", *fields])
    changed(call.message, Act(Change.Kind.CALL, by, at), state=state.value)
    Notification.objects.filter(Q(key=f"{RINGS}:{call.pk}") | Q(key__startswith=f"{MEETS}:{call.pk}:")).delete()
    if state == State.MISSED and call.callee:
        url, partner = call.message.room.get_absolute_url(), str(call.message.sender)
        notify(MISSED_CALL, to=call.callee, key=f"{MISSED_CALL}:{call.pk}", at=at, url=url, partner=partner)
    if not call.outside:  # there no device of ours rings or talks
        publish("talk.call", call=str(call.pk))
