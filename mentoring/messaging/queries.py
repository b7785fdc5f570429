"""What is read about conversations."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext

from accounts.models import User
from core.sql import places
from core.text import listed
from mentoring.messaging.models import (
    ICONS,
    Attachment,
    Change,
    Draft,
    Mention,
    Message,
    Outgrowth,
    Reaction,
    Room,
    RoomMember,
    SavedMessage,
    Topic,
)
from mentoring.messaging.words import morning_of, parts, snippet
from mentoring.planning.models import FILE_KINDS, FILES_MEGABYTES, Enrolment, Programme
from mentoring.planning.rules import ACCEPTED
from mentoring.relationships.models import GoalStep
from mentoring.relationships.signals import Origin
from notifications.models import Rhythm

NEW_MESSAGE, CALLED = "messaging.message", "messaging.mention"
RINGS, MISSED_CALL, MEETS = "messaging.call", "messaging.missed_call", "messaging.meeting"
REPLY_REFUSED = "messaging.reply_refused"
HELD, HIDDEN = "messaging.held", "messaging.hidden"
"""The kinds of news."""

AUDIENCE_OF = {Enrolment.Role.MENTOR: Room.Audience.MENTORS, Enrolment.Role.MENTEE: Room.Audience.MENTEES}

PAGE = 50
MOST_CHANGES = 500
IN_SIGHT = 5
"""So many of the last messages are seen at once, on a phone too."""


@dataclass(frozen=True)
class RoomRow:
    """One conversation as one of its people sees it in the list."""

    room: Room
    others: list[User]
    last: Message | None
    unread: int


@dataclass(frozen=True)
class Sign:
    """One sign on a message, and who put it there."""

    sign: Reaction.Sign
    people: list[User]
    reader: User

    @property
    def icon(self) -> str:
        return ICONS[self.sign]

    @property
    def mine(self) -> bool:
        return self.reader in self.people

    @property
    def names(self) -> str:
        """Who, each name in its own direction; oneself the last."""
        names = [
            f"\N{FIRST STRONG ISOLATE}{each}\N{POP DIRECTIONAL ISOLATE}" for each in self.people if each != self.reader
        ]
        return listed([*names, gettext("You")] if self.mine else names)


@dataclass(frozen=True)
class Line:
    """One message as one reader sees it."""

    message: Message
    reader: User
    read: bool
    first_unread: bool = False
    saved: bool = False  # by the reader, for themselves
    alone: bool = False  # only messages of its topic stand around it

    @property
    def mine(self) -> bool:
        return self.message.sender_id == self.reader.pk

    @property
    def parts(self) -> list[tuple[str, str]]:
        return parts(self.message.body, [mention.words for mention in self.message.mentions.all()])

    @property
    def only_files(self) -> bool:
        """Whether its words are no more than the names of its files."""
        return says_only(self.message)

    @property
    def signs(self) -> list[Sign]:
        """All there are; those that nobody has put are empty."""
        found: dict[str, list[User]] = {}
        for each in sorted(self.message.reactions.all(), key=lambda reaction: reaction.pk):
            found.setdefault(each.sign, []).append(each.person)
        return [Sign(sign, found.get(sign, []), self.reader) for sign in Reaction.Sign]

    @property
    def signs_packed(self) -> str:
        """The same for the client: by sign who put it there, [id, name]."""
        told = {sign.sign.value: [(each.pk, str(each)) for each in sign.people] for sign in self.signs if sign.people}
        return json.dumps(told, ensure_ascii=False) if told else ""

    @property
    def quoted_url(self) -> str:
        """Where the quoted message stands: near by, or on a page of its own."""
        quoted = self.message.reply_to
        if quoted is None:
            return ""
        return f"#m{quoted.seq}" if self.message.seq - quoted.seq < PAGE // 2 and not self.alone else place(quoted.seq)

    @property
    def step(self) -> str:
        """Its words as they could stand in a goal."""
        return snippet(self.message.body)


@dataclass(frozen=True)
class Thread:
    lines: list[Line]
    older_before: int | None  # the sequence number to go on from, None at the beginning of the conversation
    read_seq: int  # how far all the others have read
    first_unread: int | None  # its sequence number, on this page or not
    jump: bool  # whether it is too far up to be seen from the end of the page

    @property
    def first_unread_url(self) -> str:
        """Where the unread begins, from the newest page."""
        here = any(line.first_unread for line in self.lines)
        return "#unread" if here or not self.first_unread else place(self.first_unread)


@dataclass(frozen=True)
class Where:
    """`head`: the last change of a room; `read`: how far all the others have read (0 in announcements, and when nobody else is
    there); `epoch`: the numbers of another epoch say nothing, for the room was restored from a backup since; `listens`: one
    only reads there; `rests`: one is kept apart from somebody there; `parted`: somebody is."""

    head: int
    read: int
    epoch: UUID
    listens: bool
    rests: bool
    parted: bool


def conversations(user: User) -> QuerySet[Any]:
    """The rooms of `user`, the latest first, each with `unread` and the id of its `last_message`."""
    own = RoomMember.objects.filter(room=OuterRef("pk"), person=user)
    mine = own.values(read=Coalesce("unread_after", "last_read_seq"))[:1]
    last = Message.objects.filter(room=OuterRef("pk")).order_by("-seq")
    unread = (
        Message.objects.filter(room=OuterRef("pk"), seq__gt=OuterRef("my_read"), deleted_at=None)
        .exclude(sender=user)
        .order_by()
        .values("room")
        .annotate(n=Count("pk"))
        .values("n")
    )
    rooms: QuerySet[Any] = (
        Room.objects.visible_to(user)
        .with_people()
        .annotate(my_read=Subquery(mine), last_message=Subquery(last.values("pk")[:1]))
        .annotate(unread=Coalesce(Subquery(unread), 0))
        .order_by(Coalesce(Subquery(last.values("created_at")[:1]), "created_at").desc(), "-pk")
    )
    return rooms


def room_rows(user: User, rooms: Iterable[Any] | None = None) -> list[RoomRow]:
    """`rooms` (from `conversations`; by default the latest 30) as rows of a list, in four queries."""
    rooms = list(conversations(user)[:30] if rooms is None else rooms)
    messages = Message.objects.select_related("sender", "call").in_bulk([room.last_message for room in rooms])
    return [
        RoomRow(room, room.others(user), last=messages.get(room.last_message), unread=room.unread) for room in rooms
    ]


_WHERE = """
    SELECT m.room_id, m.person_id, m.last_read_seq, r.last_seq, r.epoch, r.kind, m.office, m.rests_since,
        EXISTS (SELECT 1 FROM notifications_rhythm h WHERE h.person_id = m.person_id AND NOT h.tells_read)
    FROM messaging_roommember m JOIN messaging_room r ON r.id = m.room_id WHERE m.left_at IS NULL AND m.room_id IN ({})
"""


def where_they_are(asked: Sequence[tuple[int, Collection[int]]]) -> list[dict[int, Where]]:
    """For each (person, rooms) by id of the room, of those in which the person is present: one query for all of them."""
    members: dict[int, dict[int, int | None]] = {}
    listening: set[tuple[int, int]] = set()
    resting: set[tuple[int, int]] = set()
    rooms: dict[int, tuple[int, UUID]] = {}
    wanted = {room for _person, theirs in asked for room in theirs}
    for room, person, read, head, epoch, kind, office, rests_since, hides in _present(wanted):
        members.setdefault(room, {})[person] = 0 if kind == Room.Kind.NEWS else None if hides else read
        if kind == Room.Kind.NEWS and not office:
            listening.add((room, person))
        if rests_since:
            resting.add((room, person))
        rooms[room] = head, epoch if isinstance(epoch, UUID) else UUID(epoch)
    parted = {room for room, _person in resting}
    return [
        {
            room: Where(
                head=rooms[room][0],
                read=slowest(members[room], person),
                epoch=rooms[room][1],
                listens=(room, person) in listening,
                rests=(room, person) in resting,
                parted=room in parted,
            )
            for room in theirs
            if person in members.get(room, ())
        }
        for person, theirs in asked
    ]


def _present(rooms: Collection[int]) -> Sequence[Any]:
    """Everybody in these rooms, as in `_WHERE`."""
    if not rooms:
        return ()
    with connection.cursor() as cursor:
        cursor.execute(_WHERE.format(places(rooms)), [*rooms])
        rows: Sequence[Any] = cursor.fetchall()
    return rows


HIDES_READ = Exists(Rhythm.objects.filter(person=OuterRef("person"), tells_read=False))


def slowest(read: Mapping[int, int | None], reader: int) -> int:
    """How far all the others have read, as `reader` is told: nothing of those who keep it to themselves (None), or if they do."""
    if read.get(reader, 0) is None:
        return 0
    return min((seq or 0 for person, seq in read.items() if person != reader), default=0)


def heads_of(rooms: Collection[int], people: Collection[int]) -> dict[int, dict[int, tuple[int, UUID]]]:
    """By person: {room: its last change and its epoch}, of those rooms in which they are present."""
    found: dict[int, dict[int, tuple[int, UUID]]] = {}
    members = RoomMember.objects.filter(room__in=rooms, person__in=people, left_at=None)
    for person, room, head, epoch in members.values_list("person", "room", "room__last_seq", "room__epoch"):
        found.setdefault(person, {})[room] = head, epoch
    return found


def thread_of(room: Room, reader: User, *, before: int | None = None, topic: Topic | None = None) -> Thread:
    """One page of a conversation, or of one topic in it, the newest or the one before a sequence number, as `reader` sees it."""
    first = None if topic else first_unread(room, reader)
    read_seq = slowest(pointers_of([room.pk]).get(room.pk, {}), reader.pk)
    rows = room.messages.for_thread().order_by("-seq")
    if before is not None:
        rows = rows.filter(seq__lt=before)
    if topic is not None:
        rows = rows.filter(topic=topic)
    messages = list(rows[: PAGE + 1])
    more, messages = len(messages) > PAGE, with_files(messages[:PAGE][::-1])
    mine = SavedMessage.objects.visible_to(reader).filter(message__in=[m.pk for m in messages])
    saved = set(mine.values_list("message", flat=True))
    return Thread(
        lines=[
            Line(
                m, reader, m.seq <= read_seq, first_unread=m.seq == first, saved=m.pk in saved, alone=topic is not None
            )
            for m in messages
        ],
        older_before=messages[0].seq if more else None,
        read_seq=read_seq,
        first_unread=first,
        jump=first is not None and first not in [m.seq for m in messages[-IN_SIGHT:]],
    )


def first_unread(room: Room, reader: User) -> int | None:
    """The sequence number of the first message of others that counts as unread."""
    unread = Message.objects.unread_by(reader).filter(room=room)
    seq: int | None = unread.order_by("seq").values_list("seq", flat=True).first()
    return seq


def place(seq: int) -> str:
    """Where a message stands on a page of its conversation that has it in the middle."""
    return f"?before={seq + PAGE // 2}#m{seq}"


def url_of(message: Message) -> str:
    """Where it stands: on the newest page of its conversation (`room` loaded), or in the middle of an earlier one."""
    room, seq = message.room, message.seq
    return room.get_absolute_url() + (place(seq) if room.last_seq - seq >= PAGE else f"#m{seq}")


def topics_in(room: Room) -> QuerySet[Topic]:
    """All topics of a conversation, the open ones first, each with how many messages it has and when the last one was said."""
    topics: QuerySet[Topic] = Topic.objects.of_room(room)
    return topics


def unread_topic(room: Room, reader: User) -> Topic | None:
    """The open topic that all belongs to which `reader` has not read; None where anything else is unread, too."""
    topics = set(Message.objects.unread_by(reader).filter(room=room).values_list("topic", flat=True))
    return Topic.objects.filter(pk__in=topics, closed_at=None).first() if len(topics) == 1 else None


def pinned_in(room: Room) -> list[Message]:
    """The latest pin first. There are never many."""
    return list(room.messages.exclude(pin=None).order_by("-pin__at", "-pin__pk"))


def origins_of(things: Sequence[Any], reader: User) -> dict[Any, Origin]:
    """By step or session: the message it grew out of, where the reader may read it."""
    name = "step" if isinstance(things[0], GoalStep) else "session"
    messages = Message.objects.visible_to(reader).filter(deleted_at=None)
    grown = Outgrowth.objects.filter(**{f"{name}__in": things}, message__in=messages)
    rows = grown.select_related("message__room", "message__sender")
    messages_by_id = {getattr(row, f"{name}_id"): row.message for row in rows}
    return {
        thing: Origin(message.sender, url_of(message)) for thing in things if (message := messages_by_id.get(thing.pk))
    }


def pointers_of(rooms: Collection[int]) -> dict[int, dict[int, int | None]]:
    """By room: {person: how far they have read} of everybody present, for `slowest`. Of announcements nobody is told who has read
    them."""
    found: dict[int, dict[int, int | None]] = {}
    members = RoomMember.objects.filter(room__in=rooms, left_at=None).exclude(room__kind=Room.Kind.NEWS)
    for room, person, seq, hides in members.values_list("room", "person", "last_read_seq", HIDES_READ):
        found.setdefault(room, {})[person] = None if hides else seq
    return found


def changes_after(room_id: int, after: int, *, until: int | None = None, limit: int = MOST_CHANGES) -> list[Change]:
    """The changes of a room in order, from the one after `after` on; those up to `until`, where the room stood when it was
    found that the reader may read it, for they may have left before the next one."""
    found = Change.objects.filter(room=room_id, seq__gt=after)
    if until is not None:
        found = found.filter(seq__lte=until)
    changes = list(found.for_frames()[:limit])
    with_files([change.message for change in changes])
    return changes


def with_files(messages: list[Message]) -> list[Message]:
    """The messages, each with its `files` in the order they were added; one query."""
    rows = Attachment.objects.light().filter(message__in=messages, deleted_at=None).order_by("pk")
    by_message: dict[int, list[Attachment]] = {}
    for file in rows if messages else ():
        by_message.setdefault(file.message_id, []).append(file)
    for message in messages:
        message.files = by_message.get(message.pk, [])
    return messages


def names_of(files: Iterable[Attachment]) -> str:
    """What a message says that brings only files: lists, quotes and the search have words then, too."""
    return ", ".join(file.name for file in files)


def says_only(message: Message) -> bool:
    return bool(message.files) and message.body == names_of(message.files)


@dataclass(frozen=True)
class Limits:
    """What may be sent in a conversation."""

    megabytes: int
    kinds: list[str]

    @property
    def most_bytes(self) -> int:
        return self.megabytes * 1024 * 1024


def limits_of(room: Room) -> Limits:
    """As its programme says (`relationship__programme` loaded)."""
    programme = room.relationship.programme if room.relationship else room.programme
    if programme is None:
        return Limits(FILES_MEGABYTES, list(FILE_KINDS))
    return Limits(programme.files_megabytes, programme.file_kinds)


def unread_by_member(room: Room, *, until: datetime) -> list[tuple[RoomMember, User]]:
    """Members with something that was said before `until` and that they have neither read nor had in sight, each with who
    said the last of it."""
    said = (
        Message.objects.filter(
            room=OuterRef("room"),
            seq__gt=Greatest(OuterRef("last_read_seq"), OuterRef("last_delivered_seq")),
            created_at__lt=until,
            deleted_at=None,
        )
        .exclude(sender=OuterRef("person"))
        .order_by("-seq")
        .values("sender")[:1]
    )
    members = list(
        RoomMember.objects.filter(room=room, left_at=None, rests_since=None, person__is_active=True)
        .annotate(last_sender=Subquery(said))
        .exclude(last_sender=None)
        .select_related("person")
    )
    senders = User.objects.in_bulk([member.last_sender for member in members])
    return [(member, senders[member.last_sender]) for member in members]


def members_who_wait(room: int) -> QuerySet[RoomMember]:
    """Members with something in the room that they have not read; nothing waits for whom it rests."""
    said = Message.objects.filter(room=OuterRef("room"), seq__gt=OuterRef("last_read_seq"), deleted_at=None)
    present = RoomMember.objects.filter(room=room, left_at=None, rests_since=None)
    return present.filter(Exists(said.exclude(sender=OuterRef("person"))))


def rooms_where_seen(people: Collection[int]) -> dict[int, frozenset[int]]:
    """By person: the rooms they are in. Those who do not want to be seen are missing, and so are rooms where somebody is kept
    apart from somebody."""
    hidden = Rhythm.objects.filter(person__in=people, seen=False)
    found: dict[int, set[int]] = {person: set() for person in people}
    members = RoomMember.objects.filter(person__in=people, left_at=None).exclude(room__kind=Room.Kind.NEWS)
    apart = RoomMember.objects.filter(room=OuterRef("room"), left_at=None, rests_since__isnull=False)
    for person, room in members.exclude(Exists(apart)).values_list("person", "room"):
        found[person].add(room)
    for person in hidden.values_list("person", flat=True):
        found.pop(person, None)
    return {person: frozenset(rooms) for person, rooms in found.items()}


def unread_mentions(room: Room, *, until: datetime) -> list[Mention]:
    """Who was called before `until` and has neither read it nor had it in sight, each with the message and its sender."""
    seen = RoomMember.objects.filter(
        room=room, person=OuterRef("person"), left_at=None, rests_since=None, person__is_active=True
    )
    behind = seen.filter(last_read_seq__lt=OuterRef("message__seq"), last_delivered_seq__lt=OuterRef("message__seq"))
    said = Mention.objects.filter(message__room=room, message__created_at__lt=until, message__deleted_at=None)
    return list(said.filter(Exists(behind)).select_related("person", "message__sender").order_by("message__seq"))


def draft_of(room: int, person: int) -> str:
    """What `person` has begun to write there."""
    return drafts_of([(room, person)])[0]


def drafts_of(wanted: Sequence[tuple[int, int]]) -> list[str]:
    """What somebody has begun to write somewhere, for each (room, person)."""
    rooms, people = zip(*wanted, strict=True)
    rows = Draft.objects.filter(room__in=rooms, person__in=people).values_list("room", "person", "body")
    begun = {(room, person): body for room, person, body in rows}
    return [begun.get(each, "") for each in wanted]


def morning_there(room: Room, writer: User, *, now: datetime) -> datetime:
    """The next morning of the one who reads it; among several the writer's own. The room comes from `with_people`."""
    others = room.others(writer)
    reader = others[0] if len(others) == 1 else writer
    return morning_of(reader.zone, now=now)


def audience_of(programme: Programme, audience: str) -> set[int]:
    """Ids of those who take part now, of one role or of both."""
    there = Enrolment.objects.filter(programme=programme, status__in=ACCEPTED, person__is_active=True)
    if audience != Room.Audience.EVERYONE:
        there = there.filter(role=next(role for role, theirs in AUDIENCE_OF.items() if theirs == audience))
    return set(there.values_list("person", flat=True))


def announcements_of(programme: Programme) -> QuerySet[Message]:
    """What was announced in it, the latest first."""
    said = Message.objects.filter(room__programme=programme, room__kind=Room.Kind.NEWS, deleted_at=None)
    return said.select_related("sender", "room__programme").order_by("-created_at", "-pk")
