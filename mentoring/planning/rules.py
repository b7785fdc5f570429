"""Who may do what in a programme, and which step leads from which state of an enrolment to which."""

from dataclasses import dataclass

import rules
from django.db.models import QuerySet

from accounts.models import Institution, User
from mentoring.planning.models import Enrolment, Programme

S = Enrolment.Status
TAKING_PART = frozenset({S.INVITED, S.REGISTERED, S.APPLIED, S.APPROVED, S.TRAINING, S.READY, S.PAUSED})
ACCEPTED = frozenset({S.APPROVED, S.TRAINING, S.READY, S.PAUSED})
"""Those of them whom the programme has taken in."""
GONE = frozenset({S.REJECTED, S.WITHDRAWN, S.DEACTIVATED, S.SUSPENDED})


@dataclass(frozen=True)
class Step:
    """A verb of an enrolment: from which states it may be done and where it leads."""

    before: frozenset[S]
    after: S


STEPS = {
    "register": Step(frozenset({S.INVITED}), S.REGISTERED),
    "apply": Step(frozenset({S.REGISTERED}), S.APPLIED),
    "approve": Step(frozenset({S.APPLIED, S.REJECTED}), S.APPROVED),
    "reject": Step(frozenset({S.APPLIED}), S.REJECTED),
    "mark_training": Step(frozenset({S.APPROVED}), S.TRAINING),
    "ready": Step(frozenset({S.APPROVED, S.TRAINING}), S.READY),
    "pause": Step(frozenset({S.READY}), S.PAUSED),
    "resume": Step(frozenset({S.PAUSED}), S.READY),
    "complete": Step(frozenset({S.READY, S.PAUSED}), S.COMPLETED),
    "deactivate": Step(frozenset({S.INVITED, S.REGISTERED, S.APPLIED, S.APPROVED, S.TRAINING}), S.DEACTIVATED),
    "withdraw": Step(TAKING_PART, S.WITHDRAWN),
    "rejoin": Step(frozenset({S.COMPLETED, S.WITHDRAWN, S.DEACTIVATED}), S.REGISTERED),
    "suspend": Step(TAKING_PART, S.SUSPENDED),
    "reinstate": Step(frozenset({S.SUSPENDED}), S.APPROVED),
}


@rules.predicate
def coordinates(user: User, programme: Programme) -> bool:
    return Programme.objects.coordinated_by(user).filter(pk=programme.pk).exists()


@rules.predicate
def manages(user: User, programme: Programme) -> bool:
    return Programme.objects.managed_by(user).filter(pk=programme.pk).exists()


@rules.predicate
def starts_programmes(user: User) -> bool:
    return institutions_to_start_in(user).exists()


@rules.predicate
def is_self(user: User, enrolment: Enrolment) -> bool:
    return enrolment.person_id == user.pk


@rules.predicate
def coordinates_enrolment(user: User, enrolment: Enrolment) -> bool:
    return coordinates(user, enrolment.programme)


def institutions_to_start_in(user: User) -> QuerySet[Institution]:
    """Where `user` may begin a programme: as administrator, or as coordinator of one that is there already."""
    if not user.is_authenticated:
        return Institution.objects.none()
    administered = Institution.objects.administered_by(user).values("pk")
    coordinated = Programme.objects.coordinated_by(user).values("institution")
    return Institution.objects.filter(pk__in=administered.union(coordinated))


rules.add_perm("planning.start_programme", starts_programmes)
rules.add_perm("planning.manage_programme", manages)
rules.add_perm("planning.coordinate_programme", coordinates)
rules.add_perm("planning.answer_enrolment", is_self)
rules.add_perm("planning.wish_enrolment", is_self)
rules.add_perm("planning.care_for_enrolment", coordinates_enrolment)
for verb in ("approve", "reject", "suspend", "reinstate"):
    rules.add_perm(f"planning.{verb}_enrolment", coordinates_enrolment)
for verb in ("pause", "resume", "withdraw"):
    rules.add_perm(f"planning.{verb}_enrolment", is_self | coordinates_enrolment)
rules.add_perm("planning.rejoin_enrolment", is_self)
