from datetime import timedelta

import pytest

from accounts.services import erase_person
from mentoring.planning.models import Enrolment
from mentoring.planning.services import reinstate, suspend, withdraw
from mentoring.relationships.models import Relationship
from mentoring.relationships.services import (
    Resting,
    add_mentee,
    pause_relationship,
    propose_goal,
    resume_relationship,
    start_relationship,
)
from notifications.models import Notification
from tests.factories import EnrolmentFactory, PersonFactory, ProgrammeFactory

pytestmark = pytest.mark.django_db


def test_a_pair_ends_and_gives_its_places_back_when_one_of_them_is_erased(now):
    mentor = EnrolmentFactory(mentor=True)
    mentee = EnrolmentFactory(programme=mentor.programme)
    pair = start_relationship(mentor.programme, mentor=mentor, mentee=mentee, why={}, score=1, by=None, at=now)

    erase_person(mentee.person, by=mentee.person, at=now)

    assert Relationship.objects.get(pk=pair.pk).status == Relationship.Status.ENDED
    assert Enrolment.objects.get(pk=mentor.pk).free_places == 2


def test_a_circle_goes_on_without_one_of_its_mentees(now):
    programme = ProgrammeFactory(format="circle")
    mentor = EnrolmentFactory(programme=programme, mentor=True, capacity=3, free_places=3)
    first, second = EnrolmentFactory(programme=programme), EnrolmentFactory(programme=programme)
    circle = start_relationship(programme, mentor=mentor, mentee=first, why={}, score=1, by=None, at=now)
    add_mentee(circle, second, by=PersonFactory(), at=now)

    erase_person(second.person, by=second.person, at=now)

    circle = Relationship.objects.get(pk=circle.pk)
    assert circle.is_open
    assert [person.pk for person in circle.people] == [mentor.person_id, first.person_id]


@pytest.fixture
def pair(now):
    mentor = EnrolmentFactory(mentor=True)
    mentee = EnrolmentFactory(programme=mentor.programme)
    return start_relationship(mentor.programme, mentor=mentor, mentee=mentee, why={}, score=1, by=None, at=now)


def told(kind):
    return list(Notification.objects.filter(kind=f"relationships.{kind}").values_list("recipient", flat=True))


@pytest.mark.parametrize("role", ["mentor", "mentee"])
def test_a_pair_rests_while_one_of_the_two_is_suspended_and_the_other_is_told_without_a_reason(pair, role, now):
    suspended, coordinator = pair.members.get(role=role).enrolment, PersonFactory()
    other = pair.members.exclude(role=role).get().person_id
    suspend(suspended, reason="A report", by=coordinator, at=now)

    pair = Relationship.objects.get(pk=pair.pk)
    assert (pair.is_open, pair.rests, told("paused")) == (True, True, [other])
    for person in pair.people:
        assert not person.has_perm("relationships.plan", pair)
        with pytest.raises(Resting):
            propose_goal(pair, title="Write", why="", by=person, at=now)
    assert "report" not in str(Notification.objects.get(kind="relationships.paused").params)

    assert list(pair.pauses.values_list("began_at", "ended_at")) == [(now, None)]

    reinstate(suspended, by=coordinator, at=now + timedelta(1))
    suspended.refresh_from_db()
    assert list(pair.pauses.values_list("began_at", "ended_at")) == [(now, now + timedelta(1))]
    assert (Relationship.objects.get(pk=pair.pk).rests, suspended.reason) == (False, "")
    assert sorted(told("resumed")) == sorted(person.pk for person in pair.people)


def test_a_pause_and_two_suspensions_are_one_pause_until_the_last_of_them_is_over(pair, now):
    (mentor, mentee), coordinator = [member.enrolment for member in pair.members.order_by("pk")], PersonFactory()
    day = [now + timedelta(n) for n in range(6)]

    pause_relationship(pair, by=coordinator, at=day[0])
    suspend(mentor, reason="x", by=coordinator, at=day[1])
    suspend(mentee, reason="x", by=coordinator, at=day[2])
    resume_relationship(pair, by=coordinator, at=day[3])
    reinstate(mentor, by=coordinator, at=day[4])
    before = set(told("resumed"))
    assert list(pair.pauses.values_list("began_at", "ended_at")) == [(day[0], None)]

    reinstate(mentee, by=coordinator, at=day[5])
    assert list(pair.pauses.values_list("began_at", "ended_at")) == [(day[0], day[5])]
    assert Notification.objects.filter(kind="relationships.resumed", created_at=day[4]).count() == 0
    assert before <= set(told("resumed"))


@pytest.mark.parametrize("role", ["mentor", "mentee"])
def test_a_pair_ends_and_gives_its_places_back_when_one_of_the_two_withdraws(pair, role, now):
    leaving = pair.members.get(role=role)
    withdraw(leaving.enrolment, by=leaving.person, at=now)

    assert Relationship.objects.get(pk=pair.pk).status == Relationship.Status.ENDED
    assert list(pair.members.order_by("pk").values_list("enrolment__free_places", flat=True)) == [2, 1]
    assert told("closed") == [pair.members.exclude(role=role).get().person_id]


@pytest.mark.parametrize("verb", [suspend, withdraw])
def test_a_circle_goes_on_without_a_mentee_who_leaves_it_and_rests_or_ends_with_its_mentor(verb, now):
    programme = ProgrammeFactory(format="circle")
    mentor = EnrolmentFactory(programme=programme, mentor=True, capacity=3, free_places=3)
    first, second, third = (EnrolmentFactory(programme=programme) for _ in range(3))
    circle = start_relationship(programme, mentor=mentor, mentee=first, why={}, score=1, by=None, at=now)
    for mentee in (second, third):
        add_mentee(circle, mentee, by=PersonFactory(), at=now)
    why = {"reason": "x"} if verb is suspend else {}

    verb(second, by=PersonFactory(), at=now, **why)

    circle = Relationship.objects.get(pk=circle.pk)
    assert (circle.is_open, circle.rests) == (True, False)
    assert second.person not in circle.people
    assert second.person_id not in circle.room.members.filter(left_at=None).values_list("person", flat=True)
    assert list(Enrolment.objects.filter(pk__in=(mentor.pk, second.pk)).values_list("free_places", flat=True)) == [1, 1]

    add_mentee(circle, EnrolmentFactory(programme=programme), by=PersonFactory(), at=now)
    Enrolment.objects.filter(pk=mentor.pk).update(capacity=4, free_places=1)
    add_mentee(Relationship.objects.get(pk=circle.pk), second, by=PersonFactory(), at=now + timedelta(1))
    assert second.person in Relationship.objects.get(pk=circle.pk).people
    assert circle.room.members.get(person=second.person_id).left_at is None

    verb(mentor, by=PersonFactory(), at=now, **why)

    circle = Relationship.objects.get(pk=circle.pk)
    assert (circle.is_open, circle.rests) == ((True, True) if verb is suspend else (False, False))
