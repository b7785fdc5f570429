"""One tap: how the week was."""

from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from mentoring.relationships.models import CheckIn, Relationship
from mentoring.relationships.services.relationship import NotPossibleNow
from mentoring.relationships.signals import relationship_moved


@transaction.atomic
def check_in(relationship: Relationship, *, by: User, mood: int, at: datetime) -> CheckIn:
    """Keep a person's mood, 1 (very hard) to 5 (very good), for the week of `at` in their own zone; the last tap counts.

    A week is kept by its Monday, whatever day it begins with in the reader's calendar. Raises NotPossibleNow after the end.
    """
    if not relationship.is_open:
        raise NotPossibleNow
    day = at.astimezone(by.zone).date()
    kept, _is_new = CheckIn.objects.update_or_create(
        relationship=relationship,
        person=by,
        week_on=day - timedelta(days=day.weekday()),
        defaults={"mood": mood, "answered_at": at},
    )
    relationship_moved.send(Relationship, relationship_id=relationship.pk, at=at)
    return kept
