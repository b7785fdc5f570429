"""What the facts ask the database: rows and the fields of them that are read as columns."""

from datetime import timedelta
from functools import cache, reduce
from operator import or_
from typing import Any

from django.db.models import Case, Exists, F, FloatField, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Length

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
IS_MENTOR = whether(role=Enrolment.Role.MENTOR)
PLACES = Case(*(When(place=name, then=number) for number, name in enumerate(CHANNELS)), default=0)


def of(facts: Scope, path: str) -> Q:
    """What belongs to the relationships in question, which stand at `path`."""
    if facts.relationships is None:
        return Q(**{f"{path}__programme": facts.programme})
    return Q(**{f"{path}__in": facts.relationships})


def enrolments(facts: Scope) -> QuerySet[Enrolment]:
    """Of those who take or took part, the ones in question."""
    members = RelationshipMember.objects.all()
    mine = Enrolment.objects.filter(programme=facts.programme)
    if facts.relationships is not None:
        return mine.filter(pk__in=members.filter(relationship__in=facts.relationships).values("enrolment"))
    if facts.persons is not None:
        mine = mine.filter(person__in=facts.persons)
    return mine.filter(Q(status__in=TAKING_PART) | Exists(members.filter(enrolment=OuterRef("pk"))))


def everybody(facts: Scope) -> QuerySet[Any, Any]:
    """The ids of everybody who is enrolled, whatever became of it."""
    return Enrolment.objects.filter(programme=facts.programme).values("person")


def whose(facts: Scope, path: str = "person") -> Q:
    """What belongs to the people in question, who stand at `path`."""
    return Q(**{f"{path}__in": everybody(facts) if facts.persons is None else facts.persons})


@asks_rows
def pairs(facts: Scope) -> Asked:
    mine = Q(programme=facts.programme)
    if facts.relationships is not None:
        mine &= Q(pk__in=facts.relationships)
    rows = Relationship.objects.filter(mine, started_at__lte=facts.at).exclude(status=Relationship.Status.VOIDED)
    return (
        rows.order_by("pk"),
        "pk", "started_at", "closed_at", "planned_end_on", "status", "close_reason", "pair_key",
        Cast(KeyTextTransform("percentile", "why"), FloatField()),
    )  # fmt: skip


@asks_rows
def rhythms(facts: Scope) -> Asked:
    return (
        enrolments(facts),
        "person_id", "person__time_zone", "person__rhythm__night", "person__rhythm__night_from",
        "person__rhythm__night_to", "person__rhythm__free_days",
    )  # fmt: skip


@asks(RELATIONSHIP, PERSON)
def people(facts: Scope) -> Asked:
    return (
        enrolments(facts).order_by("pk"),
        "pk", "person_id", IS_MENTOR, "capacity", "contacts_wanted", "decided_at", "status_at",
        whether(status=Enrolment.Status.COMPLETED),
    )  # fmt: skip


@asks(RELATIONSHIP)
def absences(facts: Scope) -> Asked:
    rows = Absence.objects.filter(person__in=enrolments(facts).values("person"))
    return rows.order_by("from_on"), "person_id", "from_on", "until_on"


@asks(RELATIONSHIP)
def members(facts: Scope) -> Asked:
    return (
        RelationshipMember.objects.filter(of(facts, "relationship"), joined_at__lte=facts.at).order_by("pk"),
        "relationship_id", "person_id", "enrolment_id", IS_MENTOR, "joined_at", "left_at",
    )  # fmt: skip


@asks(RELATIONSHIP)
def pauses(facts: Scope) -> Asked:
    rows = Pause.objects.filter(of(facts, "relationship"), began_at__lte=facts.at)
    return rows.order_by("relationship", "began_at"), "relationship_id", "began_at", "ended_at"


@asks(RELATIONSHIP)
def messages(facts: Scope) -> Asked:
    said = Message.objects.filter(of(facts, "room__relationship"), call=None, created_at__lte=facts.at)
    return (said, "room__relationship_id", "sender_id", "created_at", Length("body"))


@asks(RELATIONSHIP)
def sessions(facts: Scope) -> Asked:
    status = Session.Status
    late = Q(
        status=status.CANCELLED, confirmed_at__isnull=False, cancelled_by__isnull=False,
        cancelled_at__gt=F("starts_at") - NOTICE, cancelled_at__lte=F("starts_at"),
    )  # fmt: skip
    return (
        Session.objects.filter(of(facts, "relationship"), starts_at__lte=facts.at),
        "relationship_id", whether(status=status.HELD), whether(Q(status=status.NO_SHOW) | late),
        whether(status=status.CONFIRMED), whether(provenance=Session.Provenance.SELF_LOGGED), "technical_fault", "starts_at",
        PLACES, Case(When(late, then="cancelled_by"), default="absent"),
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
        "relationship_id", whether(status=Goal.Status.DROPPED), "confirmed_at", "attainment",
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
        "relationship_id", "person_id", "mood", "answered_at",
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
    return (enrolments(facts).order_by("pk"), Subquery(first), *(whether(each) for each in done))


@asks()
def mails(facts: Scope) -> Asked:
    rows = Mail.objects.filter(whose(facts, "recipient"), created_at__gte=facts.begins, created_at__lte=facts.at)
    return rows.exclude(sent_at=None, error=""), "recipient_id", whether(~Q(error=""))


@asks(PERSON)
def notices(facts: Scope) -> Asked:
    rows = Notification.objects.filter(
        whose(facts, "recipient"), created_at__gte=facts.begins, created_at__lte=facts.at - NEWS_COUNT_AFTER
    )
    return rows, "recipient_id", "created_at", "read_at"
