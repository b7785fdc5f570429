"""When people meet: sessions of a person, free times, who is already busy."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.db.models import F

from accounts.models import User
from mentoring.planning.models import Availability
from mentoring.relationships import slots
from mentoring.relationships.models import (
    Goal,
    GoalStep,
    Relationship,
    Session,
    SessionQuerySet,
    SessionRating,
)

LONGEST = timedelta(minutes=480)
NOTICE = timedelta(hours=2)
SLACK = timedelta(minutes=30)
HORIZON = timedelta(days=15)
STEPS_TO_SEE = 3


@dataclass(frozen=True)
class Preparation:
    """What to look at before a session: what was agreed last time, and which steps of the goals are open."""

    agreed: str
    steps: list[GoalStep]


def sessions_of(person: User) -> SessionQuerySet:
    """All sessions of the relationships a person is a member of, ready for rows."""
    rows: SessionQuerySet = Session.objects.visible_to(person).for_rows()
    return rows


def next_session_for(person: User, now: datetime) -> Session | None:
    """The confirmed session that comes next, or is going on."""
    coming = sessions_of(person).filter(status=Session.Status.CONFIRMED, starts_at__gt=now - LONGEST)
    return next((s for s in coming.order_by("starts_at", "pk") if s.ends_at is not None and s.ends_at > now), None)


def session_at(relationship: Relationship, moment: datetime | None) -> Session | None:
    """The confirmed session that a meeting at this moment was: half an hour early or late does not matter."""
    if moment is None:
        return None
    near = relationship.sessions.filter(
        status=Session.Status.CONFIRMED, starts_at__lt=moment + SLACK, starts_at__gt=moment - LONGEST - SLACK
    )
    return next((s for s in near.order_by("-starts_at") if s.ends_at is not None and s.ends_at > moment - SLACK), None)


def meets_another(people: Iterable[int], *, starts_at: datetime, minutes: int, beside: Session) -> bool:
    """Whether one of `people` (ids) has another confirmed session in this time."""
    ends_at = starts_at + timedelta(minutes=minutes)
    near = Session.objects.filter(
        status=Session.Status.CONFIRMED,
        starts_at__lt=ends_at,
        starts_at__gt=starts_at - LONGEST,
        relationship__members__person__in=list(people),
        relationship__members__left_at=None,
    ).exclude(pk=beside.pk)
    return any(other.ends_at is not None and other.ends_at > starts_at for other in near.distinct())


def suggested_times(
    relationship: Relationship, *, minutes: int, now: datetime, offered: Iterable[datetime] = ()
) -> list[datetime]:
    """The next moments at which all members said they can meet and none has another confirmed session. Of those `offered` a
    while ago the ones stay among them that are still free and to come, though there is less notice by now."""
    people = relationship.people
    weekly: dict[int, list[slots.Weekly]] = {person.pk: [] for person in people}
    zones = {person.pk: person.zone for person in people}
    for row in Availability.objects.filter(person__in=people):
        weekly[row.person_id].append(slots.Weekly(row.weekday, row.starts, row.ends, zones[row.person_id]))
    since, until = now + NOTICE, now + HORIZON
    confirmed = Session.objects.filter(
        status=Session.Status.CONFIRMED,
        starts_at__gt=now - LONGEST,
        starts_at__lt=until,
        relationship__members__person__in=people,
        relationship__members__left_at=None,
    ).distinct()
    busy = [(s.starts_at, s.ends_at) for s in confirmed if s.starts_at is not None and s.ends_at is not None]
    find = partial(slots.starts, list(weekly.values()), busy=busy, minutes=minutes)
    length = timedelta(minutes=minutes)
    still = {
        each for each in offered if now < each <= until - length and find(since=each, until=each + length) == [each]
    }
    return sorted(still.union(find(since=since, until=until)))


def preparation(relationship: Relationship) -> Preparation:
    """Two queries; of the open steps those that are due first."""
    held = Session.objects.filter(relationship=relationship, status=Session.Status.HELD)
    agreed = held.order_by("-starts_at", "-pk").values_list("next_step", flat=True).first()
    steps = GoalStep.objects.filter(
        goal__relationship=relationship, goal__status=Goal.Status.ACTIVE, done_at=None
    ).select_related("goal", "owner")
    return Preparation(agreed or "", list(steps.order_by(F("due_on").asc(nulls_last=True), "pk")[:STEPS_TO_SEE]))


def my_ratings(person: User, sessions: Iterable[Session]) -> dict[int, int]:
    """What this person gave to each of these sessions; nobody else's."""
    rows = SessionRating.objects.filter(person=person, session__in=list(sessions))
    return dict(rows.values_list("session_id", "stars"))


def my_rating(person: User, session: Session) -> SessionRating | None:
    """What this person gave to it, if anything."""
    return SessionRating.objects.filter(person=person, session=session).first()


def next_session_at(relationship: Relationship, *, now: datetime) -> datetime | None:
    """When its next confirmed session begins."""
    coming = Session.objects.filter(relationship=relationship).upcoming(now).first()
    return coming.starts_at if coming is not None else None
