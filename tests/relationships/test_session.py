"""Proposing, choosing, moving, reminding; nobody is in two places at once."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from core.models import Job
from mentoring.planning.models import Programme
from mentoring.relationships.models import RelationshipMember, Session
from mentoring.relationships.services import (
    NotTheOtherSide,
    SessionChanged,
    SessionHasBegun,
    TimeNotFree,
    TimeNotPossible,
    cancel_session,
    change_details,
    confirm_session,
    move_session,
    propose_session,
)
from mentoring.relationships.services import session as session_services
from mentoring.relationships.services.session import remind
from notifications.models import Notification
from tests.factories import NOW, EnrolmentFactory, RelationshipFactory

TOMORROW = NOW + timedelta(days=1, hours=5)


def propose(relationship, *times, by, minutes=45):
    return propose_session(
        relationship, times=times, minutes=minutes, place="video", link="", topic="First talk", by=by, at=NOW
    )


@pytest.mark.django_db
def test_the_other_side_takes_one_of_the_offered_times_and_two_reminders_are_planned():
    relationship = RelationshipFactory()
    mentor, mentee = relationship.people
    session = propose(relationship, TOMORROW, TOMORROW + timedelta(days=1), by=mentee)
    slot = session.slots.get(starts_at=TOMORROW)

    with pytest.raises(NotTheOtherSide):
        confirm_session(session, slot, by=mentee, at=NOW)
    confirmed = confirm_session(session, slot, by=mentor, at=NOW)

    assert (confirmed.status, confirmed.starts_at) == (Session.Status.CONFIRMED, TOMORROW)
    due = set(Job.objects.filter(name="relationships.remind_session").values_list("due_at", flat=True))
    assert due == {TOMORROW - timedelta(hours=24), TOMORROW - timedelta(hours=1)}
    assert Notification.objects.get(kind="relationships.session_confirmed").recipient == mentee
    with pytest.raises(SessionChanged):
        confirm_session(session, slot, by=mentor, at=NOW)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "times", [(), (NOW - timedelta(hours=1),), tuple(NOW + timedelta(days=n) for n in range(1, 5))]
)
def test_one_to_three_times_to_come_are_offered(times):
    relationship = RelationshipFactory()
    with pytest.raises(TimeNotPossible):
        propose(relationship, *times, by=relationship.people[0])
    assert not Session.objects.exists()


@pytest.mark.django_db
def test_a_person_gets_no_two_sessions_that_overlap_but_two_that_touch():
    mentor = EnrolmentFactory(mentor=True)
    one, other = RelationshipFactory(mentor=mentor), RelationshipFactory(mentor=mentor)
    first = propose(one, TOMORROW, by=mentor.person, minutes=60)
    confirm_session(first, first.slots.get(), by=one.people[1], at=NOW)
    clash = propose(other, TOMORROW + timedelta(minutes=59), TOMORROW + timedelta(minutes=60), by=mentor.person)
    clashing, touching = clash.slots.order_by("starts_at")

    with pytest.raises(TimeNotFree):
        confirm_session(clash, clashing, by=other.people[1], at=NOW)
    assert confirm_session(clash, touching, by=other.people[1], at=NOW).status == Session.Status.CONFIRMED


@pytest.mark.django_db
def test_moving_asks_the_other_side_again_and_earlier_reminders_fall_silent():
    relationship = RelationshipFactory()
    mentor, mentee = relationship.people
    session = propose(relationship, TOMORROW, by=mentee)
    session = confirm_session(session, session.slots.get(), by=mentor, at=NOW)
    assert remind(session, hours=1, sequence=0, at=NOW) == 2

    moved = move_session(session, times=[TOMORROW + timedelta(days=2)], by=mentor, at=NOW)

    assert (moved.status, moved.sequence, moved.proposed_by) == (Session.Status.PROPOSED, 1, mentor)
    assert remind(moved, hours=24, sequence=0, at=NOW) == 0
    again = confirm_session(moved, moved.slots.get(), by=mentee, at=NOW)
    assert remind(again, hours=24, sequence=1, at=NOW) == 2


@pytest.mark.django_db
def test_the_reminder_job_reads_again_and_is_safe_to_run_twice(run_jobs):
    relationship = RelationshipFactory()
    mentor, mentee = relationship.people
    session = propose(relationship, TOMORROW, by=mentee)
    confirm_session(session, session.slots.get(), by=mentor, at=NOW)
    Job.objects.filter(name="relationships.remind_session").update(due_at=NOW - timedelta(days=1))
    Session.objects.update(starts_at=session.created_at + timedelta(days=3650))

    run_jobs()
    Job.objects.filter(name="relationships.remind_session").update(done_at=None)
    run_jobs()

    assert Notification.objects.filter(kind="relationships.session_soon").count() == 2


@pytest.mark.django_db
def test_a_link_added_later_gives_calendars_a_new_number_and_keeps_the_reminders():
    relationship = RelationshipFactory()
    mentor, mentee = relationship.people
    session = propose(relationship, TOMORROW, by=mentee)
    confirm_session(session, session.slots.get(), by=mentor, at=NOW)

    changed = change_details(session, topic="Ideas", place="video", link="https://meet.example", by=mentor, at=NOW)

    assert (changed.sequence, changed.link, changed.starts_at) == (1, "https://meet.example", TOMORROW)
    assert remind(changed, hours=24, sequence=0, at=NOW) == 0
    assert Job.objects.filter(name="relationships.remind_session", payload__sequence=1).count() == 2


@pytest.mark.django_db
def test_cancelling_needs_no_reason_twice_is_once_and_the_partner_is_told():
    relationship = RelationshipFactory()
    mentor, mentee = relationship.people
    session = propose(relationship, TOMORROW, by=mentee)

    cancel_session(session, by=mentor, at=NOW)
    cancel_session(session, by=mentor, at=NOW)

    session.refresh_from_db()
    assert (session.status, session.cancelled_by, session.sequence) == (Session.Status.CANCELLED, mentor, 1)
    assert Notification.objects.filter(kind="relationships.session_cancelled").count() == 1


@pytest.mark.django_db
def test_a_session_that_has_begun_is_neither_called_off_nor_moved():
    relationship = RelationshipFactory()
    mentor, mentee = relationship.people
    session = propose(relationship, TOMORROW, by=mentee)
    confirm_session(session, session.slots.get(), by=mentor, at=NOW)

    with pytest.raises(SessionHasBegun):
        cancel_session(session, by=mentee, at=TOMORROW)
    with pytest.raises(SessionHasBegun):
        move_session(session, times=[TOMORROW + timedelta(days=1)], by=mentee, at=TOMORROW)
    cancel_session(session, by=mentee, at=TOMORROW - timedelta(minutes=5))

    session.refresh_from_db()
    assert (session.cancelled_by, session.cancelled_at) == (mentee, TOMORROW - timedelta(minutes=5))


@pytest.mark.django_db
def test_in_a_circle_the_mentor_answers_a_mentee_and_any_mentee_answers_the_mentor():
    circle = RelationshipFactory(programme__format=Programme.Format.CIRCLE)
    third = EnrolmentFactory(programme=circle.programme)
    RelationshipMember.objects.create(
        relationship=circle, enrolment=third, person=third.person, role=third.role, joined_at=NOW
    )
    mentor, mentee, other = circle.people
    session = propose(circle, TOMORROW, by=mentee)

    with pytest.raises(NotTheOtherSide):
        confirm_session(session, session.slots.get(), by=other, at=NOW)
    assert confirm_session(session, session.slots.get(), by=mentor, at=NOW).status == Session.Status.CONFIRMED


def race(mentor) -> int:
    """Two mentees confirm overlapping sessions with the same mentor at once; returns how many got it."""
    offers = []
    for _n in range(2):
        relationship = RelationshipFactory(mentor=mentor)
        session = propose(relationship, TOMORROW, by=mentor.person)
        offers.append((session.pk, session.slots.get(), relationship.people[1]))
    together, won = threading.Barrier(2), []

    def take(session_pk, slot, mentee):
        session = Session.objects.for_rows().get(pk=session_pk)
        together.wait(60)
        try:
            confirm_session(session, slot, by=mentee, at=NOW)
            won.append(mentee.pk)
        except TimeNotFree:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=take, args=offer) for offer in offers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(won)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite lets one writer in at a time and would hide the race"
)
def test_of_two_confirmations_at_the_same_moment_exactly_one_wins(monkeypatch):
    slow = threading.Event()
    real = session_services.meets_another

    def patient(*args, **kwargs):
        found = real(*args, **kwargs)
        slow.wait(0.15)  # both have looked before either has written, unless the lock makes one wait
        return found

    monkeypatch.setattr(session_services, "meets_another", patient)
    mentor = EnrolmentFactory(mentor=True, capacity=9, free_places=9)

    assert [race(mentor), race(EnrolmentFactory(mentor=True))] == [1, 1]

    # The control: with the lock on the members away, both look before either writes, and both get in. It shows that the test
    # can fail.
    both_have_looked = threading.Barrier(2)

    def together(*args, **kwargs):
        found = real(*args, **kwargs)
        both_have_looked.wait(60)
        return found

    monkeypatch.setattr(session_services, "meets_another", together)
    monkeypatch.setattr(session_services, "hold_people", lambda people: None)
    assert race(EnrolmentFactory(mentor=True)) == 2
