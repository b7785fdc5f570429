"""The practical checklist: five things that a person has done here at least once. That they were done, never what was in them."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from mentoring.messaging.models import Attachment, Call, Message
from mentoring.relationships.models import CalendarFeed, Session

TASKS = ("send", "share", "book", "join", "export")


def practised(person: str, at: datetime) -> dict[str, Q]:
    """Task -> the condition that whoever stands at `person` had done it by `at`."""
    me = OuterRef(person)
    planned = Session.objects.filter(provenance=Session.Provenance.PLANNED)
    met = Session.objects.filter(status=Session.Status.HELD, place=Session.Place.VIDEO, starts_at__lte=at)
    calls = Call.objects.filter(answered_at__lte=at)
    return {
        "send": Q(Exists(Message.objects.filter(sender=me, call=None, created_at__lte=at))),
        "share": Q(Exists(Attachment.objects.filter(uploader=me, message__created_at__lte=at))),
        "book": Q(Exists(planned.filter(proposed_by=me, created_at__lte=at)))
        | Q(Exists(planned.filter(confirmed_by=me, confirmed_at__lte=at))),
        "join": Q(
            Exists(met.exclude(provenance=Session.Provenance.SELF_LOGGED).filter(relationship__members__person=me))
        )
        | Q(Exists(calls.filter(callee=me)))
        | Q(Exists(calls.filter(message__sender=me))),
        "export": Q(Exists(CalendarFeed.objects.filter(person=me, created_at__lte=at))),
    }
