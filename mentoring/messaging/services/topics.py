"""A topic is opened from a message, given another name, closed when it is done, and opened again."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from core.errors import NotAllowed
from mentoring.messaging.models import Change, Flag, Message, Topic
from mentoring.messaging.services.acting import Act, Done, changed, check_open, held
from mentoring.messaging.services.refusals import (
    Conflict,
    HeldBack,
    InTopic,
    NotAMember,
    NoTitle,
    RoomClosed,
    TooManyTopics,
)
from mentoring.messaging.services.watching import watches_of
from mentoring.messaging.words import clean

MOST_OPEN = 50
LONGEST_TITLE = 80


@transaction.atomic
def open_topic(message: Message, *, by: User, title: str, at: datetime, cid: UUID | None = None) -> Done:
    """Let a message begin a topic; anybody who may write there may. The same title again changes nothing.

    Raises NoTitle, NotAMember, OnlyReading, Resting, Deleted, RoomClosed, InTopic, TooManyTopics, HeldBack, Conflict, and
    NotAllowed for the trace of a call.
    """
    title, act = _name(title), Act(Change.Kind.TOPIC, by, at, cid)
    now, before = held(message, act)
    if before:
        if not before.data.get("opens") or before.data.get("title", title) != title:
            raise Conflict
        return Done(now, before)
    check_open(now)
    if now.its_call:
        raise NotAllowed
    if now.topic:
        if (now.topic.root_id, now.topic.title) == (now.pk, title):
            return Done(now, None)
        raise InTopic
    _check_room_for_one(now)
    _look_at(title, now, at)
    now.topic = Topic.objects.create(root=now, title=title, opened_by=by, opened_at=at)
    now.save(update_fields=["topic"])
    return changed(now, act, opens=True, title=title)


@transaction.atomic
def rename_topic(root: Message, *, by: User, title: str, at: datetime, cid: UUID | None = None) -> Done:
    """Another name for the topic that a message began. What it was called before stays in the change, for a report. The same
    name again changes nothing.

    Raises NoTitle, NotAMember, NotAllowed, Resting, RoomClosed, HeldBack, Conflict.
    """
    title, act = _name(title), Act(Change.Kind.TOPIC, by, at, cid)
    now, before = held(root, act)
    if before:
        if before.data.get("title") != title:
            raise Conflict
        return Done(now, before)
    topic = _begun_by(now)
    if not by.has_perm("messaging.rename_topic", topic):
        raise NotAllowed
    was = topic.title
    if was == title:
        return Done(now, None)
    _look_at(title, now, at)
    topic.title = title
    topic.save(update_fields=["title"])
    return changed(now, act, title=title, was=was)


def close_topic(root: Message, *, by: User, at: datetime, cid: UUID | None = None) -> Done:
    """The topic that a message began is done: it stays readable, nobody answers in it. Raises as `open_topic`."""
    return _turn(root, by=by, on=False, at=at, cid=cid)


def reopen_topic(root: Message, *, by: User, at: datetime, cid: UUID | None = None) -> Done:
    """Raises as `open_topic`."""
    return _turn(root, by=by, on=True, at=at, cid=cid)


@transaction.atomic
def _turn(root: Message, *, by: User, on: bool, at: datetime, cid: UUID | None) -> Done:
    act = Act(Change.Kind.TOPIC, by, at, cid)
    now, before = held(root, act)
    if before:
        if before.data != {"on": on}:
            raise Conflict
        return Done(now, before)
    topic = _begun_by(now)
    if on == (topic.closed_at is None):
        return Done(now, None)
    if on:
        _check_room_for_one(now)
    topic.closed_at = None if on else at
    topic.save(update_fields=["closed_at"])
    return changed(now, act, on=on)


def _name(title: str) -> str:
    name = " ".join(clean(title).split())
    if not 0 < len(name) <= LONGEST_TITLE:
        raise NoTitle
    return name


def _begun_by(root: Message) -> Topic:
    topic: Topic | None = root.topic
    if topic is None or topic.root_id != root.pk:
        raise NotAMember
    if root.room.closed_at:
        raise RoomClosed
    return topic


def _check_room_for_one(message: Message) -> None:
    if Topic.objects.filter(root__room=message.room_id, closed_at=None).count() >= MOST_OPEN:
        raise TooManyTopics


def _look_at(title: str, message: Message, at: datetime) -> None:
    """A title is said like any other words: the programme's rules hold for it, too."""
    for watch in watches_of([message.room_id]).values():
        found = watch.look(title)
        if found and found.holds:
            raise HeldBack
        if found:
            Flag.objects.create(programme_id=watch.programme, message=message, rule=found.rule, at=at)
