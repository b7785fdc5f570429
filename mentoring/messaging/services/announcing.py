"""The coordinators write to all who take part, and everybody may answer them privately."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import User
from core.errors import NotAllowed
from mentoring.messaging.models import Message, Room, RoomMember
from mentoring.messaging.queries import AUDIENCE_OF, audience_of
from mentoring.messaging.services.refusals import NotAMember
from mentoring.messaging.services.sending import send_message
from mentoring.planning.models import Enrolment, Programme
from mentoring.planning.rules import ACCEPTED


@transaction.atomic
def announce(programme: Programme, *, to: str, by: User, body: str, cid: UUID, at: datetime) -> Message:
    """Write to all of an audience (Room.Audience) of a programme; who reads it is put right first. The same `cid` again is once.

    Raises NotAllowed, EmptyMessage, TooLong, Conflict.
    """
    if not programme.coordinations.filter(person=by).exists():
        raise NotAllowed
    room = _room(programme, f"news:{programme.pk}:{to}", Room.Kind.NEWS, at, audience=to)
    _set_members(room, audience_of(programme, to), at)
    return send_message(room, by=by, cid=cid, body=body, at=at)


@transaction.atomic
def open_desk(news: Room, *, by: User, at: datetime) -> Room:
    """The conversation of one reader of announcements with the coordinators. Raises NotAMember."""
    programme = news.programme
    if programme is None or not news.members.filter(person=by, left_at=None).exists():
        raise NotAMember
    room = _room(programme, _desk_key(programme.pk, by.pk), Room.Kind.DESK, at)
    _set_members(room, {by.pk}, at)
    return room


@transaction.atomic
def leave_announcements(enrolment: Enrolment, *, at: datetime) -> None:
    """Who has left a programme reads its announcements no more, but for those of another role that is kept."""
    there = (*ACCEPTED, Enrolment.Status.COMPLETED)
    roles = Enrolment.objects.filter(programme=enrolment.programme, person=enrolment.person, status__in=there)
    read = {AUDIENCE_OF[Enrolment.Role(role)] for role in roles.values_list("role", flat=True)}
    kept = read | {Room.Audience.EVERYONE} if read else read
    news = RoomMember.objects.filter(room__programme=enrolment.programme, room__kind=Room.Kind.NEWS, office=False)
    news.filter(person=enrolment.person, left_at=None).exclude(room__audience__in=kept).update(left_at=at)


@transaction.atomic
def set_office(programme: Programme, *, at: datetime) -> None:
    """The coordinators of today read and write in what is announced and answered; who was one stays only where anybody of
    theirs reads, too. The number of queries does not grow with the rooms."""
    rooms = Room.objects.filter(programme=programme, kind__in=(Room.Kind.NEWS, Room.Kind.DESK))
    office = sorted(programme.coordinations.values_list("person", flat=True))
    RoomMember.objects.bulk_create(
        [RoomMember(room=room, person_id=pk, **_from_now(room, at)) for room in rooms for pk in office],
        ignore_conflicts=True,
    )
    members = RoomMember.objects.filter(room__in=rooms)
    members.filter(person__in=office).update(office=True, left_at=None)
    audiences = {to: audience_of(programme, to) for to in Room.Audience.values}
    former = members.filter(office=True).exclude(person__in=office).select_related("room")
    gone = [each.pk for each in former if not _reads(each, audiences)]
    RoomMember.objects.filter(pk__in=gone).update(office=False, left_at=at)
    former.update(office=False)


def _reads(member: RoomMember, audiences: Mapping[str, set[int]]) -> bool:
    """Whether they are in the room for themselves, not for the programme."""
    if member.room.kind == Room.Kind.NEWS:
        return member.person_id in audiences[member.room.audience]
    return member.room.key == _desk_key(member.room.programme_id, member.person_id)


def _desk_key(programme: int | None, person: int) -> str:
    return f"desk:{programme}:{person}"


def _from_now(room: Room, at: datetime) -> dict[str, Any]:
    """What was said before somebody came counts as read."""
    return {"joined_at": at, "joined_seq": room.last_seq, "last_read_seq": room.last_seq}


def _room(programme: Programme, key: str, kind: str, at: datetime, *, audience: str = "") -> Room:
    facts = {"institution_id": programme.institution_id, "programme": programme, "kind": kind}
    room, _is_new = Room.objects.get_or_create(key=key, defaults={**facts, "audience": audience, "created_at": at})
    return room


def _set_members(room: Room, readers: set[int], at: datetime) -> None:
    """Exactly `readers` and the coordinators of today."""
    office = set(room.programme.coordinations.values_list("person", flat=True)) if room.programme else set()
    wanted = readers | office
    known = dict(room.members.values_list("person", "left_at"))
    new = [RoomMember(room=room, person_id=pk, **_from_now(room, at)) for pk in sorted(wanted - known.keys())]
    RoomMember.objects.bulk_create(new, ignore_conflicts=True)
    room.members.filter(person__in=[pk for pk in wanted if known.get(pk)]).update(left_at=None)
    room.members.filter(left_at=None, person__in=known.keys() - wanted).update(left_at=at)
    room.members.filter(person__in=office, office=False).update(office=True)
    room.members.filter(office=True).exclude(person__in=office).update(office=False)
