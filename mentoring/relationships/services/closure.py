"""Ending well, ending early, ending by mistake; and taking it up again."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.jobs import enqueue
from mentoring.planning.models import Enrolment, Never, Programme
from mentoring.planning.services import give_back_place, take_place
from mentoring.relationships.models import ExitAnswer, Relationship, RelationshipMember
from mentoring.relationships.services.relationship import (
    AlreadyTogether,
    NotPossibleNow,
    change_status,
    lock,
    lock_working,
    open_status,
    tell_of_state,
)
from mentoring.relationships.services.session import call_off
from mentoring.relationships.signals import mentee_left, relationship_closed, relationship_reopened
from notifications.services import notify

CLOSING_DAYS = 14
Status, Reason = Relationship.Status, Relationship.Reason


@transaction.atomic
def begin_closing(relationship: Relationship, *, reason: str, by: User, at: datetime) -> Relationship:
    """Start the wind-down: everybody is asked the exit questions; it closes when all have answered, at the latest after
    CLOSING_DAYS days. Raises NotPossibleNow when it has begun already or is over.
    """
    held = lock(relationship)
    if held.status not in (Status.AWAITING, Status.ACTIVE, Status.PAUSED):
        raise NotPossibleNow(_("The closing has already begun."))
    held.close_reason, held.closing_since = reason, at
    change_status(held, Status.CONCLUDING, by=by, at=at, action="match.concluding", reason=reason)
    enqueue(
        "relationships.finish_closing",
        key=f"finish-closing:{held.pk}:{at.isoformat()}",
        due_at=at + timedelta(days=CLOSING_DAYS),
        relationship_id=held.pk,
        since=at.isoformat(),
    )
    for person in held.partners_of(by):
        notify(
            "relationships.closing",
            to=person,
            key=f"closing:{held.pk}:{at.isoformat()}:{person.pk}",
            at=at,
            url=reverse("closing", args=[held.pk]),
            partner=str(by),
        )
    return held


@transaction.atomic
def carry_on(relationship: Relationship, *, by: User, at: datetime) -> Relationship:
    """Take the wind-down back. Raises NotPossibleNow."""
    held = lock(relationship)
    if held.status != Status.CONCLUDING:
        raise NotPossibleNow
    held.close_reason, held.closing_since = "", None
    change_status(held, open_status(held), by=by, at=at, action="match.carried_on")
    tell_of_state(held, "resumed", by=by, at=at)
    return held


@transaction.atomic
def answer_exit(
    relationship: Relationship,
    *,
    satisfaction: int,
    stay_in_touch: int,
    comment: str,
    never_again: bool,
    by: User,
    at: datetime,
) -> Relationship:
    """Keep a person's exit answers (1 to 5); the last one to answer closes the relationship.

    `never_again` is between this person and the programme: the two are not matched again, and the other side never hears
    of it. Raises NotPossibleNow outside the wind-down.
    """
    held = lock_working(relationship, even_apart=True)
    if held.status != Status.CONCLUDING:
        raise NotPossibleNow(_("The exit questions belong to the closing, which has not begun."))
    ExitAnswer.objects.update_or_create(
        relationship=held,
        person=by,
        defaults={
            "satisfaction": satisfaction,
            "stay_in_touch": stay_in_touch,
            "comment": comment,
            "answered_at": at,
        },
    )
    if never_again:
        _never_again(held, by=by)
    answered = set(held.exit_answers.values_list("person_id", flat=True))
    if {person.pk for person in held.people} <= answered:
        _close(held, _outcome(held, at=at), by=by, at=at)
    return held


def _never_again(relationship: Relationship, *, by: User) -> None:
    mine = relationship.members.get(person=by)
    for other in relationship.members.exclude(role=mine.role):
        Never.objects.get_or_create(enrolment_id=mine.enrolment_id, other_id=other.enrolment_id, defaults={"by": by})
    relationship.never_again = True
    relationship.save(update_fields=["never_again"])


def _outcome(relationship: Relationship, *, at: datetime) -> str:
    """Completed when its planned time is (nearly) over, completed early when the goals were reached before, else ended."""
    if relationship.close_reason == Reason.TIME_OVER or (
        relationship.close_reason == Reason.GOALS_REACHED
        and at.date() >= relationship.planned_end_on - timedelta(days=CLOSING_DAYS)
    ):
        return Status.COMPLETED
    return Status.COMPLETED_EARLY if relationship.close_reason == Reason.GOALS_REACHED else Status.ENDED


def _close(relationship: Relationship, status: str, *, by: User | None, at: datetime, reason: str = "") -> None:
    """The end: places go back, what was still planned is called off, the apps above hear of it."""
    relationship.closed_at = at
    action = "match.voided" if status == Status.VOIDED else "match.ended"
    change_status(relationship, status, by=by, at=at, action=action, reason=reason or relationship.close_reason)
    members = RelationshipMember.objects.filter(relationship=relationship, left_at=None).select_related("enrolment")
    for member in members.order_by("enrolment_id"):
        give_back_place(member.enrolment)
    for session in relationship.sessions.standing():
        call_off(session, by=None, at=at)
    tell_of_state(relationship, "closed", by=by, at=at)
    end_meeting(relationship, at=at)
    relationship_closed.send(Relationship, relationship=relationship, at=at)


def end_meeting(relationship: Relationship, *, at: datetime) -> None:
    """Cut off who meets there just now, where that can be done."""
    if relationship.programme.calls_by in (Programme.CallsBy.BIGBLUEBUTTON, Programme.CallsBy.LIVEKIT):
        enqueue("relationships.end_meeting", key=f"meeting:{relationship.pk}:{at}", relationship_id=relationship.pk)


@transaction.atomic
def finish_closing(relationship: Relationship, *, since: datetime, at: datetime) -> bool:
    """Close a wind-down that has waited long enough for answers; False when it was taken back or is over."""
    held = lock(relationship)
    if held.status != Status.CONCLUDING or held.status_at != since:
        return False
    _close(held, _outcome(held, at=at), by=None, at=at)
    return True


@transaction.atomic
def end_relationship(relationship: Relationship, *, reason: str, by: User | None, at: datetime) -> Relationship:
    """End it at once. Raises NotPossibleNow when it is over."""
    held = lock(relationship)
    if not held.is_open:
        raise NotPossibleNow
    held.close_reason = reason
    _close(held, _outcome(held, at=at), by=by, at=at)
    return held


@transaction.atomic
def go_out(member: RelationshipMember, *, by: User | None, at: datetime) -> None:
    """Somebody takes part no more: what needs them ends, a circle goes on without one of its mentees."""
    relationship = member.relationship
    if relationship.needs(member):
        end_relationship(relationship, reason=Reason.OTHER, by=by, at=at)
        return
    if RelationshipMember.objects.filter(pk=member.pk, left_at=None).update(left_at=at):
        mentor = next(other for other in relationship.present if other.role == Enrolment.Role.MENTOR)
        for enrolment in sorted((mentor.enrolment, member.enrolment), key=lambda e: e.pk):
            give_back_place(enrolment)
        mentee_left.send(Relationship, relationship=relationship, person=member.person, at=at)


@transaction.atomic
def void_relationship(relationship: Relationship, *, reason: str, by: User, at: datetime) -> Relationship:
    """A coordinator takes back a match that was a mistake; it counts nowhere. `reason` goes to the audit trail."""
    held = lock(relationship)
    if not held.is_open:
        raise NotPossibleNow
    _close(held, Status.VOIDED, by=by, at=at, reason=reason)
    return held


@transaction.atomic
def reopen_relationship(relationship: Relationship, *, reason: str, by: User, at: datetime) -> Relationship:
    """A coordinator takes up a closed relationship again, with the reason in the audit trail.

    Its members need their places back. Raises NoFreePlace, AlreadyTogether, NotPossibleNow.
    """
    held = lock(relationship)
    if held.is_open:
        raise NotPossibleNow
    members = RelationshipMember.objects.filter(relationship=held, left_at=None).select_related("enrolment__person")
    for member in members.order_by("enrolment_id"):
        take_place(member.enrolment)
    if held.closed_at is not None:  # meanwhile it was not lived
        held.pauses.create(began_at=held.closed_at, ended_at=at)
    held.closed_at, held.closing_since, held.close_reason = None, None, ""
    try:
        with transaction.atomic():
            change_status(held, open_status(held), by=by, at=at, action="match.reopened", reason=reason)
    except IntegrityError as error:
        raise AlreadyTogether from error
    tell_of_state(held, "reopened", by=by, at=at)
    relationship_reopened.send(Relationship, relationship=held, at=at)
    return held
