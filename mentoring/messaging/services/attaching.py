"""Files become part of a message in the transaction that says it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from mentoring.messaging.models import Attachment, Message, ScheduledMessage
from mentoring.messaging.queries import names_of
from mentoring.messaging.services.refusals import FileNotReady, TooManyFiles
from mentoring.messaging.services.wanted import Name, Send

MOST_PER_MESSAGE = 5


class FilesToSend:
    """The files of a batch; each goes with one message. Nothing is asked where nobody sends one. `known` was said before."""

    def __init__(self, sends: Sequence[Send], known: Mapping[Name, Message]) -> None:
        self.before = dict(known)
        self.ready = _ready({pk for send in sends for pk in send.files})
        self.taken: dict[Name, list[Attachment]] = {}

    def take(self, send: Send) -> None:
        """Set the files of one message aside. Raises TooManyFiles, FileNotReady."""
        if not send.files or send.name in self.before or send.name in self.taken:
            return
        wanted = list(dict.fromkeys(send.files))
        if len(wanted) > MOST_PER_MESSAGE:
            raise TooManyFiles
        found = [self.ready[pk] for pk in wanted if pk in self.ready]
        theirs = [f for f in found if (f.uploader_id, f.room_id) == (send.by.pk, send.room_id)]
        if len([f for f in theirs if f.held is None or f.held.cid == send.cid]) < len(wanted):
            raise FileNotReady
        self.taken[send.name] = [self.ready.pop(pk) for pk in wanted]

    def words(self, send: Send) -> str:
        """What is said where no words are: the names of the files."""
        if send.name in self.before:
            return self.before[send.name].body
        return names_of(self.taken.get(send.name, ()))

    def attach(self, new: Sequence[Message]) -> None:
        """The messages have been written; their files were locked until now."""
        for message in new if self.taken else ():
            if files := self.taken.get((message.sender_id, message.cid)):
                Attachment.objects.filter(pk__in=[file.pk for file in files]).update(message=message, held=None)
                message.files = files


def wait_with(later: ScheduledMessage, files: Collection[UUID]) -> int:
    """The files of a message that waits for its time or for a coordinator: kept as long as it waits, and given to nobody else.
    Returns how many of them could be."""
    if not files:
        return 0
    ready = Attachment.objects.ready().filter(pk__in=files, room=later.room_id, uploader=later.person_id, held=None)
    return int(ready.update(held=later))


def _ready(ids: Collection[UUID]) -> dict[UUID, Attachment]:
    """Those that may be sent, locked."""
    if not ids:
        return {}
    rows = Attachment.objects.light().ready().filter(pk__in=ids).order_by("pk")
    return {file.pk: file for file in rows.select_related("held").select_for_update(of=("self",))}


def drop_files_of(message: Message, *, at: datetime) -> None:
    """With the words go the files: nobody is given them any more. As earlier words they are kept for a report, for a while."""
    message.attachments.update(deleted_at=at)
