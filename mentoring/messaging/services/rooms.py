"""Conversations begin, take people in and close with their relationship."""

from collections.abc import Collection
from datetime import datetime
from uuid import uuid4

from django.db import transaction

from accounts.models import User
from core.realtime import publish
from mentoring.messaging.models import Room, RoomMember
from mentoring.messaging.services.calls import end_calls_in
from mentoring.messaging.services.reading import take_back_news
from mentoring.messaging.services.resting import set_rest
from mentoring.relationships.models import Relationship, RelationshipMember


@transaction.atomic
def open_room(relationship: Relationship, *, at: datetime) -> Room:
    """The conversation of a relationship, with all its present members; once, however often it is asked."""
    room, _is_new = Room.objects.get_or_create(
        relationship=relationship,
        defaults={"institution_id": relationship.programme.institution_id, "created_at": at},
    )
    people = list(relationship.members.filter(left_at=None).values_list("person_id", flat=True))
    RoomMember.objects.bulk_create(
        [RoomMember(room=room, person_id=person, joined_at=at) for person in people], ignore_conflicts=True
    )
    _set_kind(room)
    set_rest([room.pk], at=at)
    return room


@transaction.atomic
def join_room(member: RelationshipMember, *, at: datetime) -> Room:
    """Let a new member of a circle into its conversation, or one who had left it. What was said before counts as read."""
    room = open_room(member.relationship, at=at)
    here = RoomMember.objects.filter(room=room, person=member.person_id)
    back = here.exclude(left_at=None).update(left_at=None, joined_at=at)
    here.filter(joined_at=at).update(joined_seq=room.last_seq, last_read_seq=room.last_seq)
    if back:
        _set_kind(room)
        set_rest([room.pk], at=at)
    return room


@transaction.atomic
def leave_room(relationship: Relationship, person: User, *, at: datetime) -> None:
    """A circle goes on without one of its mentees."""
    for room in Room.objects.select_for_update(of=("self",)).filter(relationship=relationship):
        room.members.filter(person=person, left_at=None).update(left_at=at)
        _set_kind(room)
        set_rest([room.pk], at=at)
        take_back_news(room)


def _set_kind(room: Room) -> None:
    many = room.members.filter(left_at=None).count() > 2
    Room.objects.filter(pk=room.pk).update(kind=Room.Kind.GROUP if many else Room.Kind.PAIR)


@transaction.atomic
def close_room(relationship: Relationship, *, at: datetime) -> None:
    """Nothing more is said; what was said stays readable. Who talks there just now is cut off."""
    for room in Room.objects.filter(relationship=relationship, closed_at=None):
        end_calls_in(room, at=at)
    Room.objects.filter(relationship=relationship, closed_at=None).update(closed_at=at)


@transaction.atomic
def reopen_room(relationship: Relationship) -> None:
    Room.objects.filter(relationship=relationship).update(closed_at=None, emptied_at=None)


@transaction.atomic
def begin_epoch(rooms: Collection[int] | None = None) -> int:
    """Where words are gone without a change of their own: clients forget what they know of these rooms, of all after a backup was
    restored, and read them anew. Returns how many there are."""
    if rooms is None:
        return Room.objects.update(epoch=uuid4())
    publish("talk.anew", rooms=list(rooms))
    return Room.objects.filter(pk__in=rooms).update(epoch=uuid4())
