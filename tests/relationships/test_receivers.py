import pytest

from accounts.services import erase_person
from mentoring.planning.models import Enrolment
from mentoring.relationships.models import Relationship
from mentoring.relationships.services import add_mentee, start_relationship
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
