"""Who is kept apart from somebody in a conversation, or lacks somebody there who is suspended, does not write there. The fact
stands on the seat of each, so that saying something costs nothing more."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from accounts.models import User
from core.realtime import publish
from mentoring.messaging.models import Room, RoomMember
from mentoring.messaging.services.calls import end_calls_in
from mentoring.messaging.services.reading import take_back_news
from mentoring.messaging.services.refusals import NotAMember, Resting
from mentoring.planning.models import Enrolment
from mentoring.relationships.queries import apart_among
from mentoring.relationships.services import end_meeting

CARRIED = (Room.Kind.PAIR, Room.Kind.GROUP)


def check_speaks(room: Room, by: User) -> None:
    """Raises NotAMember, Resting."""
    member = RoomMember.objects.filter(room=room, person=by, left_at=None).first()
    if member is None:
        raise NotAMember
    if member.rests_since:
        raise Resting


@transaction.atomic
def set_rest(rooms: Collection[int], *, at: datetime) -> None:
    """Put right who may not write in these rooms; a room of the programme's office is none of them, it stays open for help.

    Of two who are kept apart neither writes to the other. In a circle the one who wished it goes on, and by order neither.
    Where somebody is suspended whom it needs, nobody writes. What waits to be told to those who rest is not told any more.
    """
    for room in Room.objects.select_for_update().filter(pk__in=rooms, kind__in=CARRIED).order_by("pk"):
        seats = room.members.filter(left_at=None)
        people = set(seats.values_list("person", flat=True))
        still = set(people) if room.relationship and room.relationship.lacks_somebody else set()
        for one, other, by_order in apart_among(people):
            still |= {one, other} if by_order or len(people) == 2 else {other}
        changed = seats.filter(person__in=still, rests_since=None).update(rests_since=at)
        changed += seats.filter(rests_since__isnull=False).exclude(person__in=still).update(rests_since=None)
        if changed:
            if len(people - still) < 2:
                end_calls_in(room, at=at)
                if room.relationship:
                    end_meeting(room.relationship, at=at)
            take_back_news(room)
            publish("talk.rests", rooms=[room.pk])


def rest_with(enrolment: Enrolment, *, at: datetime) -> None:
    """After somebody was suspended or taken back."""
    theirs = Room.objects.filter(relationship__members__enrolment=enrolment)
    set_rest(list(theirs.values_list("pk", flat=True)), at=at)


def rest_between(one: User, other: User, *, at: datetime) -> None:
    """After something that keeps these two apart began or ended."""
    theirs = RoomMember.objects.filter(person=other, left_at=None, room__kind__in=CARRIED).values("room")
    shared = RoomMember.objects.filter(person=one, left_at=None, room__in=theirs)
    set_rest(list(shared.values_list("room", flat=True)), at=at)
