"""Files on their way into a conversation: begun, received in parts, checked, and sent with a message."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import PurePosixPath

from django.db import transaction
from django.db.models import F, Sum

from accounts.models import User
from core.text import clean_name
from mentoring.messaging.files import Blocked, Checked, check
from mentoring.messaging.models import Attachment, AttachmentPart, Room
from mentoring.messaging.queries import Limits, limits_of
from mentoring.messaging.services.changing import REVISIONS_KEPT
from mentoring.messaging.services.refusals import (
    FilesFull,
    OtherPart,
    RoomClosed,
    TooBig,
)
from mentoring.messaging.services.resting import check_speaks

PART = 256 * 1024
MOST_OF_ONE = 1024 * 1024 * 1024
UNSENT_KEPT = timedelta(days=1)
_State = Attachment.State
_ROOM = ("room__relationship__programme",)


@transaction.atomic
def begin_file(
    room: Room, *, by: User, name: str, size: int, claimed: str, digest: str, at: datetime, seconds: int = 0
) -> Attachment:
    """Make ready for a file, or go on with the same one (by its `digest`) where it was cut off.

    Raises NotAMember, Resting, RoomClosed, TooBig, FilesFull.
    """
    check_speaks(room, by)
    if room.closed_at:
        raise RoomClosed
    limits = limits_of(room)
    if size > limits.most_bytes:
        raise TooBig(most=limits.megabytes)
    own = Attachment.objects.filter(uploader=by, deleted_at=None)
    if digest:
        begun = own.filter(room=room, message=None, sha256=digest, size=size).exclude(state=_State.BLOCKED).first()
        if begun:
            return begun
    if (own.aggregate(all=Sum("size"))["all"] or 0) + size > MOST_OF_ONE:
        raise FilesFull
    return Attachment.objects.create(
        room=room,
        uploader=by,
        name=shown_name(name),
        size=size,
        sha256=digest,
        mime_claimed=claimed[:100],
        seconds=min(seconds, 24 * 3600),
        created_at=at,
    )


@transaction.atomic
def add_part(file: Attachment, *, start: int, data: bytes) -> int:
    """Keep the next bytes; returns how many there are now. What has come already changes nothing. Raises OtherPart."""
    rows = Attachment.objects.filter(pk=file.pk, state=_State.UPLOADED, message=None, deleted_at=None)
    fits = len(data) <= PART and rows.filter(received=start, size__gte=start + len(data))
    if not fits or not fits.update(received=F("received") + len(data)):
        file.refresh_from_db(fields=["received"])
        raise OtherPart(have=file.received)
    AttachmentPart.objects.create(attachment=file, start=start, data=data)
    file.received = start + len(data)
    return file.received


def finish_file(file: Attachment) -> Attachment:
    """All of it is here: look what it is. Clean or blocked, it is decided once; a blocked one is not kept. Raises OtherPart.

    It is looked into outside of any transaction: on SQLite everybody who writes would wait for its end.
    """
    file = Attachment.objects.select_related(*_ROOM).get(pk=file.pk)
    if not _is_whole(file):
        return file
    data = content_of(file)
    if file.sha256 and sha256(data).hexdigest() != file.sha256:
        return _decide(file, Blocked("broken"))
    return _decide(file, _found(data, name=file.name, claimed=file.mime_claimed, limits=limits_of(file.room)))


def _is_whole(file: Attachment) -> bool:
    """Whether it waits to be decided upon. Raises OtherPart."""
    if file.state != _State.UPLOADED or file.deleted_at:
        return False
    if file.received != file.size:
        raise OtherPart(have=file.received)
    return True


def _found(data: bytes, *, name: str, claimed: str, limits: Limits) -> Checked | Blocked:
    try:
        return check(data, name=name, claimed=claimed, allowed=limits.kinds)
    except Blocked as blocked:
        return blocked


@transaction.atomic
def _decide(file: Attachment, found: Checked | Blocked) -> Attachment:
    file = Attachment.objects.select_for_update(of=("self",)).select_related(*_ROOM).get(pk=file.pk)
    if not _is_whole(file):  # somebody else was quicker
        return file
    if isinstance(found, Blocked):
        file.parts.all().delete()
        file.state, file.reason = _State.BLOCKED, found.code
    else:
        _accept(file, found)
    file.save()
    return file


def _accept(file: Attachment, checked: Checked) -> None:
    file.state, file.mime, file.kind = _State.CLEAN, checked.type.mime, checked.type.kind
    if PurePosixPath(file.name).suffix.lower() not in checked.type.endings:
        file.name = PurePosixPath(file.name).stem[:100] + checked.type.endings[0]
    if checked.picture:
        file.small, file.width, file.height = checked.picture.small, checked.picture.width, checked.picture.height
        _keep_instead(file, checked.data)


def _keep_instead(file: Attachment, data: bytes) -> None:
    file.parts.all().delete()
    AttachmentPart.objects.bulk_create(
        [AttachmentPart(attachment=file, start=at, data=data[at : at + PART]) for at in range(0, len(data), PART)]
    )
    file.size = file.received = len(data)


def content_of(file: Attachment) -> bytes:
    """All its bytes."""
    return b"".join(bytes(part) for part in file.parts.order_by("start").values_list("data", flat=True))


@dataclass(frozen=True)
class WholeFile:
    """A file that came at once, from a plain form, with what it was found to be."""

    name: str
    claimed: str
    data: bytes
    found: Checked | Blocked


def look_into(room: Room, *, name: str, claimed: str, data: bytes) -> WholeFile:
    """What takes its time over a whole file, to be done before a transaction begins. Raises TooBig."""
    limits, name = limits_of(room), shown_name(name)
    if len(data) > limits.most_bytes:
        raise TooBig(most=limits.megabytes)
    return WholeFile(name, claimed, data, _found(data, name=name, claimed=claimed, limits=limits))


@transaction.atomic
def take_file(room: Room, file: WholeFile, *, by: User, at: datetime) -> Attachment:
    """Keep a whole file. Raises as `begin_file`."""
    size = len(file.data)
    kept = begin_file(room, by=by, name=file.name, size=size, claimed=file.claimed, digest="", at=at)
    for start in range(0, size, PART):
        add_part(kept, start=start, data=file.data[start : start + PART])
    return _decide(kept, file.found)


def drop_file(file: Attachment, *, at: datetime) -> None:
    """Take a file away that was not sent."""
    if Attachment.objects.filter(pk=file.pk, message=None).update(deleted_at=at):
        file.parts.all().delete()


def forget_files(*, at: datetime) -> int:
    """Let go of what was never sent, after a day, and of what was deleted, with the earlier words. Returns how many."""
    unsent = Attachment.objects.filter(message=None, held=None, created_at__lt=at - UNSENT_KEPT)
    deleted = Attachment.objects.filter(deleted_at__lt=at - REVISIONS_KEPT)
    return sum(files.delete()[0] for files in (unsent, deleted))


def shown_name(name: str) -> str:
    """A name without folders, signs that control, or a leading dot; never used as the name of anything on a disk."""
    last = clean_name(name.replace("\\", "/").rpartition("/")[2]).lstrip(". ")
    stem, dot, ending = last.rpartition(".")
    return f"{stem[:100]}{dot}{ending[:12]}" if dot and stem else last[:110] or "file"
