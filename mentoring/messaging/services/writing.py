"""Drafts, and words for later."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from accounts.models import User
from core.errors import DomainError, NotAllowed
from core.jobs import enqueue
from core.realtime import publish
from mentoring.messaging.models import Draft, Message, Room, RoomMember, ScheduledMessage, Topic
from mentoring.messaging.services.attaching import MOST_PER_MESSAGE, wait_with
from mentoring.messaging.services.refusals import (
    FileNotReady,
    Held,
    NotAMember,
    NotLater,
    RoomClosed,
    TooLong,
    TooManyFiles,
)
from mentoring.messaging.services.resting import check_speaks
from mentoring.messaging.services.sending import say, send_message
from mentoring.messaging.services.wanted import LONGEST, Send, checked
from mentoring.messaging.services.watching import tell_of_held
from mentoring.messaging.words import clean, keepable

FURTHEST = timedelta(days=366)


@transaction.atomic
def keep_draft(room: Room, *, by: User, body: str, at: datetime, device: str = "") -> None:
    """Keep what `by` has begun to write for their other devices; nothing when it is empty. Raises NotAMember, TooLong."""
    _check_member(room, by)
    body, device = keepable(body), keepable(device)[:36]
    if len(body) > LONGEST:
        raise TooLong
    if body.strip():
        words = {"body": body, "device": device, "written_at": at}
        Draft.objects.update_or_create(room=room, person=by, defaults=words)
    else:
        Draft.objects.filter(room=room, person=by).delete()
    publish("talk.draft", rooms=[room.pk], person=by.pk, device=device)


@transaction.atomic
def schedule_message(
    room: Room,
    *,
    by: User,
    cid: UUID,
    body: str,
    due_at: datetime,
    at: datetime,
    reply_to: Message | None = None,
    topic: Topic | None = None,
    files: Collection[UUID] = (),
) -> ScheduledMessage:
    """Let something be said at `due_at`, with `files`, clean ones of one's own, which wait with it. The same `cid` again is the
    same message.

    Raises EmptyMessage, TooLong, NotLater, RoomClosed, NotAMember, Resting, TooManyFiles, FileNotReady.
    """
    text, wanted = _words(body, with_files=bool(files)), set(files)
    if len(wanted) > MOST_PER_MESSAGE:
        raise TooManyFiles
    _check_time(due_at, at)
    check_speaks(room, by)
    if room.closed_at:
        raise RoomClosed
    words = {"room": room, "body": text, "reply_to": reply_to, "topic": topic, "due_at": due_at, "written_at": at}
    later, is_new = ScheduledMessage.objects.get_or_create(person=by, cid=cid, defaults=words)
    if is_new:
        if wait_with(later, wanted) < len(wanted):
            raise FileNotReady
        keep_draft(room, by=by, body="", at=at)
        _send_when_due(later)
    return later


@transaction.atomic
def change_scheduled(later: ScheduledMessage, *, body: str, due_at: datetime, at: datetime) -> None:
    """Other words or another time, as long as it has not been said. Raises EmptyMessage, TooLong, NotLater."""
    text = _words(body, with_files=bool(_files_of(later)))
    _check_time(due_at, at)
    if not ScheduledMessage.objects.filter(pk=later.pk).update(body=text, due_at=due_at, refused="", held=""):
        raise NotLater
    later.refresh_from_db()
    _send_when_due(later)


def drop_scheduled(later: ScheduledMessage) -> bool:
    """Not to be said after all. False when it was said in this moment."""
    return bool(ScheduledMessage.objects.filter(pk=later.pk).delete()[0])


@transaction.atomic
def send_scheduled(pk: int, *, at: datetime) -> Message | None:
    """Say what is due; what was changed, dropped or said meanwhile is left. What is refused waits for its writer."""
    later = ScheduledMessage.objects.select_for_update().filter(pk=pk, due_at__lte=at, refused="", held="").first()
    if later is None:
        return None
    try:
        with transaction.atomic():
            if not later.person.is_active:
                raise NotAllowed
            said = send_message(
                later.room,
                by=later.person,
                cid=later.cid,
                body=later.body,
                reply_to=later.reply_to,
                topic=later.topic,
                files=_files_of(later),
                at=at,
            )
    except Held as waits:
        later.held = str(waits.details["rule"])
        later.save(update_fields=["held"])
        tell_of_held(later, at=at)
        return None
    except DomainError as refusal:
        later.refused = refusal.code
        later.save(update_fields=["refused"])
        return None
    later.delete()
    return said


@transaction.atomic
def release_held(later: ScheduledMessage, *, at: datetime) -> bool:
    """A coordinator has looked: it is said now, as its writer wrote it. False when it was changed, dropped or refused."""
    held = ScheduledMessage.objects.select_for_update().filter(pk=later.pk).exclude(held="").first()
    if held is None:
        return False
    try:
        with transaction.atomic():
            about = held.reply_to_id, _files_of(held)
            said = Send(held.room_id, held.person, held.cid, held.body, *about, topic=held.topic_id)
            say(replace(said, released=True), at=at)
    except DomainError as refusal:
        held.held, held.refused = "", refusal.code
        held.save(update_fields=["held", "refused"])
        return False
    held.delete()
    return True


@transaction.atomic
def send_back(later: ScheduledMessage) -> bool:
    """A coordinator does not let it go: it stays with its writer, who may change or drop it."""
    held = ScheduledMessage.objects.filter(pk=later.pk).exclude(held="")
    return bool(held.update(held="", refused="sent_back"))


def _words(body: str, *, with_files: bool) -> str:
    """Files need none: what is said then are their names. Raises EmptyMessage, TooLong."""
    return "" if with_files and not clean(body) else checked(body)


def _files_of(later: ScheduledMessage) -> tuple[UUID, ...]:
    return tuple(later.files.filter(deleted_at=None).order_by("pk").values_list("pk", flat=True))


def _send_when_due(later: ScheduledMessage) -> None:
    key = f"scheduled:{later.pk}:{later.due_at.timestamp():.0f}"
    enqueue("messaging.send_scheduled", key=key, due_at=later.due_at, scheduled_id=later.pk)


def _check_time(due_at: datetime, at: datetime) -> None:
    if not at < due_at <= at + FURTHEST:
        raise NotLater


def _check_member(room: Room, by: User) -> None:
    if not RoomMember.objects.filter(room=room, person=by, left_at=None).exists():
        raise NotAMember
