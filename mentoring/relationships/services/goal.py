"""Goals and their steps."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.errors import DomainError
from mentoring.relationships.models import Goal, GoalStep, Relationship
from mentoring.relationships.services.relationship import NotPossibleNow, lock_working
from mentoring.relationships.signals import relationship_moved, step_added
from notifications.services import notify

MOST_GOALS = 3


class TooManyGoals(DomainError):
    code = "too_many_goals"
    default = _("Three goals at a time are enough. Close or drop one, then this one has room.")


@transaction.atomic
def propose_goal(relationship: Relationship, *, title: str, why: str, by: User, at: datetime) -> Goal:
    """Put a goal before the other side. Raises TooManyGoals, NotPossibleNow."""
    held = lock_working(relationship)
    if held.goals.open().count() >= MOST_GOALS:
        raise TooManyGoals
    goal = Goal.objects.create(relationship=held, title=title, why=why, proposed_by=by, created_at=at)
    relationship_moved.send(Goal, relationship_id=held.pk, at=at)
    for person in held.other_side_of(by):
        notify(
            "relationships.goal_proposed",
            to=person,
            key=f"goal-proposed:{goal.pk}:{person.pk}",
            at=at,
            url=goal.get_absolute_url(),
            partner=str(by),
            goal=title,
        )
    return goal


@transaction.atomic
def confirm_goal(goal: Goal, *, by: User, at: datetime) -> None:
    """The other side says yes; from now on it counts. Confirming twice is confirming once. Raises NotPossibleNow."""
    held = lock_working(goal.relationship)
    if by not in held.other_side_of(goal.proposed_by or by) and goal.proposed_by is not None:
        raise NotPossibleNow(_("The other side confirms a goal."))
    confirmed = Goal.objects.filter(pk=goal.pk, status=Goal.Status.PROPOSED).update(
        status=Goal.Status.ACTIVE, confirmed_by=by, confirmed_at=at
    )
    if confirmed:
        relationship_moved.send(Goal, relationship_id=held.pk, at=at)
    if confirmed and goal.proposed_by is not None:
        notify(
            "relationships.goal_confirmed",
            to=goal.proposed_by,
            key=f"goal-confirmed:{goal.pk}",
            at=at,
            url=goal.get_absolute_url(),
            partner=str(by),
            goal=goal.title,
        )


@transaction.atomic
def close_goal(goal: Goal, *, attainment: int, helped: str, by: User, at: datetime) -> None:
    """Say how far it went, -2 (hardly any of the way) to +2 (much further than hoped), and what helped."""
    lock_working(goal.relationship)
    closed = Goal.objects.filter(pk=goal.pk, status=Goal.Status.ACTIVE).update(
        status=Goal.Status.CLOSED, attainment=attainment, helped=helped, closed_at=at
    )
    if not closed:
        raise NotPossibleNow(_("Only a goal that both sides confirmed can be closed."))
    relationship_moved.send(Goal, relationship_id=goal.relationship_id, at=at)


@transaction.atomic
def drop_goal(goal: Goal, *, by: User, at: datetime) -> None:
    """Let a goal go; it stays readable. Dropping twice is dropping once."""
    lock_working(goal.relationship)
    if Goal.objects.open().filter(pk=goal.pk).update(status=Goal.Status.DROPPED, closed_at=at):
        relationship_moved.send(Goal, relationship_id=goal.relationship_id, at=at)


@transaction.atomic
def take_up_goal(goal: Goal, *, by: User, at: datetime) -> None:
    """A goal that was let go is worked on again, as it was before. Raises TooManyGoals, NotPossibleNow."""
    held = lock_working(goal.relationship)
    let_go = Goal.objects.filter(pk=goal.pk, status=Goal.Status.DROPPED)
    if let_go.exists() and held.goals.open().count() >= MOST_GOALS:
        raise TooManyGoals
    before = Goal.Status.ACTIVE if goal.confirmed_at else Goal.Status.PROPOSED
    if let_go.update(status=before, closed_at=None):
        relationship_moved.send(Goal, relationship_id=held.pk, at=at)


@transaction.atomic
def add_step(
    goal: Goal,
    *,
    title: str,
    owner: User | None,
    due_on: date | None,
    source: str,
    by: User,
    at: datetime,
    origin: str = "",
) -> GoalStep:
    """Put a step at the end of an open goal. `source` is a GoalStep.Source. Raises NotPossibleNow."""
    lock_working(goal.relationship)
    if not Goal.objects.open().filter(pk=goal.pk).exists():
        raise NotPossibleNow(_("This goal is closed; steps belong to open goals."))
    last = goal.steps.aggregate(last=Max("position"))["last"]
    step = GoalStep.objects.create(
        goal=goal,
        title=title,
        owner=owner,
        due_on=due_on,
        source=source,
        position=0 if last is None else last + 1,
    )
    if origin:
        step_added.send(GoalStep, step=step, origin=origin, by=by, at=at)
    return step


@transaction.atomic
def tick_step(step: GoalStep, *, done: bool, by: User, at: datetime) -> None:
    """Mark a step done, or not done after all. The first tick's moment stands."""
    lock_working(step.goal.relationship)
    if done:
        GoalStep.objects.filter(pk=step.pk, done_at=None).update(done_at=at)
    else:
        GoalStep.objects.filter(pk=step.pk).update(done_at=None)


@transaction.atomic
def remove_step(step: GoalStep, *, by: User, at: datetime) -> None:
    lock_working(step.goal.relationship)
    GoalStep.objects.filter(pk=step.pk).delete()
