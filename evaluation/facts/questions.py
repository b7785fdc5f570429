"""What the facts ask the database: rows and the fields of them that are read as columns; in no order, because PostgreSQL takes
several questions that each want one as far more than one question."""

from datetime import timedelta
from functools import cache, reduce
from operator import or_
from typing import Any

from django.db.models import Case, Exists, F, FloatField, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, Least, Length

from accounts.models import User
from evaluation.facts.asking import PERSON, RELATIONSHIP, Asked, Scope, asks, asks_rows
from evaluation.facts.practice import practised
from evaluation.facts.tables import CHANNELS, TAKING_PART, whether
from mentoring.messaging.models import Message
from mentoring.planning.models import Enrolment
from mentoring.relationships.models import (
    Agreement,
    CheckIn,
    CoordinatorTouch,
    Goal,
    Pause,
    Relationship,
    RelationshipMember,
    Session,
    SessionRating,
    Signature,
)
from mentoring.training.catalogue import modules
from mentoring.training.models import LessonAnswer, SelfRating
from notifications.models import Absence, Mail, Notification

NEWS_COUNT_AFTER = timedelta(hours=72)
NOTICE = timedelta(hours=2)
WORDS_GONE = 3
"""For so many letters stand words that were deleted or erased: that something was said stays."""
DONE = (
    Enrolment.Status.COMPLETED,
    Enrolment.Status.WITHDRAWN,
    Enrolment.Status.DEACTIVATED,
    Enrolment.Status.SUSPENDED,
)
AS_PLANNED = (Relationship.Status.COMPLETED, Relationship.Status.COMPLETED_EARLY)
IS_MENTOR = whether(role=Enrolment.Role.MENTOR)
PLACES = Case(*(When(place=name, then=number) for number, name in enumerate(CHANNELS)), default=0)


def of(facts: Scope, path: str) -> Q:
    """What belongs to the relationships in question, which stand at `path`."""
    if facts.relationships is None:
        return Q(**{f"{path}__programme": facts.programme})
    return Q(**{f"{path}__in": facts.relationships})


def enrolments(facts: Scope) -> QuerySet[Enrolment]:
    """Of those who take or took part, the ones in question."""
    mine = Enrolment.objects.filter(programme=facts.programme)
    if facts.relationships is not None:
        return mine.filter(pk__in=[enrolment for enrolment, _person in facts.members])
    if facts.persons is not None:
        mine = mine.filter(person__in=facts.persons)
    belongs = RelationshipMember.objects.filter(enrolment=OuterRef("pk"))
    return mine.filter(Q(status__in=TAKING_PART) | Exists(belongs))


def persons(facts: Scope) -> Any:
    """The ids of the people of these enrolments."""
    if facts.relationships is not None:
        return [person for _enrolment, person in facts.members]
    return enrolments(facts).values("person")


def everybody(facts: Scope) -> QuerySet[Any, Any]:
    """The ids of everybody who is enrolled, whatever became of it."""
    return Enrolment.objects.filter(programme=facts.programme).values("person")


def whose(facts: Scope, path: str = "person") -> Q:
    """What belongs to the people in question, who stand at `path`."""
    return Q(**{f"{path}__in": everybody(facts) if facts.persons is None else facts.persons})


@asks(RELATIONSHIP)
def pairs(facts: Scope) -> Asked:
    status = Relationship.Status
    return (
        begun(facts),
        "pk", "started_at", "closed_at", "closing_since", "planned_end_on",
        Cast(KeyTextTransform("percentile", "why"), FloatField()),
        whether(status=status.PAUSED), whether(status__in=AS_PLANNED), whether(close_reason=Relationship.Reason.POOR_FIT),
    )  # fmt: skip


def begun(facts: Scope) -> QuerySet[Relationship]:
    """The relationships in question that had begun."""
    mine = Q(programme=facts.programme)
    if facts.relationships is not None:
        mine &= Q(pk__in=facts.relationships)
    rows = Relationship.objects.filter(mine, started_at__lte=facts.at)
    return rows.exclude(status=Relationship.Status.VOIDED)


@asks_rows
def rhythms(facts: Scope) -> Asked:
    return (
        User.objects.filter(pk__in=persons(facts)),
        "pk", "time_zone", "rhythm__night", "rhythm__night_from", "rhythm__night_to", "rhythm__free_days",
    )  # fmt: skip


@asks(RELATIONSHIP, PERSON)
def people(facts: Scope) -> Asked:
    return (
        enrolments(facts),
        "pk", "person_id", IS_MENTOR, "capacity", "contacts_wanted", "decided_at", "status_at",
        whether(status__in=DONE),
    )  # fmt: skip


@asks()
def given_up(facts: Scope) -> Asked:
    """Mentees who were accepted and are gone without a match: when they were accepted, and since when they are gone."""
    mine = Enrolment.objects.filter(programme=facts.programme, role=Enrolment.Role.MENTEE, decided_at__lte=facts.at)
    gone = mine.filter(status__in=DONE).exclude(status__in=TAKING_PART)
    matched = RelationshipMember.objects.filter(enrolment=OuterRef("pk"))
    return gone.exclude(Exists(matched)), "decided_at", "status_at"


@asks()
def together(facts: Scope) -> Asked:
    """Whoever was mentored by a mentor of the programme, anywhere in its institution: mentor, mentee, since when and until when
    (no moment: still)."""
    role = Enrolment.Role
    rows = RelationshipMember.objects.filter(
        role=role.MENTEE,
        joined_at__lte=facts.at,
        relationship__programme__institution=facts.programme.institution_id,
        relationship__members__in=RelationshipMember.objects.filter(role=role.MENTOR, person__in=everybody(facts)),
    )
    rows = rows.exclude(relationship__status=Relationship.Status.VOIDED)
    until = Least(Coalesce("left_at", "relationship__closed_at"), Coalesce("relationship__closed_at", "left_at"))
    return rows, "relationship__members__person_id", "person_id", "joined_at", until


@asks(RELATIONSHIP)
def absences(facts: Scope) -> Asked:
    return Absence.objects.filter(person__in=persons(facts)), "person_id", "from_on", "until_on"


@asks(RELATIONSHIP)
def members(facts: Scope) -> Asked:
    return (
        RelationshipMember.objects.filter(of(facts, "relationship"), joined_at__lte=facts.at),
        "pk", "relationship_id", "person_id", "enrolment_id", IS_MENTOR, "joined_at", "left_at",
    )  # fmt: skip


@asks(RELATIONSHIP)
def pauses(facts: Scope) -> Asked:
    rows = Pause.objects.filter(of(facts, "relationship"), began_at__lte=facts.at)
    return rows, "relationship_id", "began_at", "ended_at"


@asks(RELATIONSHIP)
def messages(facts: Scope) -> Asked:
    said = Message.objects.filter(of(facts, "room__relationship"), call=None, created_at__lte=facts.at)
    size = Case(When(deleted_at=None, then=Length("body")), default=WORDS_GONE)
    return (said, "room__relationship_id", "sender_id", "created_at", size)


@asks(RELATIONSHIP)
def sessions(facts: Scope) -> Asked:
    status = Session.Status
    late = Q(
        status=status.CANCELLED, confirmed_at__isnull=False, cancelled_by__isnull=False,
        cancelled_at__gt=F("starts_at") - NOTICE, cancelled_at__lte=F("starts_at"),
    )  # fmt: skip
    # Whoever ends a relationship calls off what stands, also what nobody had written down yet.
    overdue = Q(status=status.CANCELLED, confirmed_at__isnull=False, cancelled_at__gt=F("starts_at"))
    return (
        Session.objects.filter(of(facts, "relationship"), starts_at__lte=facts.at),
        "relationship_id", whether(status=status.HELD), whether(Q(status=status.NO_SHOW) | late),
        whether(Q(status=status.CONFIRMED) | overdue), whether(provenance=Session.Provenance.SELF_LOGGED),
        "technical_fault", "starts_at", PLACES, Case(When(late, then="cancelled_by"), default="absent"),
    )  # fmt: skip


@asks(RELATIONSHIP)
def agreements(facts: Scope) -> Asked:
    return (
        Agreement.objects.filter(of(facts, "relationship")),
        "relationship_id", "rhythm_days", "reply_hours", whether(~Q(channels=[])), whether(~Q(expectations="")),
        whether(~Q(reconnect="")), whether(~Q(boundaries="")), "version", "updated_at",
    )  # fmt: skip


@asks(RELATIONSHIP)
def signatures(facts: Scope) -> Asked:
    return (
        Signature.objects.filter(of(facts, "agreement__relationship"), signed_at__lte=facts.at),
        "agreement__relationship_id", "version", "person_id", "signed_at",
    )  # fmt: skip


@asks(RELATIONSHIP)
def goals(facts: Scope) -> Asked:
    return (
        Goal.objects.filter(of(facts, "relationship"), created_at__lte=facts.at),
        "relationship_id", whether(status=Goal.Status.DROPPED), "confirmed_at", "attainment", "closed_at",
    )  # fmt: skip


@asks(RELATIONSHIP)
def ratings(facts: Scope) -> Asked:
    return (
        SessionRating.objects.filter(of(facts, "session__relationship"), rated_at__lte=facts.at),
        "session__relationship_id", "person_id", "stars", "rated_at",
    )  # fmt: skip


@asks(RELATIONSHIP)
def check_ins(facts: Scope) -> Asked:
    return (
        CheckIn.objects.filter(of(facts, "relationship"), answered_at__lte=facts.at),
        "relationship_id", "person_id", "mood", "answered_at", "week_on",
    )  # fmt: skip


@asks(RELATIONSHIP)
def touches(facts: Scope) -> Asked:
    rows = CoordinatorTouch.objects.filter(of(facts, "relationship"), at__lte=facts.at)
    return rows, "relationship_id", "at", "person_id"


@asks(PERSON)
def lesson_answers(facts: Scope) -> Asked:
    rows = LessonAnswer.objects.filter(whose(facts, "progress__person"), answered_at__lte=facts.at)
    return rows, "progress__person_id", "answered_at", whether(reflections())


@cache
def reflections() -> Q:
    """Lessons in which people write for themselves."""
    keys = {each.slug: [screen.key for screen in each.screens if screen.kind == "reflection"] for each in modules()}
    return reduce(or_, (Q(progress__module=slug, lesson__in=found) for slug, found in keys.items()))


@asks(PERSON)
def self_rated(facts: Scope) -> Asked:
    rows = SelfRating.objects.filter(whose(facts, "progress__person"), rated_at__lte=facts.at)
    return rows, "progress__person_id", "rated_at"


@asks(PERSON)
def practice(facts: Scope) -> Asked:
    first = RelationshipMember.objects.filter(enrolment=OuterRef("pk")).order_by("joined_at").values("joined_at")[:1]
    done = practised("person", facts.at).values()
    return (enrolments(facts), "pk", Subquery(first), *(whether(each) for each in done))


@asks()
def mails(facts: Scope) -> Asked:
    rows = Mail.objects.filter(whose(facts, "recipient"), created_at__gte=facts.begins, created_at__lte=facts.at)
    came_back = Q(returned__in=[Mail.Returned.HARD, Mail.Returned.SOFT])
    return rows.exclude(sent_at=None, error=""), "recipient_id", whether(~Q(error="") | came_back)


@asks(PERSON)
def notices(facts: Scope) -> Asked:
    rows = Notification.objects.filter(
        whose(facts, "recipient"), created_at__gte=facts.begins, created_at__lte=facts.at - NEWS_COUNT_AFTER
    )
    return rows, "recipient_id", "created_at", "read_at"
