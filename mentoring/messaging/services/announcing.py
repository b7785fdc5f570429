"""The coordinators write to all who take part, and everybody may answer them privately."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from core.errors import NotAllowed
from mentoring.messaging.models import Message, Room, RoomMember
from mentoring.messaging.queries import ACCEPTED, AUDIENCE_OF, audience_of
from mentoring.messaging.services.refusals import NotAMember
from mentoring.messaging.services.sending import send_message
from mentoring.planning.models import Enrolment, Programme


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
    room = _room(programme, f"desk:{programme.pk}:{by.pk}", Room.Kind.DESK, at)
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


def _room(programme: Programme, key: str, kind: str, at: datetime, *, audience: str = "") -> Room:
    facts = {"institution_id": programme.institution_id, "programme": programme, "kind": kind}
    room, _is_new = Room.objects.get_or_create(key=key, defaults={**facts, "audience": audience, "created_at": at})
    return room


def _set_members(room: Room, readers: set[int], at: datetime) -> None:
    """Exactly `readers` and the coordinators of today. What was said before somebody came counts as read."""
    office = set(room.programme.coordinations.values_list("person", flat=True)) if room.programme else set()
    wanted = readers | office
    known = dict(room.members.values_list("person", "left_at"))
    start = {"joined_at": at, "joined_seq": room.last_seq, "last_read_seq": room.last_seq}
    RoomMember.objects.bulk_create(
        [RoomMember(room=room, person_id=pk, **start) for pk in sorted(wanted - known.keys())], ignore_conflicts=True
    )
    room.members.filter(person__in=[pk for pk in wanted if known.get(pk)]).update(left_at=None)
    room.members.filter(left_at=None, person__in=known.keys() - wanted).update(left_at=at)
    room.members.filter(person__in=office, office=False).update(office=True)
    room.members.filter(office=True).exclude(person__in=office).update(office=False)
