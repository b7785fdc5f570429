"""What matching does when something happens below it: requests that cannot come about any more are closed, and
coordinators hear of a mentee who lost the mentor."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from mentoring.matching.services import settle_later, tell_of_loss
from mentoring.planning.models import Enrolment
from mentoring.planning.signals import enrolment_changed
from mentoring.relationships.models import Relationship, RelationshipMember
from mentoring.relationships.signals import mentee_joined, relationship_closed, relationship_started


@receiver(relationship_started)
def close_requests_of_both(relationship: Relationship, at: datetime, **_rest: Any) -> None:
    for member in relationship.members.select_related("enrolment"):
        settle_later(member.enrolment, key=f"r{relationship.pk}")


@receiver(mentee_joined)
def close_requests_of_who_joined(relationship: Relationship, member: RelationshipMember, **_rest: Any) -> None:
    for enrolment in Enrolment.objects.filter(memberships__relationship=relationship, memberships__left_at=None):
        settle_later(enrolment, key=f"m{member.pk}")


@receiver(enrolment_changed)
def close_requests_of_who_is_away(enrolment: Enrolment, before: str, at: datetime, **_rest: Any) -> None:
    if before == Enrolment.Status.READY:
        settle_later(enrolment, key=at.isoformat())


@receiver(relationship_closed)
def propose_another_mentor(relationship: Relationship, at: datetime, **_rest: Any) -> None:
    if relationship.status in (Relationship.Status.ENDED, Relationship.Status.VOIDED):
        tell_of_loss(relationship, at=at)
