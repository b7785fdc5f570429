"""What relationships do when something happens below them."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from accounts.models import User
from accounts.signals import person_will_be_erased
from mentoring.planning.models import Enrolment
from mentoring.planning.rules import GONE
from mentoring.planning.signals import enrolment_changed
from mentoring.relationships.models import Block, RelationshipMember
from mentoring.relationships.services import end_meeting, go_out, keep_pause, tell_of_state

SUSPENDED = Enrolment.Status.SUSPENDED


@receiver(person_will_be_erased)
def end_with_whoever_is_erased(sender: object, *, person: User, at: datetime, **_newer: Any) -> None:
    for member in RelationshipMember.objects.at_work().filter(person=person):
        go_out(member, by=person, at=at)
    Block.objects.filter(one=person).update(one_name="", one_about="")
    Block.objects.filter(other=person).update(other_name="", other_about="")


@receiver(enrolment_changed)
def rest_or_end_with_whoever_leaves(
    sender: object, *, enrolment: Enrolment, before: str, at: datetime, by: User | None = None, **_newer: Any
) -> None:
    """Whoever is suspended may be taken back: what needs them rests (`Relationship.rests`). Who else leaves ends it."""
    if enrolment.status not in GONE and before != SUSPENDED:
        return
    for member in RelationshipMember.objects.at_work().filter(enrolment=enrolment):
        if enrolment.status in GONE and not (enrolment.status == SUSPENDED and member.relationship.needs(member)):
            go_out(member, by=by, at=at)
        elif enrolment.status == SUSPENDED:
            end_meeting(member.relationship, at=at)
            keep_pause(member.relationship, at=at)
            tell_of_state(member.relationship, "paused", by=enrolment.person, at=at)
        elif not keep_pause(member.relationship, at=at):
            tell_of_state(member.relationship, "resumed", by=None, at=at)
