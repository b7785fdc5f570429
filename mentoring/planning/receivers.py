"""What planning does when something happens below it."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from accounts.models import Consent, Invitation, User
from accounts.signals import consent_given, invitation_accepted, person_will_be_erased
from mentoring.planning.models import Enrolment
from mentoring.planning.rules import TAKING_PART
from mentoring.planning.services import forget_lines_of, settle_readiness_of, withdraw
from mentoring.planning.services.enrolments import take_step


@receiver(invitation_accepted)
def begin_what_they_were_invited_to(
    sender: object, *, invitation: Invitation, person: User, at: datetime, **_newer: Any
) -> None:
    invited = Enrolment.objects.filter(
        person=person, programme__institution=invitation.institution_id, status=Enrolment.Status.INVITED
    )
    for enrolment in invited.select_related("programme", "person"):
        take_step("register", enrolment, by=person, at=at)


@receiver(consent_given)
def see_whether_nothing_else_is_missing(sender: object, *, consent: Consent, at: datetime, **_newer: Any) -> None:
    settle_readiness_of(consent.person_id, at=at)


@receiver(person_will_be_erased)
def take_part_no_more(sender: object, *, person: User, at: datetime, **_newer: Any) -> None:
    forget_lines_of(person)
    for enrolment in Enrolment.objects.filter(person=person, status__in=TAKING_PART).select_related(
        "programme", "person"
    ):
        withdraw(enrolment, by=person, at=at)
