"""Goals and their steps."""

from datetime import timedelta

import pytest

from mentoring.relationships.models import Goal, GoalStep
from mentoring.relationships.services import (
    NotPossibleNow,
    TooManyGoals,
    active_goal_of,
    add_step,
    close_goal,
    confirm_goal,
    drop_goal,
    propose_goal,
    tick_step,
)
from tests.factories import NOW, GoalFactory, RelationshipFactory

pytestmark = pytest.mark.django_db


def test_a_goal_counts_once_the_other_side_says_yes():
    relationship = RelationshipFactory()
    mentor, mentee = relationship.people
    goal = propose_goal(relationship, title="Read one paper a week", why="", by=mentee, at=NOW)

    with pytest.raises(NotPossibleNow):
        confirm_goal(goal, by=mentee, at=NOW)
    confirm_goal(goal, by=mentor, at=NOW)
    confirm_goal(goal, by=mentor, at=NOW + timedelta(hours=1))

    goal.refresh_from_db()
    assert (goal.status, goal.confirmed_by, goal.confirmed_at) == (Goal.Status.ACTIVE, mentor, NOW)
    assert active_goal_of(mentee) == goal


def test_three_goals_at_a_time_and_a_closed_one_makes_room():
    relationship = RelationshipFactory()
    goals = [GoalFactory(relationship=relationship) for _ in range(3)]
    mentor = relationship.people[0]

    with pytest.raises(TooManyGoals):
        propose_goal(relationship, title="A fourth", why="", by=mentor, at=NOW)
    close_goal(goals[0], attainment=-1, helped="Small steps", by=mentor, at=NOW)
    drop_goal(goals[1], by=mentor, at=NOW)

    propose_goal(relationship, title="A fourth", why="", by=mentor, at=NOW)
    goals[0].refresh_from_db()
    assert (goals[0].status, goals[0].attainment, goals[0].attainment_label) == (
        Goal.Status.CLOSED, -1, "Not quite as far as we hoped",
    )  # fmt: skip
    with pytest.raises(NotPossibleNow):
        close_goal(goals[1], attainment=0, helped="", by=mentor, at=NOW)


def test_steps_stand_in_order_and_a_tick_keeps_its_first_moment():
    goal = GoalFactory()
    mentee = goal.relationship.people[1]
    steps = [
        add_step(goal, title=title, owner=mentee, due_on=None, source=GoalStep.Source.OWN, by=mentee, at=NOW)
        for title in ("one", "two")
    ]
    tick_step(steps[0], done=True, by=mentee, at=NOW)
    tick_step(steps[0], done=True, by=mentee, at=NOW + timedelta(hours=1))

    assert [step.position for step in goal.steps.order_by("position")] == [0, 1]
    steps[0].refresh_from_db()
    assert steps[0].done_at == NOW
    tick_step(steps[0], done=False, by=mentee, at=NOW)
    steps[0].refresh_from_db()
    assert steps[0].done_at is None
