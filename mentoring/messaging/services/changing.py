"""Own words can be changed or taken back for a while. What they were is kept for a report, and for no longer than needed."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import translation

from accounts.models import User
from core.errors import NotAllowed
from mentoring.messaging.models import Change, HideReason, Mention, Message, MessageRevision, Pin, SavedMessage
from mentoring.messaging.queries import HIDDEN, names_of, with_files
from mentoring.messaging.services.acting import Act, Done, changed, check_open, held, locked
from mentoring.messaging.services.attaching import drop_files_of
from mentoring.messaging.services.calling import note_mentions_again
from mentoring.messaging.services.reading import take_back_news
from mentoring.messaging.services.refusals import Conflict, HeldBack, Stale, TooLate
from mentoring.messaging.services.wanted import checked
from mentoring.messaging.services.watching import mark, watches_of
from mentoring.messaging.words import searchable
from notifications.services import notify

EDIT_WINDOW = timedelta(minutes=15)
REVISIONS_KEPT = timedelta(days=90)


@transaction.atomic
def edit_message(
    message: Message, *, by: User, body: str, at: datetime, rev: int | None = None, cid: UUID | None = None
) -> Done:
    """Change one's own words for a quarter of an hour. The same words again change nothing.

    `rev` is the revision that was changed: when there is a later one, from another device, nothing is overwritten.
    Raises NotAllowed, NotAMember, TooLate, Deleted, Stale, RoomClosed, EmptyMessage, TooLong, Conflict, HeldBack.
    """
    text, act = checked(body), Act(Change.Kind.EDIT, by, at, cid)
    _check_author(message, by)
    now, before = held(message, act)
    if before:
        if _words_of(now, before.data["rev"]) not in (text, None):
            raise Conflict
        return Done(now, before)
    _check_time(now, at)
    if rev is not None and rev != now.rev:
        raise Stale
    if now.body == text:
        return Done(now, None)
    watches = watches_of([now.room_id])
    if watches:
        with_files([now])
    if any((found := watch.look(text, names_of(now.files))) and found.holds for watch in watches.values()):
        raise HeldBack
    _keep_words(now, at)
    now.body, now.body_norm, now.edited_at, now.rev = text, searchable(text), at, now.rev + 1
    now.save(update_fields=["body", "body_norm", "edited_at", "rev"])
    note_mentions_again(now)
    mark([now], watches, at=at)
    return changed(now, act, rev=now.rev)


@transaction.atomic
def delete_message(message: Message, *, by: User, at: datetime, cid: UUID | None = None) -> Done:
    """Take back one's own words for a quarter of an hour: the words go, the place stays. Raises as `edit_message`."""
    act = Act(Change.Kind.DELETE, by, at, cid)
    _check_author(message, by)
    now, before = held(message, act)
    if before:
        return Done(now, before)
    _check_time(now, at)
    _take_away(now, at)
    return changed(now, act)


@transaction.atomic
def hide_message(message: Message, *, by: User, reason: str, at: datetime) -> Done:
    """Take away what somebody else said, whenever it was said and also where nothing more is: as a deletion, with the number of
    its room. Its writer is told plainly, with `reason` (HideReason). What is gone already is left. Who may is asked by whoever
    calls. Raises NotAllowed for the trace of a call.
    """
    now = locked(message)
    if now.its_call:
        raise NotAllowed
    if now.deleted_at:
        return Done(now, None)
    now.hidden = True
    _take_away(now, at)
    with translation.override(now.sender.language):
        why = str(HideReason(reason).label)
    url = now.room.get_absolute_url()
    notify(HIDDEN, to=now.sender, key=f"hidden:{now.pk}", at=at, url=url, reason=why)
    return changed(now, Act(Change.Kind.DELETE, by, at))


def forget_revisions(*, at: datetime) -> int:
    """Let go of earlier words that nobody has asked about. Returns how many."""
    return MessageRevision.objects.filter(replaced_at__lt=at - REVISIONS_KEPT).delete()[0]


def _take_away(now: Message, at: datetime) -> None:
    _keep_words(now, at)
    now.reactions.all().delete()
    Pin.objects.filter(message=now).delete()
    SavedMessage.objects.filter(message=now).delete()
    Mention.objects.filter(message=now).delete()
    drop_files_of(now, at=at)
    if now.topic and not now.topic.messages.filter(deleted_at=None).exclude(pk=now.pk).exists():
        now.topic.delete()
        now.topic = None
    now.body, now.body_norm, now.deleted_at = "", "", at
    now.save(update_fields=["body", "body_norm", "deleted_at", "hidden"])
    take_back_news(now.room)


def _check_author(message: Message, by: User) -> None:
    if message.sender_id != by.pk or message.its_call:
        raise NotAllowed


def _check_time(message: Message, at: datetime) -> None:
    check_open(message)
    if at - message.created_at > EDIT_WINDOW:
        raise TooLate


def _keep_words(message: Message, at: datetime) -> None:
    MessageRevision.objects.create(message=message, rev=message.rev, body=message.body, replaced_at=at)


def _words_of(message: Message, rev: int) -> str | None:
    """What the message said in a revision; None when that is forgotten."""
    if rev == message.rev and not message.deleted_at:
        return message.body
    return message.revisions.filter(rev=rev).values_list("body", flat=True).first()
