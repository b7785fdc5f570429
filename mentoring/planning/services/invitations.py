"""Verbs that bring people in by e-mail."""

from datetime import datetime

from django.db import transaction

from accounts.models import Belonging, User
from accounts.services import invite as invite_to_institution
from core.jobs import enqueue
from mentoring.planning.models import Enrolment, Programme
from mentoring.planning.services.enrolments import register


@transaction.atomic
def invite(programme: Programme, *, email: str, name: str, role: str, by: User, at: datetime) -> Enrolment:
    """Ask somebody to take part: an enrolment in state invited and a mail with their link.

    A person without an account gets one without a usable password; nothing of an existing account changes.
    """
    person = User.objects.filter(email=email.strip().lower()).first()
    if person is None:
        here = programme.institution
        person = User.objects.create_user(
            email.strip(), name=name, language=here.language, calendar=here.calendar, time_zone=here.time_zone
        )
    enrolment = register(programme, person, role, by=by, at=at, invited=True)
    send_invitation(enrolment, by=by, at=at)
    return enrolment


@transaction.atomic
def send_invitation(enrolment: Enrolment, *, by: User | None, at: datetime) -> None:
    """A mail with the way in: a link of one's own into the institution, or to the programme for who is in already."""
    institution = enrolment.programme.institution
    if Belonging.objects.filter(institution=institution, person=enrolment.person).exists():
        enqueue(
            "planning.send_welcome", key=f"planning.welcome:{enrolment.pk}:{at.isoformat()}", enrolment_id=enrolment.pk
        )
        return
    invitation, _token = invite_to_institution(
        institution, email=enrolment.person.email, role=Belonging.Role.MEMBER, by=by, at=at, mail=False
    )
    enqueue(
        "planning.send_invitation",
        key=f"planning.invitation:{invitation.pk}",
        invitation_id=invitation.pk,
        enrolment_id=enrolment.pk,
    )
