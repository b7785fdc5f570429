"""Whom one has met here, and what waits at the desk of those who look after people."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from accounts.models import Belonging, Institution, User
from mentoring.matching.models import Request
from mentoring.messaging.models import Flag, Message, Room, RoomMember, ScheduledMessage
from mentoring.messaging.services import CARRIED
from mentoring.planning.models import Programme
from mentoring.relationships.models import Block, RelationshipMember
from mentoring.safeguarding.models import LASTS, Evidence, Reading, Report, between, rooms_near


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


def people_around(user: User) -> QuerySet[User]:
    """Those, whoever writes to `user` for a programme, and who read a conversation of theirs. These may be reported."""
    rooms = RoomMember.objects.filter(person=user).exclude(room__kind__in=CARRIED).values("room")
    office = RoomMember.objects.filter(room__in=rooms, office=True).values("person")
    readers = Reading.objects.told_to(user).values("asked_by")
    around = Q(pk__in=people_met(user)) | Q(pk__in=office) | Q(pk__in=readers)
    people: QuerySet[User] = User.objects.filter(around).exclude(pk=user.pk)
    return people


def programme_of_room(room: Room) -> Programme:
    """Every room is of a relationship or of a programme."""
    found = room.relationship.programme if room.relationship else room.programme
    assert found is not None  # noqa: S101
    return found


def handlers_of(programme: Programme, *, accused: User, reporter: User) -> tuple[str, list[User]]:
    """Whose desk a report goes to (Report.Desk), and the people there: the coordinators, or above them where one of them is
    accused or nobody else is left."""
    coordinators = list(programme.coordinators.filter(is_active=True).order_by("pk"))
    others = [person for person in coordinators if person not in (accused, reporter)]
    if accused not in coordinators and others:
        return Report.Desk.PROGRAMME, others
    held = User.objects.filter(
        belongings__institution=programme.institution_id,
        belongings__role=Belonging.Role.ADMINISTRATOR,
        is_active=True,
    )
    administrators = list(held.exclude(pk__in=(accused.pk, reporter.pk)).order_by("pk"))
    if administrators:
        return Report.Desk.INSTITUTION, administrators
    operators = User.objects.filter(is_superuser=True, is_active=True).exclude(pk__in=(accused.pk, reporter.pk))
    return Report.Desk.OPERATOR, list(operators.order_by("pk"))


def may_read(user: User, room: Room) -> bool:
    """Whether `user` may ask to read this conversation, asked again with every page: a coordinator of its programme who never
    was in it, has nothing between them and anybody in it, and shares no other conversation or request with one of them. So a
    refusal gives no wish and no report away."""
    if not Programme.objects.coordinated_by(user).filter(relationships__room=room).exists():
        return False
    met = people_met(user).filter(room_memberships__room=room)
    return not met.exists() and not rooms_near(user).filter(room=room).exists()


def seconds_for(room: Room, asker: User) -> QuerySet[User]:
    """Who could agree that `asker` reads this conversation: the other coordinators of its programme and the administrators of
    its institution, but nobody who is or was in it, or with whom and somebody in it there is something between."""
    programme = programme_of_room(room)
    members = RoomMember.objects.filter(room=room).values("person")
    office = Q(pk__in=programme.coordinators.values("pk")) | Q(
        belongings__institution=programme.institution_id, belongings__role=Belonging.Role.ADMINISTRATOR
    )
    others = User.objects.filter(office, is_active=True).exclude(Q(pk=asker.pk) | Q(pk__in=members) | between(members))
    people: QuerySet[User] = others.distinct().order_by("pk")
    return people


def looks_after(user: User) -> bool:
    """Whether reports could come to `user`."""
    coordinates = Programme.objects.coordinated_by(user).exists()
    return user.is_superuser or coordinates or Institution.objects.administered_by(user).exists()


def programme_of_both(one: User, other: User) -> Programme | None:
    """The programme in which these two have to do with each other: of what they carry together, the latest; else of a request,
    else of what one of them writes to the other for a programme; else of a conversation of `one` that `other` read."""
    theirs = RoomMember.objects.filter(person=other).values("room")
    shared = Room.objects.filter(members__person=one, pk__in=theirs).select_related(
        "relationship__programme", "programme"
    )
    rooms = list(shared.order_by("-pk"))
    if carried := [room for room in rooms if room.kind in CARRIED]:
        return programme_of_room(carried[0])
    asked = Q(mentor__person=one, mentee__person=other) | Q(mentor__person=other, mentee__person=one)
    request = Request.objects.filter(asked).select_related("programme").order_by("-pk").first()
    if request:
        return request.programme
    if rooms:
        return programme_of_room(rooms[0])
    reading = Reading.objects.told_to(one).filter(asked_by=other).for_rows().first()
    return programme_of_room(reading.room) if reading else None


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


def pairs_kept_apart(programme: Programme) -> set[int]:
    """Ids of relationships whose present members are kept apart now: that they are, never by whom."""
    here = RelationshipMember.objects.filter(left_at=None, relationship__programme=programme)
    return set(_pairs(here, Block.objects.standing().values_list("one", "other")))


def pairs_reported(programme: Programme) -> set[int]:
    """Ids of relationships within which something was reported and is not closed. What goes above the coordinators is not
    among them: they read these figures."""
    here = RelationshipMember.objects.filter(left_at=None, relationship__programme=programme)
    reports = Report.objects.open().filter(programme=programme, desk=Report.Desk.PROGRAMME)
    return set(_pairs(here, reports.values_list("reporter", "accused")))


def _pairs(members: QuerySet[RelationshipMember], pairs: Iterable[tuple[int, int]]) -> Iterator[int]:
    wanted = set(pairs)
    people: dict[int, list[int]] = {}
    concerned = {person for pair in wanted for person in pair}
    for relationship, person in members.filter(person__in=concerned).values_list("relationship", "person"):
        people.setdefault(relationship, []).append(person)
    for relationship, present in people.items():
        if any((a, b) in wanted for a in present for b in present):
            yield relationship


def shown_to(user: User, *, at: datetime) -> QuerySet[Message]:
    """Messages of others that `user` has a reason to read: a rule has found them, they were kept for a report that `user` works
    on, or stand in a conversation that `user` may read just now. A coordinator is shown nothing else."""
    flagged = Flag.objects.visible_to(user).values("message")
    kept = Evidence.objects.filter(report__in=Report.objects.handled_by(user)).values("message_id")
    begun = Reading.objects.at_desk_of(user).filter(asked_by=user, state=Reading.State.AGREED)
    rooms = begun.filter(opened_at__gt=at - LASTS).values("room")
    shown = Message.objects.filter(Q(pk__in=flagged) | Q(pk__in=kept) | Q(room__in=rooms))
    return shown.exclude(sender=user).select_related("sender", "room__relationship__programme", "room__programme")


def held_for(user: User, programme: Programme | None = None) -> QuerySet[ScheduledMessage]:
    """Messages that wait for `user` as a coordinator, of one programme or all."""
    held: QuerySet[ScheduledMessage] = ScheduledMessage.objects.held_for(user)
    if programme is not None:
        held = held.filter(Q(room__relationship__programme=programme) | Q(room__programme=programme))
    return held.select_related("person", "room__relationship__programme", "room__programme").order_by(
        "written_at", "pk"
    )
