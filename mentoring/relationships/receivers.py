"""What relationships do when something happens below them."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from accounts.models import User
from accounts.signals import person_will_be_erased
from mentoring.relationships.models import Relationship
from mentoring.relationships.services import end_relationship


@receiver(person_will_be_erased)
def end_with_whoever_leaves(sender: object, *, person: User, at: datetime, **_newer: Any) -> None:
    """A pair ends when one of the two goes; a circle goes on without its mentee, not without its mentor."""
    for relationship in Relationship.objects.of(person).open().distinct():
        if relationship.role_of(person) == "mentor" or len(relationship.people) == 2:
            end_relationship(relationship, reason=Relationship.Reason.OTHER, by=person, at=at)
        else:
            relationship.members.filter(person=person).update(left_at=at)
