"""Verbs of an enrolment: every step is one row of `rules.STEPS`, audited, told upwards and to the people concerned."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts.models import User
from accounts.services import record
from core.errors import DomainError
from mentoring.planning.models import Enrolment, Programme
from mentoring.planning.queries import lacks_only_training, readiness
from mentoring.planning.rules import STEPS
from mentoring.planning.signals import enrolment_changed
from notifications.services import notify


class WrongState(DomainError):
    code = "wrong_state"
    default = _("This step does not fit where the membership stands now. Please look at the page again.")


class NotOpen(DomainError):
    code = "programme_not_open"
    default = _("This programme takes no applications just now.")


class ReasonMissing(DomainError):
    code = "reason_missing"
    status = 400
    default = _("Please write a reason; the person will read it.")


@transaction.atomic
def register(
    programme: Programme, person: User, role: str, *, at: datetime, by: User | None = None, invited: bool = False
) -> Enrolment:
    """A person begins to take part (or comes back to what they began). Somebody `invited` has not said yes yet.

    Raises NotOpen when a person comes by themselves to a programme that takes no applications.
    """
    enrolment = Enrolment.objects.filter(programme=programme, person=person, role=role).first()
    if enrolment is not None:
        if enrolment.status == Enrolment.Status.INVITED and not invited:
            take_step("register", enrolment, by=by or person, at=at)
        return enrolment
    if not invited and not programme.takes_applications(at.date()):
        raise NotOpen
    places = programme.mentor_capacity if role == Enrolment.Role.MENTOR else 1
    enrolment = Enrolment.objects.create(
        programme=programme,
        person=person,
        role=role,
        status=Enrolment.Status.INVITED if invited else Enrolment.Status.REGISTERED,
        status_at=at,
        capacity=places,
        free_places=places,
        languages=[person.language],
    )
    _tell_above(enrolment, "", by=by or person, at=at)
    return enrolment


@transaction.atomic
def apply(enrolment: Enrolment, *, by: User, at: datetime) -> None:
    """Send the application. Mentees of a programme that does not choose them are approved at once."""
    if not enrolment.programme.takes_applications(at.date()):
        raise NotOpen
    take_step("apply", enrolment, by=by, at=at, applied_at=at)
    if not enrolment.is_mentor and not enrolment.programme.mentee_approval:
        approve(enrolment, by=None, at=at)
        return
    for coordinator in enrolment.programme.coordinators.all():
        _notify("planning.applied", enrolment, to=coordinator, at=at, person=str(enrolment.person))


@transaction.atomic
def approve(enrolment: Enrolment, *, by: User | None, at: datetime) -> None:
    take_step("approve", enrolment, by=by, at=at, decided_at=at, decided_by=by, reason="")
    _notify("planning.approved", enrolment, to=enrolment.person, at=at)
    settle_readiness(enrolment, at=at)


@transaction.atomic
def approve_all(enrolments: list[Enrolment], *, by: User, at: datetime) -> int:
    """Approve those that still wait; returns how many it were."""
    waiting = [enrolment for enrolment in enrolments if enrolment.status == Enrolment.Status.APPLIED]
    for enrolment in waiting:
        approve(enrolment, by=by, at=at)
    return len(waiting)


@transaction.atomic
def reject(enrolment: Enrolment, *, reason: str, by: User, at: datetime) -> None:
    """Say no, with a reason that the person reads. Raises ReasonMissing."""
    if not reason.strip():
        raise ReasonMissing
    take_step("reject", enrolment, by=by, at=at, decided_at=at, decided_by=by, reason=reason.strip())
    _notify("planning.rejected", enrolment, to=enrolment.person, at=at, reason=reason.strip())


@transaction.atomic
def settle_readiness(enrolment: Enrolment, *, at: datetime) -> None:
    """Move an approved person on: ready when nothing is missing, in training when only modules are."""
    enrolment.refresh_from_db(fields=["status", "trained_at"])
    if enrolment.status not in STEPS["ready"].before:
        return
    steps = readiness(enrolment)
    if all(step.done for step in steps):
        take_step("ready", enrolment, by=None, at=at, ready_at=at)
        _notify("planning.ready", enrolment, to=enrolment.person, at=at)
    elif enrolment.status == Enrolment.Status.APPROVED and lacks_only_training(steps):
        take_step("mark_training", enrolment, by=None, at=at)


@transaction.atomic
def settle_readiness_of(person_id: int, *, at: datetime) -> None:
    """As `settle_readiness`, wherever this person waits: free time and agreements hold in every programme and role."""
    waiting = Enrolment.objects.filter(person=person_id, status__in=STEPS["ready"].before)
    for enrolment in waiting.select_related("programme", "person"):
        settle_readiness(enrolment, at=at)


@transaction.atomic
def mark_trained(enrolment: Enrolment, *, at: datetime) -> None:
    """All required modules are finished; training, which knows, says so."""
    Enrolment.objects.filter(pk=enrolment.pk, trained_at=None).update(trained_at=at)
    settle_readiness(enrolment, at=at)


@transaction.atomic
def pause(enrolment: Enrolment, *, by: User, at: datetime) -> None:
    """Not to be matched for a while."""
    take_step("pause", enrolment, by=by, at=at)


@transaction.atomic
def resume(enrolment: Enrolment, *, by: User, at: datetime) -> None:
    take_step("resume", enrolment, by=by, at=at)


@transaction.atomic
def withdraw(enrolment: Enrolment, *, by: User, at: datetime) -> None:
    take_step("withdraw", enrolment, by=by, at=at)


@transaction.atomic
def rejoin(enrolment: Enrolment, *, by: User, at: datetime) -> None:
    """Come back: the answers are kept, the application is sent anew."""
    take_step("rejoin", enrolment, by=by, at=at, applied_at=None, decided_at=None, decided_by=None, ready_at=None)


@transaction.atomic
def suspend(enrolment: Enrolment, *, reason: str, by: User, at: datetime) -> None:
    """Take somebody out; they cannot come back by themselves. Raises ReasonMissing."""
    if not reason.strip():
        raise ReasonMissing
    take_step("suspend", enrolment, by=by, at=at, reason=reason.strip())
    _notify("planning.suspended", enrolment, to=enrolment.person, at=at, reason=reason.strip())


@transaction.atomic
def reinstate(enrolment: Enrolment, *, by: User, at: datetime) -> None:
    """End a suspension: the person is accepted, and ready where nothing is missing. What rested meanwhile goes on."""
    take_step("reinstate", enrolment, by=by, at=at, reason="")
    _notify("planning.reinstated", enrolment, to=enrolment.person, at=at)
    settle_readiness(enrolment, at=at)


@transaction.atomic
def take_step(verb: str, enrolment: Enrolment, *, by: User | None, at: datetime, **fields: Any) -> None:
    """Move an enrolment along one row of the table, if it still stands where that step begins. Raises WrongState.

    One conditional UPDATE decides, so of two who act at once only one succeeds.
    """
    step = STEPS[verb]
    before = Enrolment.objects.values_list("status", flat=True).get(pk=enrolment.pk)
    moved = before in step.before and Enrolment.objects.filter(pk=enrolment.pk, status=before).update(
        status=step.after, status_at=at, **fields
    )
    if not moved:
        raise WrongState
    enrolment.refresh_from_db(fields=["status", "status_at", *fields])
    _tell_above(enrolment, before, by=by, at=at)


def _tell_above(enrolment: Enrolment, before: str, *, by: User | None, at: datetime) -> None:
    record(
        f"membership.{enrolment.status}",
        by=by,
        at=at,
        target=enrolment,
        institution_id=enrolment.programme.institution_id,
    )
    enrolment_changed.send(Enrolment, enrolment=enrolment, before=before, by=by, at=at)


def _notify(kind: str, enrolment: Enrolment, *, to: User, at: datetime, **params: str | int) -> None:
    with override(to.language):
        programme = enrolment.programme.name
    key = f"{kind}:{enrolment.pk}:{to.pk}:{at.isoformat()}"
    url = reverse("enrolment", args=[enrolment.pk])
    notify(kind, to=to, key=key, at=at, url=url, programme=programme, **params)
