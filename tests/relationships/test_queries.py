"""What stands out now: the one next step, the place on the path, the next session."""

from datetime import date, timedelta

import pytest

from mentoring.planning.models import Availability
from mentoring.relationships import queries
from mentoring.relationships.models import Goal, Relationship, Session
from mentoring.relationships.services import begin_closing, sign_agreement
from tests.factories import NOW, EnrolmentFactory, GoalFactory, RelationshipFactory, SessionFactory

pytestmark = pytest.mark.django_db


def step(relationship, person, now=NOW):
    fresh = Relationship.objects.for_cards().get(pk=relationship.pk)
    standing = queries.standings(person, [fresh], now=now)[fresh.pk]
    found = queries.next_step(fresh, standing, person)
    return found.code if found else None


def test_the_next_step_goes_from_signing_to_meeting_to_aiming_to_logging():
    relationship = RelationshipFactory(awaiting=True)
    mentor, mentee = relationship.people
    assert step(relationship, mentee) == "sign"
    sign_agreement(relationship.agreement, version=1, by=mentee, at=NOW)
    assert (step(relationship, mentee), step(relationship, mentor)) == ("propose", "sign")
    sign_agreement(relationship.agreement, version=1, by=mentor, at=NOW)

    session = SessionFactory(relationship=relationship, status="proposed", starts_at=None, proposed_by=mentee)
    assert (step(relationship, mentor), step(relationship, mentee)) == ("choose_time", "goal")
    goal = GoalFactory(relationship=relationship, status=Goal.Status.PROPOSED, proposed_by=mentee)
    assert step(relationship, mentee) == "goal"  # nothing counts yet
    Goal.objects.update(status=Goal.Status.ACTIVE)
    assert step(relationship, mentee) == "waiting"

    Session.objects.update(status=Session.Status.CONFIRMED, starts_at=NOW + timedelta(days=1))
    assert step(relationship, mentee) == "prepare"
    assert step(relationship, mentee, now=NOW + timedelta(days=2)) == "log"
    Session.objects.update(status=Session.Status.HELD, provenance="self_logged", logged_by=mentor)
    assert (step(relationship, mentee), step(relationship, mentor)) == ("vouch", "propose")
    Goal.objects.update(status=Goal.Status.PROPOSED)
    Session.objects.filter(pk=session.pk).update(provenance="planned")
    assert step(relationship, mentor) == "confirm_goal"
    begin_closing(relationship, reason="time_over", by=mentor, at=NOW)
    assert (step(relationship, mentee), goal.relationship_id) == ("exit", relationship.pk)
    Relationship.objects.update(status="paused")
    assert step(relationship, mentee) is None


def test_the_path_has_five_points_and_ends():
    relationship = RelationshipFactory(awaiting=True, planned_end_on=date(2027, 1, 20))

    def place(now=NOW, **fields):
        Relationship.objects.filter(pk=relationship.pk).update(**fields)
        fresh = Relationship.objects.for_cards().get(pk=relationship.pk)
        standing = queries.standings(fresh.people[0], [fresh], now=now)[fresh.pk]
        return queries.path_place(fresh, standing, now=now)

    places = [
        place(),
        place(first_contact_at=NOW),
        place(status="active"),
        place(now=NOW + timedelta(days=50)),
        place(status="concluding"),
        place(status="completed", closed_at=NOW),
    ]
    assert places == [1, 2, 3, 4, 5, 6]


@pytest.mark.once
def test_standings_of_many_relationships_are_asked_in_as_many_queries_as_of_one(django_assert_max_num_queries):
    mentor = EnrolmentFactory(mentor=True, capacity=9, free_places=9)
    for _n in range(4):
        one = RelationshipFactory(mentor=mentor)
        SessionFactory(relationship=one, held=True)
        GoalFactory(relationship=one)
    found = list(Relationship.objects.of(mentor.person).for_cards())
    with django_assert_max_num_queries(2):
        known = queries.standings(mentor.person, found, now=NOW)
    assert [(standing.held, standing.has_goals) for standing in known.values()] == [(1, True)] * 4


def test_a_goal_that_the_other_proposes_waits_for_an_answer_and_the_oldest_first():
    relationship = RelationshipFactory()
    mentor, mentee = (relationship.members.get(role=role).person for role in ("mentor", "mentee"))
    for days, title, by in ((3, "Mine", mentee), (2, "Older", mentor), (1, "Newer", mentor)):
        at = NOW - timedelta(days=days)
        GoalFactory(relationship=relationship, title=title, status="proposed", proposed_by=by, created_at=at)
    told = [queries.standings(person, [relationship], now=NOW)[relationship.pk] for person in (mentee, mentor)]
    assert [each.goal_to_confirm for each in told] == ["Older", "Mine"]
    assert not any(each.has_goals for each in told)


def test_the_next_session_is_the_one_that_comes_or_goes_on_in_any_relationship():
    mentor = EnrolmentFactory(mentor=True, capacity=9, free_places=9)
    later = SessionFactory(relationship=RelationshipFactory(mentor=mentor))
    going_on = SessionFactory(relationship=RelationshipFactory(mentor=mentor), starts_at=NOW - timedelta(minutes=20))
    SessionFactory()

    assert queries.next_session_for(mentor.person, NOW) == going_on
    assert queries.next_session_for(mentor.person, NOW + timedelta(hours=1)) == later
    assert set(queries.sessions_of(mentor.person)) == {later, going_on}


def test_suggested_times_meet_both_weeks_and_avoid_sessions_with_others():
    mentor = EnrolmentFactory(mentor=True, person__time_zone="Asia/Tehran")
    relationship, other = RelationshipFactory(mentor=mentor), RelationshipFactory(mentor=mentor)
    for person, starts in ((mentor.person, 12 * 60), (relationship.people[1], 8 * 60)):
        Availability.objects.create(person=person, weekday=0, starts=starts, ends=starts + 240)
    monday = NOW.replace(hour=8, minute=30) + timedelta(days=1)  # noon in Tehran
    SessionFactory(relationship=other, starts_at=monday, minutes=45)

    times = queries.suggested_times(relationship, minutes=60, now=NOW)

    assert times[0] == monday + timedelta(hours=1)
    assert {moment.weekday() for moment in times} == {0}
    assert queries.suggested_times(other, minutes=60, now=NOW) == []
