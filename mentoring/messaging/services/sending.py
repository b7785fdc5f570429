"""Saying something. Whatever waits is committed together: a hundred messages cost little more than one."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import F

from accounts.models import User
from core.errors import DomainError
from core.jobs import Order, enqueue_all
from core.realtime import publish
from core.sql import places
from mentoring.messaging.models import Change, Message, Room, RoomMember, Topic
from mentoring.messaging.services.attaching import FilesToSend
from mentoring.messaging.services.calling import note_mentions
from mentoring.messaging.services.refusals import (
    Conflict,
    Held,
    NotAMember,
    OnlyReading,
    Resting,
    RoomClosed,
    TopicClosed,
)
from mentoring.messaging.services.running import NotPrepared, keep_running, prepare, rooms_with_news
from mentoring.messaging.services.wanted import Name, Send, Sent, checked
from mentoring.messaging.services.watching import Watch, hold, mark, watches_of
from mentoring.messaging.words import searchable
from mentoring.relationships.services import note_contacts

TELL_EVERY_S = 30
TRIES = 3
_SAY = """
    INSERT INTO messaging_message (room_id, seq, sender_id, cid, body, body_norm, reply_to_id, topic_id, created_at)
    VALUES {} RETURNING id
"""
_NOTE = """
    INSERT INTO messaging_change (room_id, seq, kind, message_id, actor_id, data, at)
    SELECT room_id, seq, %s, id, sender_id, %s, created_at FROM messaging_message WHERE id IN ({})
"""


@dataclass(slots=True)
class Head:
    seq: int
    open: bool


def send_message(
    room: Room,
    *,
    by: User,
    cid: UUID,
    body: str,
    at: datetime,
    reply_to: Message | None = None,
    files: Sequence[UUID] = (),
    topic: Topic | None = None,
) -> Message:
    """Say something; as `say`."""
    quoted, of = reply_to.pk if reply_to else None, topic.pk if topic else None
    return say(Send(room.pk, by, cid, body, quoted, tuple(files), topic=of), at=at)


def say(send: Send, *, at: datetime) -> Message:
    """Say something. Sending the same `cid` again is sending once: the first message comes back, nothing is added.

    Raises EmptyMessage, TooLong, RoomClosed, TopicClosed, NotAMember, Resting, Held, FileNotReady, TooManyFiles, and Conflict for
    the same `cid` with other words.
    """
    with transaction.atomic():
        sent = send_all([send], at=at)
        if sent.new:
            publish("talk.changed", rooms=[send.room_id])
    (outcome,) = sent.outcomes
    if isinstance(outcome, DomainError):
        raise outcome
    return outcome


def send_all(sends: Sequence[Send], *, at: datetime, asked: Collection[str] = ()) -> Sent:
    """Commit what many people say, in a number of queries that does not grow with them.

    A refused one is an outcome of its own and harms no other. Who calls tells the listeners. `asked` are keys of jobs that
    are known to be written down already: conversations that are under way. Outside of a transaction plain words are kept by one
    statement on PostgreSQL.
    """
    if connection.vendor == "postgresql" and not connection.in_atomic_block:
        return _with_running(sends, at, asked)
    return _committed(sends, at, asked)


def _with_running(sends: Sequence[Send], at: datetime, asked: Collection[str]) -> Sent:
    # A room keeps its order, so all of its messages go the longer way with one that quotes, calls somebody, answers in a
    # topic or brings files.
    longer = {
        send.room_id
        for send in sends
        if send.reply_to is not None or send.topic is not None or send.files or "@" in send.body
    }
    plain = {send.room_id for send in sends} - longer
    begun = {room for room in plain if _key(room, at) in asked}
    sent = Sent(present={})
    try:
        try:
            kept = _kept(sends, begun, plain - begun, at, sent)
        except NotPrepared:
            prepare()
            kept = _kept(sends, begun, plain - begun, at, sent)
    except (IntegrityError, NotPrepared):  # the same id over another process in this instant; a line lent by a pooler
        kept, sent = {}, Sent(present={})
    rest = [send for place, send in enumerate(sends) if place not in kept]
    others = _committed(rest, at, asked) if rest else Sent(present={})
    outcomes = iter(others.outcomes)
    sent.outcomes = [kept.get(place) or next(outcomes) for place in range(len(sends))]
    sent.new = [*kept.values(), *others.new]
    sent.asked |= others.asked
    sent.present |= others.present
    sent.parted |= others.parted
    return sent


def _kept(sends: Sequence[Send], begun: set[int], first: set[int], at: datetime, sent: Sent) -> dict[int, Message]:
    """What one statement can keep, by its place. With the first words of a room in a half minute it is noted that there was
    contact, and that whoever has not read is to be told; where a programme has rules about words they go the longer way."""
    if not first:
        return keep_running(sends, begun, at=at, sent=sent) if begun else {}
    with transaction.atomic():
        news = rooms_with_news(sends, first)
        note_contacts({relationship for relationship in news.values() if relationship}, at=at)
        kept = keep_running(sends, begun | news.keys(), at=at, sent=sent)
        sent.asked = _tell_later({message.room_id for message in kept.values()} & news.keys(), at, ())
    return kept


def _committed(sends: Sequence[Send], at: datetime, asked: Collection[str]) -> Sent:
    """In one transaction."""
    for left in reversed(range(TRIES)):
        try:
            with transaction.atomic():
                return _commit(sends, at, asked)
        except IntegrityError:  # somebody sent the same id over another process in this instant: now it can be seen
            if not left:
                raise
    raise AssertionError("unreachable")


def _commit(sends: Sequence[Send], at: datetime, asked: Collection[str]) -> Sent:
    present, relationships, listening, resting = _people({send.room_id for send in sends})
    known, quoted, topics = _said_before(sends), _quoted(sends), _topics(sends)
    files = FilesToSend(sends, known)
    texts = [
        OnlyReading() if (send.room_id, send.by.pk) in listening else _allowed(send, present, quoted, topics, files)
        for send in sends
    ]
    texts = [
        Resting() if isinstance(text, str) and (s.room_id, s.by.pk) in resting and s.name not in known else text
        for s, text in zip(sends, texts, strict=True)
    ]
    watches = watches_of(present)
    texts = [
        _watched(s, text, files.words(s), watches, at) if isinstance(text, str) and s.name not in known else text
        for s, text in zip(sends, texts, strict=True)
    ]
    fresh = [s for s, text in zip(sends, texts, strict=True) if isinstance(text, str) and s.name not in known]
    rooms = _held({send.room_id for send in fresh}, relationships, at)
    topics = _topics(fresh)  # as they are now: whoever closes one holds the room
    sent = Sent(present=present, parted={room for room, _person in resting})
    for send, text in zip(sends, texts, strict=True):
        try:
            if isinstance(text, DomainError):
                raise text
            message = known.get(send.name)
            if message is None:
                about = quoted.get(send.reply_to or 0), topics.get(send.topic or 0)
                message = known[send.name] = _next(rooms[send.room_id], send, text, *about, at)
                sent.new.append(message)
            else:
                _check_same(message, send, text)
            sent.outcomes.append(message)
        except DomainError as refusal:
            sent.outcomes.append(refusal)
    if sent.new:
        _write(sent.new)
        note_mentions(sent.new, present)
        files.attach(sent.new)
        mark(sent.new, watches, at=at)
        sent.asked = _tell_later({message.room_id for message in sent.new}, at, asked)
        # Where a programme has rules, nothing takes the short way: there they are not known.
        sent.asked -= {_key(room, at) for room in watches}
    return sent


def _watched(send: Send, text: str, names: str, watches: Mapping[int, Watch], at: datetime) -> str | DomainError:
    """The words, or that they wait for a coordinator."""
    watch = None if send.released else watches.get(send.room_id)
    found = watch.look(text, names) if watch else None
    if found is None or not found.holds:
        return text
    hold(send, text, found.rule, at=at)
    return Held(rule=found.rule)


def _people(
    rooms: set[int],
) -> tuple[dict[int, set[int]], dict[int, int], set[tuple[int, int]], set[tuple[int, int]]]:
    """Who is in each room now, the relationship that an open room belongs to; who only reads, and who is kept apart from
    somebody there: (room, person)."""
    present: dict[int, set[int]] = {}
    relationships = {}
    listening, resting = set(), set()
    members = RoomMember.objects.filter(room__in=rooms, left_at=None)
    of_room = "room__relationship", "room__closed_at", "room__kind"
    for room, person, office, rests_since, relationship, closed_at, kind in members.values_list(
        "room", "person", "office", "rests_since", *of_room
    ):
        present.setdefault(room, set()).add(person)
        if relationship and not closed_at:
            relationships[room] = relationship
        if kind == Room.Kind.NEWS and not office:
            listening.add((room, person))
        if rests_since:
            resting.add((room, person))
    return present, relationships, listening, resting


def _allowed(
    send: Send,
    present: dict[int, set[int]],
    quoted: dict[int, Message],
    topics: dict[int, Topic],
    files: FilesToSend,
) -> str | DomainError:
    """The words as they are kept, or why they are not."""
    try:
        if send.by.pk not in present.get(send.room_id, ()):
            raise NotAMember
        if send.reply_to is not None and (send.reply_to not in quoted or quoted[send.reply_to].room_id != send.room_id):
            raise NotAMember
        if send.topic is not None and (send.topic not in topics or topics[send.topic].root.room_id != send.room_id):
            raise NotAMember
        files.take(send)
        return checked(send.body if send.body.strip() else files.words(send))
    except DomainError as refusal:
        return refusal


def _held(wanted: set[int], relationships: dict[int, int], at: datetime) -> dict[int, Head]:
    """The heads of the rooms with their rows locked, so that numbers appear in order and without gaps.

    First the relationships, then the rooms, each in order of their ids: closing takes them in the same order.
    """
    if not wanted:
        return {}
    note_contacts({relationships[room] for room in wanted if room in relationships}, at=at)
    rows = Room.objects.select_for_update().filter(pk__in=wanted).order_by("pk")
    return {pk: Head(seq, closed_at is None) for pk, seq, closed_at in rows.values_list("pk", "last_seq", "closed_at")}


def _next(head: Head, send: Send, text: str, quoted: Message | None, topic: Topic | None, at: datetime) -> Message:
    if not head.open:
        raise RoomClosed
    if topic and topic.closed_at:
        raise TopicClosed
    head.seq += 1
    about: dict[str, Any] = {"reply_to": quoted, "topic": topic}
    return Message(room_id=send.room_id, seq=head.seq, sender=send.by, cid=send.cid, body=text, created_at=at, **about)


def _said_before(sends: Sequence[Send]) -> dict[Name, Message]:
    """Asked by pairs: two lists would be looked through crosswise, forty thousand places for two hundred sends."""
    names = {send.name for send in sends}
    pairs = ", ".join(["(%s, %s)"] * len(names))
    where = f"(messaging_message.sender_id, messaging_message.cid) IN (VALUES {pairs})"
    values = [value for sender, cid in names for value in (sender, _stored_uuid(cid))]
    found = Message.objects.extra(where=[where], params=values)  # noqa: S610 - places only
    return {(message.sender_id, message.cid): message for message in found}


def _quoted(sends: Sequence[Send]) -> dict[int, Message]:
    """The quoted messages by id, each with who said it."""
    wanted = {send.reply_to for send in sends if send.reply_to is not None}
    return Message.objects.select_related("sender").in_bulk(wanted) if wanted else {}


def _topics(sends: Sequence[Send]) -> dict[int, Topic]:
    """The topics that are answered in, by id; nothing is asked where nobody does."""
    wanted = {send.topic for send in sends if send.topic is not None}
    return Topic.objects.select_related("root").in_bulk(wanted) if wanted else {}


def _said_in(message: Message) -> int | None:
    """The topic that it was said in; not one that it has begun since."""
    return None if message.topic and message.topic.root_id == message.pk else message.topic_id


def _check_same(known: Message, send: Send, text: str) -> None:
    """What was edited or deleted since cannot be compared and counts as the same."""
    untouched = known.edited_at is None and known.deleted_at is None
    said = known.body, known.reply_to_id, _said_in(known)
    if known.room_id != send.room_id or (untouched and said != (text, send.reply_to, send.topic)):
        raise Conflict


def _write(new: Sequence[Message]) -> None:
    """The heads of the rooms, the messages and their changes."""
    for many, rooms in _rooms_by_count(new).items():
        Room.objects.filter(pk__in=rooms).update(last_seq=F("last_seq") + many)
    _insert(new)


def _tell_later(rooms: set[int], at: datetime, asked: Collection[str]) -> set[str]:
    """One job per room and half minute, 20 to 50 seconds later; what was read by then is not told. Returns their keys."""
    keys = {_key(room, at): room for room in sorted(rooms)}
    orders = []
    for key, room in keys.items():
        if key not in asked:
            until = datetime.fromtimestamp(_half_minute(room, at), tz=at.tzinfo)
            due_at = until + timedelta(seconds=20)
            orders.append(Order(key, {"room_id": room, "until": until.isoformat()}, due_at))
    if orders:
        enqueue_all("messaging.tell", orders)
    return set(keys)


def _half_minute(room: int, at: datetime) -> int:
    """When the half minute of `at` ends in this room, in seconds since 1970: everywhere at another moment, so that not all talks
    take the longer way in the same one."""
    return int((at.timestamp() + room % TELL_EVERY_S) // TELL_EVERY_S + 1) * TELL_EVERY_S - room % TELL_EVERY_S


def _key(room: int, at: datetime) -> str:
    return f"tell:{room}:{_half_minute(room, at)}"


def _insert(new: Sequence[Message]) -> None:
    """Messages and their changes in two statements. `bulk_create` would spend more on its objects than the rest of a send."""
    rows = ", ".join(["(%s, %s, %s, %s, %s, %s, %s, %s, %s)"] * len(new))
    with connection.cursor() as cursor:
        cursor.execute(_SAY.format(rows), [value for message in new for value in _stored(message)])
        for message, (pk,) in zip(new, cursor.fetchall(), strict=True):
            message.pk = pk
        cursor.execute(_NOTE.format(places(new)), [Change.Kind.MESSAGE.value, "{}", *(message.pk for message in new)])


def _stored(m: Message) -> tuple[Any, ...]:
    at = connection.ops.adapt_datetimefield_value(m.created_at)
    return m.room_id, m.seq, m.sender_id, _stored_uuid(m.cid), m.body, searchable(m.body), m.reply_to_id, m.topic_id, at


def _stored_uuid(cid: UUID) -> UUID | str:
    return cid if connection.features.has_native_uuid_field else cid.hex


def _rooms_by_count(new: Sequence[Message]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for room, many in Counter(message.room_id for message in new).items():
        found.setdefault(many, []).append(room)
    return found
