"""Figures that a programme has only as a whole: forms as wished, fair access, questions how something is done."""

from datetime import datetime, timedelta

import numpy as np
import pytest
from django.utils import timezone

from evaluation.facts import Facts
from evaluation.indicators import BY_CODE
from evaluation.measure import results
from mentoring.planning.models import GroupLabel, MoreAnswers
from mentoring.relationships.models import CheckIn, RelationshipMember
from mentoring.support.models import ConnectionCheck, HelpRequest
from tests.evaluation.living import meet, members, pairs, say
from tests.factories import NOW, EnrolmentFactory, PersonFactory, ProgrammeFactory

pytestmark = pytest.mark.django_db


def measured(code, programme, at=NOW):
    """Its state and raw figure."""
    (found,) = results(Facts(programme, at), [BY_CODE[code]])
    raw = float(found.figures.raw[0])
    return found.state, None if np.isnan(raw) else round(raw, 4)


def checked(programme, question, group, passed):
    """One person per check."""
    for each in passed:
        enrolment = EnrolmentFactory(programme=programme)
        GroupLabel.objects.create(enrolment=enrolment, group=question, label=group)
        ConnectionCheck.objects.create(
            person=enrolment.person, latency_ms=50, kbit_per_s=900, passed=each, checked_at=NOW
        )


def test_fair_access_is_the_widest_gap_between_groups_of_five_or_more():
    programme = ProgrammeFactory()
    assert measured("ID2", programme) == ("not_measured", None)

    checked(programme, "First in the family?", "yes", [True] * 4 + [False] * 4)
    checked(programme, "First in the family?", "no", [True] * 9 + [False])
    checked(programme, "First in the family?", "other", [False] * 4)
    assert measured("ID2", programme) == ("scored", 0.4)

    checked(programme, "Where?", "town", [True] * 5)
    assert measured("ID2", programme) == ("scored", 0.4)
    checked(programme, "Where?", "village", [True, True, False, False, False])
    assert measured("ID2", programme) == ("scored", 0.6)
    assert BY_CODE["ID2"].score(np.array([0.02, 0.3])).tolist() == [100.0, 0.0]


def test_fair_access_waits_for_a_second_group_of_five():
    programme = ProgrammeFactory()
    checked(programme, "Where?", "town", [True] * 6)
    checked(programme, "Where?", "village", [False] * 4)

    assert measured("ID2", programme) == ("too_early", None)


def wished(enrolments, *forms):
    for enrolment in enrolments:
        MoreAnswers.objects.create(enrolment=enrolment, forms=list(forms))


def test_a_form_as_wished_is_one_among_those_that_a_person_chose():
    programme = ProgrammeFactory()
    found = [member.enrolment for each in pairs(programme, 6) for member in each.members.all()]
    assert measured("MT1", programme) == ("not_measured", None)

    wished(found[:7], "one_to_one")
    wished(found[7:8], "circle", "one_to_one")
    wished(found[8:9], "circle")
    wished(found[9:10])
    wished([EnrolmentFactory(programme=programme) for _ in range(3)], "circle")
    assert measured("MT1", programme) == ("too_early", None)

    wished(found[10:11], "circle")
    assert measured("MT1", programme) == ("scored", 0.8)


def test_somebody_in_a_circle_and_alone_with_a_mentor_has_both_forms():
    programme = ProgrammeFactory()
    relationships = pairs(programme, 5)
    first, second = ([member.enrolment for member in each.members.all()] for each in relationships[:2])
    RelationshipMember.objects.create(
        relationship=relationships[0],
        person=second[1].person,
        enrolment=second[1],
        role=second[1].role,
        joined_at=NOW - timedelta(days=9),
    )
    wished([*first, second[1]], "circle")
    wished([second[0], *(row.enrolment for each in relationships[2:] for row in each.members.all())], "circle")
    assert measured("MT1", programme) == ("scored", 0.3)

    programme.format = "circle"
    assert measured("MT1", programme) == ("scored", 1.0)


@pytest.fixture
def lived():
    """A programme of ninety days and an hour; ten people were active in its first month, four of them in the third."""
    programme = ProgrammeFactory(starts_on=timezone.localdate(NOW) - timedelta(days=90))
    begins = datetime.combine(programme.starts_on, datetime.min.time(), tzinfo=timezone.get_default_timezone())
    relationships = pairs(programme, 5, days=90)
    for each in relationships[:3]:
        for person in members(each):
            say(each, person, begins + timedelta(days=1))
    for each in relationships[3:]:
        meet(each, 85)
    for each in relationships[:1]:
        meet(each, 20)
    for person in members(relationships[1]):
        CheckIn.objects.create(
            relationship=relationships[1],
            person=person,
            week_on=begins.date(),
            mood=4,
            answered_at=begins + timedelta(days=61),
        )
    say(relationships[2], members(relationships[2])[0], begins + timedelta(days=45))
    return programme, begins


def asked(programme, day, count, topic="how_to"):
    for person in PersonFactory.create_batch(count):
        HelpRequest.objects.create(programme=programme, person=person, topic=topic, body="How?", created_at=day)


def test_how_to_questions_of_the_third_month_stand_over_those_of_the_first_by_active_people(lived):
    programme, begins = lived
    asked(programme, begins, 8)
    asked(programme, begins + timedelta(days=10), 5, topic="technical")
    asked(programme, begins + timedelta(days=30), 9)
    asked(programme, begins + timedelta(days=89), 2)

    assert measured("SL2", programme) == ("scored", round((2 / 4) / (8 / 10), 4))
    assert measured("SL2", programme, at=begins + timedelta(days=89, hours=23)) == ("too_early", None)
    assert BY_CODE["SL2"].score(np.array([2.0, 0.25, 0.0])).tolist() == [0.0, 100.0, 100.0]


@pytest.mark.parametrize(("first", "third"), [(7, 2), (0, 12)])
def test_too_few_how_to_questions_and_none_in_the_first_month_say_nothing(lived, first, third):
    programme, begins = lived
    asked(programme, begins, first)
    asked(programme, begins + timedelta(days=60), third)

    assert measured("SL2", programme) == ("not_measured", None)
