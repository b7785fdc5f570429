"""Numbers and small facts about relationships, without what was written."""

from collections.abc import Sequence

from django.db.models import Count, Q

from accounts.faces import face_of
from accounts.models import User
from mentoring.planning.models import Enrolment
from mentoring.relationships.models import (
    Goal,
    Relationship,
    Session,
    Signature,
)


def counts(relationship: Relationship) -> dict[str, int]:
    """How many sessions and goals there are in which state, and of how many check-ins: numbers only, no content."""
    sessions = relationship.sessions.aggregate(
        held=Count("pk", filter=Q(status=Session.Status.HELD)),
        missed=Count("pk", filter=Q(status=Session.Status.NO_SHOW)),
        planned=Count("pk", filter=Q(status=Session.Status.CONFIRMED)),
    )
    goals = relationship.goals.aggregate(
        goals_active=Count("pk", filter=Q(status=Goal.Status.ACTIVE)),
        goals_closed=Count("pk", filter=Q(status=Goal.Status.CLOSED)),
    )
    agreement = relationship.agreement
    signatures = Signature.objects.filter(agreement=agreement, version=agreement.version).count()
    return {**sessions, **goals, "signatures": signatures, "check_ins": relationship.check_ins.count()}


def headlines(relationships: Sequence[Relationship], person: User) -> dict[int, str]:
    """The line each partner wrote about themselves for the programme, by person id; none of those whom the reader sees as they
    were. One query."""
    enrolments = Enrolment.objects.filter(memberships__relationship__in=relationships).exclude(person=person)
    lines = {e.person_id: e.headline for e in enrolments.only("person_id", "headline") if e.headline}
    return {pk: line for pk, line in lines.items() if not face_of(pk)}
