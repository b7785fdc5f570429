"""What people do in a conversation. Every change takes the next number of its room in the transaction of the change."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.errors import DomainError, NotAllowed
from core.jobs import enqueue
from core.realtime import publish
from mentoring.messaging.models import Change, Message, Room, RoomMember
from mentoring.messaging.queries import unread_by_member
from mentoring.messaging.words import clean
from mentoring.relationships.models import Relationship, RelationshipMember
from mentoring.relationships.services import note_contact
from notifications.models import Notification
from notifications.services import notify

NEWS = "messaging.message"
LONGEST = 8000
EDIT_WINDOW = timedelta(minutes=15)
TELL_EVERY = timedelta(seconds=30)


class EmptyMessage(DomainError):
    code = "empty"
    status = 422
    default = _("Write something first.")


class TooLong(DomainError):
    code = "too_long"
    status = 422
    default = _("A message has at most 8,000 characters. Send it in two parts.")


class RoomClosed(DomainError):
    code = "closed"
    default = _("This conversation is closed. You can still read it.")


class NotAMember(DomainError):
    code = "not_found"
    status = 404
    default = _("This conversation is not there.")


class Conflict(DomainError):
    code = "conflict"
    default = _("This message was already sent with other words.")


class TooLate(DomainError):
    code = "too_late"
    default = _("A message can be changed for 15 minutes after it was sent.")


class Deleted(DomainError):
    code = "deleted"
    default = _("This message was deleted.")


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
    return room


@transaction.atomic
def join_room(member: RelationshipMember, *, at: datetime) -> Room:
    """Let a new member of a circle into its conversation. What was said before counts as read."""
    room = open_room(member.relationship, at=at)
    RoomMember.objects.filter(room=room, person=member.person_id, joined_at=at).update(
        joined_seq=room.last_seq, last_read_seq=room.last_seq
    )
    return room


def _set_kind(room: Room) -> None:
    many = room.members.filter(left_at=None).count() > 2
    Room.objects.filter(pk=room.pk).update(kind=Room.Kind.GROUP if many else Room.Kind.PAIR)


@transaction.atomic
def close_room(relationship: Relationship, *, at: datetime) -> None:
    """Nothing more is said; what was said stays readable."""
    Room.objects.filter(relationship=relationship, closed_at=None).update(closed_at=at)


@transaction.atomic
def reopen_room(relationship: Relationship) -> None:
    Room.objects.filter(relationship=relationship).update(closed_at=None)


@transaction.atomic
def send_message(
    room: Room, *, by: User, cid: UUID, body: str, at: datetime, reply_to: Message | None = None
) -> Message:
    """Say something. Sending the same `cid` again is sending once: the first message comes back, nothing is added.

    Raises EmptyMessage, TooLong, RoomClosed, NotAMember, and Conflict for the same `cid` with other words.
    """
    text = _checked(body)
    _check_member(room, by)
    reply_id = reply_to.pk if reply_to else None
    if reply_to and reply_to.room_id != room.pk:
        raise NotAMember
    if known := _sent_before(room, by, cid, text, reply_id):
        return known
    if room.relationship:
        note_contact(room.relationship, at=at)  # before the room is locked: closing takes the two in this order
    try:
        with transaction.atomic():
            seq = _next_seq(room)
            message = Message.objects.create(
                room=room, seq=seq, sender=by, cid=cid, body=text, reply_to=reply_to, created_at=at
            )
            _write_change(message, Change.Kind.MESSAGE, seq=seq, by=by, at=at)
    except IntegrityError:
        if known := _sent_before(room, by, cid, text, reply_id):  # twice in one instant, on two connections
            return known
        raise
    _tell_later(room, at)
    return message


@transaction.atomic
def edit_message(message: Message, *, by: User, body: str, at: datetime) -> Message:
    """Change one's own words for a quarter of an hour. The same words again change nothing.

    Raises NotAllowed, NotAMember, TooLate, Deleted, RoomClosed, EmptyMessage, TooLong.
    """
    text = _checked(body)
    _check_own(message, by, at)
    if message.body != text:
        _change(message, Change.Kind.EDIT, by=by, at=at, body=text, edited_at=at)
    return message


@transaction.atomic
def delete_message(message: Message, *, by: User, at: datetime) -> Message:
    """Take back one's own words for a quarter of an hour: the words go, the place stays. Raises as `edit_message`."""
    _check_own(message, by, at)
    _change(message, Change.Kind.DELETE, by=by, at=at, body="", deleted_at=at)
    return message


@transaction.atomic
def mark_read(room: Room, *, by: User, seq: int, at: datetime) -> bool:
    """Move the reader's pointer forward, never back and never past the end; whether it moved. The news of it is read too."""
    seq = min(seq, room.last_seq)
    moved = RoomMember.objects.filter(room=room, person=by, left_at=None, last_read_seq__lt=seq).update(
        last_read_seq=seq, read_at=at
    )
    if moved:
        news = Notification.objects.filter(recipient=by, kind=NEWS, url=room.get_absolute_url(), read_at=None)
        news.update(read_at=at)
        publish(f"room.{room.pk}", "room.read", room=room.pk)
    return bool(moved)


@transaction.atomic
def tell_unread(room: Room, *, until: datetime, at: datetime) -> int:
    """Tell the members who have not yet read what was said before `until`: once per room until they read on.

    Returns how many were told.
    """
    told = 0
    for member, sender in unread_by_member(room, until=until):
        if member.muted_until and member.muted_until > at:
            continue
        told += (
            notify(
                NEWS,
                to=member.person,
                key=f"message:{room.pk}:{member.person_id}:{member.last_read_seq}",
                at=at,
                url=room.get_absolute_url(),
                partner=str(sender),
            )
            is not None
        )
    return told


def _checked(body: str) -> str:
    text = clean(body)
    if not text:
        raise EmptyMessage
    if len(text) > LONGEST:
        raise TooLong
    return text


def _check_member(room: Room, person: User) -> None:
    if not RoomMember.objects.filter(room=room, person=person, left_at=None).exists():
        raise NotAMember


def _sent_before(room: Room, by: User, cid: UUID, text: str, reply_id: int | None) -> Message | None:
    """The message of this `cid`; what was edited or deleted since cannot be compared and counts as the same."""
    known = Message.objects.filter(sender=by, cid=cid).first()
    if known is None:
        return None
    untouched = known.edited_at is None and known.deleted_at is None
    if known.room_id != room.pk or (untouched and (known.body, known.reply_to_id) != (text, reply_id)):
        raise Conflict
    return known


def _next_seq(room: Room) -> int:
    """The next number of the room. The row stays locked until commit, so numbers become visible in order, without gaps."""
    if not Room.objects.filter(pk=room.pk, closed_at=None).update(last_seq=F("last_seq") + 1):
        raise RoomClosed
    return Room.objects.values_list("last_seq", flat=True).get(pk=room.pk)


def _check_own(message: Message, by: User, at: datetime) -> None:
    if message.sender_id != by.pk:
        raise NotAllowed
    _check_member(message.room, by)
    if message.deleted_at:
        raise Deleted
    if at - message.created_at > EDIT_WINDOW:
        raise TooLate


def _change(message: Message, kind: str, *, by: User, at: datetime, **fields: Any) -> None:
    seq = _next_seq(message.room)
    if not Message.objects.filter(pk=message.pk, deleted_at=None).update(**fields):
        raise Deleted  # on another device, in the same moment
    message.refresh_from_db(fields=list(fields))
    _write_change(message, kind, seq=seq, by=by, at=at)


def _write_change(message: Message, kind: str, *, seq: int, by: User, at: datetime) -> None:
    Change.objects.create(room_id=message.room_id, seq=seq, kind=kind, message=message, actor=by, at=at)
    publish(f"room.{message.room_id}", "room.changed", room=message.room_id, seq=seq)


def _tell_later(room: Room, at: datetime) -> None:
    """One job per room and half minute, 20 to 50 seconds later; what was read by then is not told."""
    half_minute = int(at.timestamp() // TELL_EVERY.total_seconds()) + 1
    until = datetime.fromtimestamp(half_minute * TELL_EVERY.total_seconds(), tz=at.tzinfo)
    enqueue(
        "messaging.tell",
        key=f"tell:{room.pk}:{half_minute}",
        due_at=until + timedelta(seconds=20),
        room_id=room.pk,
        until=until.isoformat(),
    )
