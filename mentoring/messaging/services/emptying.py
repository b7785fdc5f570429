"""Words go some months after their relationship, or their programme, has ended, as the programme says; that something was said,
and when, stays."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from core.dates import months_after
from mentoring.messaging.models import (
    Attachment,
    Change,
    Draft,
    Mention,
    Message,
    MessageRevision,
    Pin,
    Reaction,
    Room,
    SavedMessage,
    ScheduledMessage,
    Topic,
)
from mentoring.messaging.services.rooms import begin_epoch
from mentoring.planning.models import Programme

TOGETHER = 100
"""Rooms in one transaction: on SQLite everybody who writes waits for its end."""


def empty_rooms(*, at: datetime) -> int:
    """Erase the words and files of conversations whose time is over, some at once until none is left. Returns how many rooms.

    Announcements and what was asked of the programme's office go those months after its last day, though not while one of its
    conversations is open. What was frozen for a report is a copy and stays; so do the traces of calls, which are nobody's words.
    """
    months = Programme.objects.filter(relationships__room__closed_at__lt=at, relationships__room__emptied_at=None)
    emptied = 0
    for each in months.values_list("words_months", flat=True).distinct():
        over = Room.objects.filter(
            relationship__programme__words_months=each, closed_at__lte=months_after(at, -each), emptied_at=None
        )
        emptied += _all(over, at)
    for each in Programme.objects.filter(rooms__isnull=False).values_list("words_months", flat=True).distinct():
        emptied += _all(_of_programmes_over(each, at), at)
    return emptied


def _of_programmes_over(months: int, at: datetime) -> QuerySet[Room]:
    """Nobody closes these: whoever writes there again after their words were erased is erased in turn."""
    still = Room.objects.filter(relationship__programme=OuterRef("programme"), closed_at=None)
    words = Message.objects.filter(room=OuterRef("pk"), deleted_at=None)
    over = Room.objects.filter(programme__words_months=months, programme__ends_on__lte=months_after(at, -months).date())
    return over.filter(~Exists(still), Q(emptied_at=None) | Exists(words))


def _all(over: QuerySet[Room], at: datetime) -> int:
    emptied = 0
    while done := _empty(over, at):
        emptied += done
    return emptied


@transaction.atomic
def _empty(over: QuerySet[Room], at: datetime) -> int:
    rooms = list(over.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True)[:TOGETHER])
    gone: tuple[QuerySet[Any], ...] = (
        *(kind._default_manager.filter(room__in=rooms) for kind in (Draft, Attachment, ScheduledMessage)),
        *(
            kind._default_manager.filter(message__room__in=rooms)
            for kind in (MessageRevision, Reaction, Pin, SavedMessage, Mention)
        ),
        Topic.objects.filter(root__room__in=rooms),
    )
    for rows in gone:
        rows.delete()
    Change.objects.filter(room__in=rooms, kind=Change.Kind.TOPIC).update(data={})
    said = Message.objects.filter(room__in=rooms, deleted_at=None, call=None)
    said.update(body="", body_norm="", deleted_at=at)
    Room.objects.filter(pk__in=rooms).update(emptied_at=at)
    if rooms:
        begin_epoch(rooms)
    return len(rooms)
