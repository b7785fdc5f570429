"""How far people have read, and who is told of what they have not."""

from collections.abc import Mapping
from datetime import datetime
from operator import itemgetter
from typing import Any

from django.db import transaction

from accounts.models import User
from core.jobs import report_progress
from core.realtime import publish
from mentoring.messaging.models import Mention, Message, Room, RoomMember
from mentoring.messaging.queries import (
    CALLED,
    MEETS,
    MISSED_CALL,
    NEW_MESSAGE,
    RINGS,
    members_who_wait,
    unread_by_member,
    unread_mentions,
)
from mentoring.messaging.services.refusals import NotAMember
from notifications.models import Notification
from notifications.queries import Ways, ways_of
from notifications.services import notify, notify_in
from notifications.signals import news_read

NEWS = (NEW_MESSAGE, CALLED, RINGS, MISSED_CALL, MEETS)
REPORT_EVERY = 50


def mark_read(room: Room, *, by: User, seq: int, at: datetime) -> bool:
    """Move the reader's pointer forward, never back and never past the end; whether it moved. The news of it is read too, and
    nothing is marked as unread any more."""
    RoomMember.objects.filter(room=room, person=by, unread_after__isnull=False).update(unread_after=None)
    return bool(move_pointers({(room.pk, by.pk): min(seq, room.last_seq)}, at=at))


def mark_unread(message: Message, *, by: User) -> None:
    """Let the message and what came after it count as unread until `by` opens the conversation again.

    The others see nothing of it: what was read stays read for them, and no news is told of it. Raises NotAMember.
    """
    member = RoomMember.objects.filter(room=message.room_id, person=by, left_at=None)
    if not member.update(unread_after=message.seq - 1):
        raise NotAMember


def take_back_unread(message: Message, *, by: User) -> None:
    """What `mark_unread` did to it did not happen: `by` has read as far as before."""
    member = RoomMember.objects.filter(room=message.room_id, person=by, left_at=None)
    member.filter(unread_after=message.seq - 1).update(unread_after=None)


@transaction.atomic
def move_pointers(wanted: Mapping[tuple[int, int], int], *, at: datetime) -> list[int]:
    """Pointers of many readers at once, {(room, person): sequence number that exists}; returns the rooms where one moved."""
    moved = _raised("last_read_seq", wanted, read_at=at, unread_after=None)
    if moved:
        urls = {pk: Room(pk=pk).get_absolute_url() for pk, _person in moved}
        news = Notification.objects.filter(
            kind__in=NEWS, read_at=None, recipient__in={person for _room, person in moved}
        )
        read = {(urls[room], person) for room, person in moved}
        known = news.values_list("pk", "recipient", "created_at", "url")
        mine = [(pk, person, told_at) for pk, person, told_at, url in known if (url, person) in read]
        Notification.objects.filter(pk__in=[pk for pk, _person, _told_at in mine]).update(read_at=at)
        if mine:
            newest = {person: told_at for _pk, person, told_at in sorted(mine, key=itemgetter(2))}
            news_read.send(Notification, newest=newest, at=at)
        publish("talk.read", rooms=list(urls))
    return list(dict.fromkeys(room for room, _person in moved))


@transaction.atomic
def move_deliveries(wanted: Mapping[tuple[int, int], int]) -> None:
    """How far people have had their conversations in sight, {(room, person): sequence number}: of that they are not told."""
    _raised("last_delivered_seq", wanted)


def _raised(pointer: str, wanted: Mapping[tuple[int, int], int], **more: Any) -> list[tuple[int, int]]:
    """Raise a pointer of those who are present and behind, in two statements; returns (room, person) of those."""
    rooms, people = {room for room, _person in wanted}, {person for _room, person in wanted}
    present = RoomMember.objects.filter(room__in=rooms, person__in=people, left_at=None)
    behind = [
        member
        for member in present.select_for_update().order_by("pk")
        if getattr(member, pointer) < wanted.get((member.room_id, member.person_id), 0)
    ]
    for member in behind:
        for name, value in {pointer: wanted[member.room_id, member.person_id], **more}.items():
            setattr(member, name, value)
    RoomMember.objects.bulk_update(behind, [pointer, *more])
    return [(member.room_id, member.person_id) for member in behind]


@transaction.atomic
def take_back_news(room: Room) -> None:
    """Where nothing is unread any more because it was deleted or the conversation rests, the news of it is gone too."""
    told = Notification.objects.filter(kind__in=NEWS, read_at=None, url=room.get_absolute_url())
    told.exclude(recipient__in=members_who_wait(room.pk).values("person")).delete()


def choose_ways(member: RoomMember, *, muted_until: datetime | None, ways: Ways) -> None:
    """How `member` is told of what is said in this conversation. What is as of every conversation follows it from now on."""
    usual = ways_of(member.person, NEW_MESSAGE)
    member.muted_until = muted_until
    member.told_in_app = None if ways.in_app == usual.in_app else ways.in_app
    member.told_by_mail = None if ways.mail == usual.mail else ways.mail
    member.told_by_push = None if ways.push == usual.push else ways.push
    member.save(update_fields=["muted_until", "told_in_app", "told_by_mail", "told_by_push"])


def restore_ways(member: RoomMember, *, muted_until: datetime | None, told: Mapping[str, bool | None]) -> None:
    """The ways as they were before: `told` by the name of each, None where it is as of every conversation."""
    member.muted_until = muted_until
    for name in RoomMember.TOLD:
        setattr(member, name, told[name])
    member.save(update_fields=["muted_until", *RoomMember.TOLD])


def tell_unread(room: Room, *, until: datetime, at: datetime) -> int:
    """Tell the members who have neither read what was said before `until` nor had it in sight: once per room until they read
    on, each in the ways they chose for it.

    Who was called by name is told of that instead, muted or not. Each is told in a transaction of their own: done again it
    changes nothing. Returns how many were told.
    """
    called = unread_mentions(room, until=until)
    told = sum(_tell_called(room, mention, at) for mention in called)
    known = {mention.person_id for mention in called}
    waiting = unread_by_member(room, until=until)
    for done, (member, sender) in enumerate(waiting):
        if done % REPORT_EVERY == 0:
            report_progress(done, len(waiting))
        if member.person_id in known or (member.muted_until and member.muted_until > at):
            continue
        usual = ways_of(member.person, NEW_MESSAGE)
        told += (
            notify_in(
                Ways(
                    in_app=usual.in_app if member.told_in_app is None else member.told_in_app,
                    mail=usual.mail if member.told_by_mail is None else member.told_by_mail,
                    push=usual.push if member.told_by_push is None else member.told_by_push,
                ),
                NEW_MESSAGE,
                to=member.person,
                key=f"message:{room.pk}:{member.person_id}:{member.last_read_seq}",
                at=at,
                url=room.get_absolute_url(),
                partner=str(sender),
            )
            is not None
        )
    return told


def _tell_called(room: Room, mention: Mention, at: datetime) -> bool:
    key, url = f"mention:{mention.message_id}:{mention.person_id}", room.get_absolute_url()
    partner = str(mention.message.sender)
    return notify(CALLED, to=mention.person, key=key, at=at, url=url, partner=partner) is not None
