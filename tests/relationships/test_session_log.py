"""What became of a session."""

from datetime import timedelta

import pytest
from django.utils import timezone

from mentoring.relationships.models import Session
from mentoring.relationships.services import (
    NotPossibleNow,
    NotTheOtherSide,
    RatingStays,
    TimeNotPossible,
    confirm_log,
    deny_log,
    log_past_session,
    log_session,
    rate_session,
)
from mentoring.relationships.signals import session_held
from tests.factories import NOW, GoalFactory, RelationshipFactory, SessionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def held():
    """Sessions of which the apps above heard."""
    heard = []
    session_held.connect(lambda session, **_news: heard.append(session.pk), weak=False, dispatch_uid="test")
    yield heard
    session_held.disconnect(dispatch_uid="test")


def log(session, *, by, at, absent=None, next_step="", goal=None, summary="We talked"):
    return log_session(
        session, absent=absent, technical_fault=False, summary=summary, next_step=next_step, goal=goal, by=by, at=at
    )


def test_a_held_session_is_contact_and_its_next_step_becomes_a_step_once(held):
    session = SessionFactory(starts_at=NOW - timedelta(hours=2))
    mentor, mentee = session.relationship.people
    goal = GoalFactory(relationship=session.relationship)

    log(session, by=mentor, at=NOW, next_step="Read chapter two", goal=goal)
    log(session, by=mentee, at=NOW, next_step="Read chapter two", goal=goal, summary="And laughed")

    session.refresh_from_db(), session.relationship.refresh_from_db()
    assert (session.status, session.logged_by, session.summary) == (Session.Status.HELD, mentor, "And laughed")
    assert session.relationship.last_contact_at == session.starts_at
    assert [step.title for step in goal.steps.all()] == ["Read chapter two"]
    assert held == [session.pk]


def test_a_missed_session_says_who_and_is_no_contact(held):
    session = SessionFactory(starts_at=NOW - timedelta(hours=2))
    mentor, mentee = session.relationship.people

    log(session, by=mentor, at=NOW, absent=mentee)

    session.refresh_from_db(), session.relationship.refresh_from_db()
    assert (session.status, session.absent) == (Session.Status.NO_SHOW, mentee)
    assert (session.relationship.last_contact_at, held) == (None, [])
    with pytest.raises(NotPossibleNow):
        rate_session(session, stars=5, by=mentor, at=NOW)


def test_a_session_is_not_logged_before_it_begins():
    session = SessionFactory()
    with pytest.raises(TimeNotPossible):
        log(session, by=session.relationship.people[0], at=NOW)


def past(relationship, *, by, starts_at):
    return log_past_session(
        relationship, starts_at=starts_at, minutes=30, place="phone", topic="", summary="", next_step="", by=by, at=NOW
    )


def test_a_meeting_logged_afterwards_counts_when_the_other_side_confirms(held):
    relationship = RelationshipFactory()
    mentor, mentee = relationship.people
    session = past(relationship, by=mentee, starts_at=NOW - timedelta(days=1))

    with pytest.raises(NotTheOtherSide):
        confirm_log(session, by=mentee, at=NOW)
    assert held == []
    confirm_log(session, by=mentor, at=NOW)

    session.refresh_from_db(), relationship.refresh_from_db()
    assert session.provenance == Session.Provenance.PARTNER_CONFIRMED
    assert (relationship.last_contact_at, held) == (NOW - timedelta(days=1), [session.pk])


def test_a_meeting_the_other_side_does_not_remember_is_taken_back(held):
    relationship = RelationshipFactory()
    mentor, mentee = relationship.people
    session = past(relationship, by=mentee, starts_at=NOW - timedelta(days=1))

    deny_log(session, by=mentor, at=NOW)

    session.refresh_from_db()
    assert (session.status, held) == (Session.Status.CANCELLED, [])


@pytest.mark.parametrize("days", [-1, 400])
def test_a_past_meeting_lies_between_the_match_and_now(days):
    relationship = RelationshipFactory()
    with pytest.raises(TimeNotPossible):
        past(relationship, by=relationship.people[0], starts_at=NOW - timedelta(days=days))


def test_a_meeting_logged_twice_with_the_back_button_is_one_meeting():
    relationship = RelationshipFactory()
    mentor = relationship.people[0]
    past(relationship, by=mentor, starts_at=NOW - timedelta(days=2))

    with pytest.raises(TimeNotPossible, match="nothing was logged twice"):
        past(relationship, by=mentor, starts_at=NOW - timedelta(days=2))
    assert relationship.sessions.count() == 1


def test_a_rating_is_ones_own_and_can_be_changed_for_a_day():
    session = SessionFactory(held=True)
    mentor, mentee = session.relationship.people

    rate_session(session, stars=2, by=mentee, at=NOW)
    rate_session(session, stars=4, by=mentee, at=NOW + timedelta(hours=23))
    rate_session(session, stars=5, by=mentor, at=NOW)
    with pytest.raises(RatingStays):
        rate_session(session, stars=1, by=mentee, at=NOW + timedelta(hours=24))

    assert dict(session.ratings.values_list("person", "stars")) == {mentee.pk: 4, mentor.pk: 5}
    assert set(session.ratings.values_list("rated_at", flat=True)) == {NOW}


def test_a_rating_that_stays_is_shown_without_a_form(sign_in):
    session = SessionFactory(held=True)
    mentor, mentee = session.relationship.people
    rate_session(session, stars=4, by=mentee, at=timezone.now() - timedelta(days=2))
    rate_session(session, stars=3, by=mentor, at=timezone.now())

    theirs, mine = (sign_in(person).get(session.get_absolute_url()).content.decode() for person in (mentor, mentee))

    assert "It can be changed for a day" in theirs and "Change my rating" in theirs
    assert "You rated this session 4 of 5" in mine and "Change my rating" not in mine
