"""An answer by mail becomes a message like any other."""

from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from django.db import transaction

from accounts.models import User
from core.errors import DomainError
from mentoring.messaging.limits import bucket_of
from mentoring.messaging.mail import Answer, find_address, read
from mentoring.messaging.models import InboundMail, Room
from mentoring.messaging.queries import REPLY_REFUSED, unread_topic
from mentoring.messaging.services.refusals import TooFast
from mentoring.messaging.services.sending import send_message
from notifications.services import notify, take_return

KEPT = timedelta(days=90)


@transaction.atomic
def take_mail(raw: bytes, *, at: datetime) -> InboundMail:
    """Say in the conversation what somebody answered by mail; the same mail again changes nothing. One that reports what
    became of a mail of ours is noted there (`returned`).

    Refused, with a reason: `no_address` (none of ours, or its seal is wrong), `automatic` (no person wrote it), `forged`,
    `other_sender`, and the codes of what a conversation refuses. Of the latter the writer is told.

    Raises TooFast where its writer has said too much within seconds, by whatever way: nothing is noted, it may come again.
    """
    answer = read(raw)
    row, is_new = InboundMail.objects.get_or_create(message_id=answer.id, defaults={"received_at": at})
    if not is_new:
        return row
    if take_return(raw, at=at):
        row.reason = "returned"
        row.save()
        return row
    found = find_address(answer.to)
    person = User.objects.filter(pk=found[1], is_active=True).first() if found else None
    room = Room.objects.filter(pk=found[0]).first() if found else None
    row.reason = _first_refusal(answer, person, room)
    if not row.reason and person and room:
        if bucket_of(person).wait_ms():
            raise TooFast
        row.person, row.room = person, room
        try:
            with transaction.atomic():
                cid, topic = uuid5(NAMESPACE_URL, f"mid:{answer.id}"), unread_topic(room, person)
                send_message(room, by=person, cid=cid, body=answer.words, topic=topic, at=at)
        except DomainError as refusal:
            row.reason = refusal.code
            _tell(person, room, row, at)
    row.save()
    return row


def _first_refusal(answer: Answer, person: User | None, room: Room | None) -> str:
    if person is None or room is None:
        return "no_address"
    if answer.automatic:
        return "automatic"
    if answer.forged:
        return "forged"
    return "" if answer.sender == person.email.lower() else "other_sender"


def _tell(person: User, room: Room, row: InboundMail, at: datetime) -> None:
    notify(REPLY_REFUSED, to=person, key=f"reply:{row.pk}", at=at, url=room.get_absolute_url())


def forget_mails(*, at: datetime) -> int:
    """Let go of what is only needed to know a mail again. Returns how many."""
    return InboundMail.objects.filter(received_at__lt=at - KEPT).delete()[0]
