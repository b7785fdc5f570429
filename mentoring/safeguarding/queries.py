"""Whom one has met here, and what waits at the desk of those who look after people."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from accounts.models import User
from mentoring.matching.models import Request
from mentoring.messaging.models import RoomMember
from mentoring.messaging.services import CARRIED
from mentoring.planning.models import Programme
from mentoring.relationships.models import Block, Relationship, RelationshipMember


def people_met(user: User) -> QuerySet[User]:
    """Everybody whom `user` shares or shared a conversation with, or who asked or was asked for mentoring. These may be kept
    away."""
    rooms = RoomMember.objects.filter(person=user, room__kind__in=CARRIED).values("room")
    seats = RoomMember.objects.filter(room__in=rooms).values("person")
    sent = Request.objects.exclude(status=Request.Status.DRAFT)
    asked = sent.filter(mentee__person=user).values("mentor__person")
    asking = sent.filter(mentor__person=user).values("mentee__person")
    met = Q(pk__in=seats) | Q(pk__in=asked) | Q(pk__in=asking)
    people: QuerySet[User] = User.objects.filter(met).exclude(pk=user.pk)
    return people


def programme_of_both(one: User, other: User) -> Programme | None:
    """The programme in which these two have to do with each other, the latest one."""
    theirs = RelationshipMember.objects.filter(person=other).values("relationship")
    shared = Relationship.objects.filter(members__person=one, pk__in=theirs).select_related("programme")
    latest = shared.order_by("-started_at", "-pk").first()
    if latest:
        return latest.programme
    asked = Q(mentor__person=one, mentee__person=other) | Q(mentor__person=other, mentee__person=one)
    request = Request.objects.filter(asked).select_related("programme").order_by("-pk").first()
    return request.programme if request else None


@dataclass(frozen=True)
class Apart:
    """Two people who are kept apart, and their relationship in the programme, if they have one."""

    block: Block
    relationship: int | None


def apart_for(user: User, programme: Programme) -> list[Apart]:
    """Whom `user` looks after as a coordinator of this programme: the latest first, in two queries."""
    blocks = Block.objects.visible_to(user).standing().filter(programme=programme).exclude(order=False, one=user)
    rows = list(blocks.select_related("one", "other", "by", "programme").order_by("-made_at", "-pk"))
    people = {pk for block in rows for pk in (block.one_id, block.other_id)}
    of: dict[int, dict[int, None]] = {}
    members = RelationshipMember.objects.filter(relationship__programme=programme, person__in=people)
    for person, relationship in members.order_by("-relationship").values_list("person", "relationship"):
        of.setdefault(person, {})[relationship] = None
    return [
        Apart(block, next((pk for pk in of.get(block.one_id, {}) if pk in of.get(block.other_id, {})), None))
        for block in rows
    ]
