"""Taking a message away that hurts: only one that somebody has a reason to read, and noted."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.services import record
from core.errors import NotAllowed
from mentoring.messaging.models import Flag, Message
from mentoring.messaging.services import hide_message
from mentoring.safeguarding.models import Report
from mentoring.safeguarding.queries import programme_of_room, shown_to
from mentoring.safeguarding.services.reporting import institution_of


@transaction.atomic
def hide(message: Message, *, reason: str, by: User, at: datetime) -> bool:
    """Nobody reads it in the conversation any more; what it said stays for the case, and what a rule found in it is settled.
    False when it was gone already.

    Raises NotAllowed where `by` has no reason to read it, and for the trace of a call.
    """
    if not shown_to(by, at=at).filter(pk=message.pk).exists():
        raise NotAllowed
    Flag.objects.visible_to(by).open().filter(message=message).update(settled_at=at, settled_by=by)
    if not hide_message(message, by=by, reason=reason, at=at).change:
        return False
    report = report_with(message, by)
    institution = institution_of(report) if report else programme_of_room(message.room).institution_id
    record("message.redacted", by=by, at=at, target=message, institution_id=institution, reason=reason)
    return True


def report_with(message: Message, by: User) -> Report | None:
    """The latest report that `by` works on and for which the message was kept."""
    kept = Report.objects.handled_by(by).filter(evidence__message_id=message.pk)
    report: Report | None = kept.order_by("-pk").first()
    return report
