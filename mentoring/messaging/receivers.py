"""A relationship brings its conversation with it; who leaves a programme leaves its announcements, a coordinator its office."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.dispatch import receiver

from accounts.models import User
from accounts.signals import person_will_be_erased
from mentoring.messaging.models import RoomMember
from mentoring.messaging.queries import origins_of
from mentoring.messaging.services import (
    begin_epoch,
    close_room,
    end_elsewhere,
    enter_elsewhere,
    join_room,
    leave_announcements,
    leave_room,
    note_outgrowth,
    open_room,
    reopen_room,
    rest_with,
    set_office,
)
from mentoring.planning.models import Enrolment, Programme
from mentoring.planning.rules import GONE
from mentoring.planning.signals import coordination_changed, enrolment_changed
from mentoring.relationships.models import GoalStep, Relationship, RelationshipMember, Session
from mentoring.relationships.signals import (
    Origin,
    ended_elsewhere,
    entered_elsewhere,
    mentee_joined,
    mentee_left,
    origins_asked,
    relationship_closed,
    relationship_reopened,
    relationship_started,
    session_logged,
    session_proposed,
    step_added,
)


@receiver(relationship_started)
def open_its_room(relationship: Relationship, at: datetime, **_rest: Any) -> None:
    open_room(relationship, at=at)


@receiver(mentee_joined)
def let_into_room(member: RelationshipMember, at: datetime, **_rest: Any) -> None:
    join_room(member, at=at)


@receiver(mentee_left)
def let_out_of_room(relationship: Relationship, person: User, at: datetime, **_rest: Any) -> None:
    leave_room(relationship, person, at=at)


@receiver(relationship_closed)
def close_its_room(relationship: Relationship, at: datetime, **_rest: Any) -> None:
    close_room(relationship, at=at)


@receiver(relationship_reopened)
def reopen_its_room(relationship: Relationship, **_rest: Any) -> None:
    reopen_room(relationship)


@receiver(entered_elsewhere)
def note_who_goes_elsewhere(relationship: Relationship, person: User, code: str, at: datetime, **_rest: Any) -> None:
    enter_elsewhere(relationship, code=code, by=person, at=at)


@receiver(ended_elsewhere)
def note_that_it_is_over(code: str, begun_by: datetime, at: datetime, **_rest: Any) -> bool:
    return end_elsewhere(code, begun_by=begun_by, at=at)


@receiver(enrolment_changed)
def close_announcements_to_who_left(enrolment: Enrolment, at: datetime, **_rest: Any) -> None:
    if enrolment.status in GONE:
        leave_announcements(enrolment, at=at)


@receiver(enrolment_changed)
def rest_with_whoever_is_suspended(enrolment: Enrolment, before: str, at: datetime, **_rest: Any) -> None:
    if Enrolment.Status.SUSPENDED in (before, enrolment.status):
        rest_with(enrolment, at=at)


@receiver(person_will_be_erased)
def let_their_words_leave_open_pages(person: User, **_rest: Any) -> None:
    begin_epoch(list(RoomMember.objects.filter(person=person).values_list("room", flat=True)))


@receiver(coordination_changed)
def let_its_coordinators_in_and_no_others(programme: Programme, at: datetime, **_rest: Any) -> None:
    set_office(programme, at=at)


@receiver(step_added)
def keep_where_a_step_came_from(step: GoalStep, origin: str, by: User, at: datetime, **_rest: Any) -> None:
    note_outgrowth(origin, step.goal.relationship, by=by, at=at, step=step)


@receiver([session_proposed, session_logged])
def keep_where_a_session_came_from(session: Session, origin: str, by: User, at: datetime, **_rest: Any) -> None:
    note_outgrowth(origin, session.relationship, by=by, at=at, session=session)


@receiver(origins_asked)
def say_what_they_came_of(things: Sequence[Any], reader: User, **_rest: Any) -> dict[Any, Origin]:
    return origins_of(things, reader)
