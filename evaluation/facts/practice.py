"""The practical checklist: five things that a person has done here at least once. That they were done, never what was in them."""

from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.lookups import IsNull

from mentoring.messaging.models import Attachment, Call, Message
from mentoring.relationships.models import CalendarFeed, Session

TASKS = ("send", "share", "book", "join", "export")


def practised(person: str, at: datetime) -> dict[str, Q]:
    """Task -> the condition that whoever stands at `person` had done it by `at`."""
    me = OuterRef(person)
    planned = Session.objects.filter(provenance=Session.Provenance.PLANNED)
    met = Session.objects.filter(status=Session.Status.HELD, place=Session.Place.VIDEO, starts_at__lte=at)
    met = met.exclude(provenance=Session.Provenance.SELF_LOGGED)
    calls = Call.objects.filter(answered_at__lte=at, callee__isnull=False)
    return {
        "send": _any(Message.objects.filter(sender=me, call=None, created_at__lte=at)),
        "share": _any(Attachment.objects.filter(uploader=me, message__created_at__lte=at)),
        "book": _any(planned.filter(Q(proposed_by=me, created_at__lte=at) | Q(confirmed_by=me, confirmed_at__lte=at))),
        "join": _any(
            met.filter(relationship__members__person=me), calls.filter(callee=me), calls.filter(message__sender=me)
        ),
        "export": _any(CalendarFeed.objects.filter(person=me, created_at__lte=at)),
    }


def _any(*rows: QuerySet[Any]) -> Q:
    """That there is a row in one of them: looked up by person. For `EXISTS` PostgreSQL would read whole tables into a hash."""
    found = Q()
    for each in rows:
        found |= Q(IsNull(Subquery(each.values("pk")[:1]), False))
    return found
