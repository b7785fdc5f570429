"""What counts as one signal, in pairs and in circles."""

from datetime import timedelta

import pytest

from evaluation import words
from evaluation.facts import Facts
from evaluation.indicators import BY_CODE
from evaluation.models import Alert, Answer, Response
from evaluation.risk import risks
from evaluation.services import refresh_alerts, set_anchors
from mentoring.relationships.models import CoordinatorTouch
from tests.evaluation.living import pair, talk, wave
from tests.evaluation.test_indicators import sign
from tests.factories import NOW, CoordinationFactory, EnrolmentFactory

pytestmark = pytest.mark.django_db
ENDING, CONTENT, APART = "support.continuity.3", "support.satisfaction.1", "modelling.framework.3"


@pytest.fixture
def coordination():
    return CoordinationFactory()


@pytest.fixture
def thriving(coordination):
    """A pair that of itself gives no reason."""
    each = pair(coordination.programme, days=20)
    CoordinatorTouch.objects.create(relationship=each, at=NOW - timedelta(days=2))
    sign(each, after_days=3)
    talk(each, every=3)
    return each


def joins(relationship):
    """One mentee more, by which it is a circle."""
    new = EnrolmentFactory(programme=relationship.programme)
    relationship.agreement.signatures.create(person=new.person, version=1, signed_at=NOW)
    return relationship.members.create(
        enrolment=new, person=new.person, role="mentee", joined_at=relationship.started_at
    )


def expects(member, contacts):
    member.enrolment.contacts_wanted = contacts
    member.enrolment.save()


def says(asked, member, **values):
    at = NOW - timedelta(hours=1)
    response = Response.objects.create(
        wave=asked, relationship=member.relationship, enrolment=member.enrolment, started_at=at, submitted_at=at
    )
    items = {"ending": ENDING, "content": CONTENT, "apart": APART}
    Answer.objects.bulk_create(Answer(response=response, item=items[name], value=n) for name, n in values.items())


def risk(relationship):
    return risks(Facts(relationship.programme, NOW))[relationship.pk]


def codes(relationship):
    return [reason["code"] for reason in risk(relationship).reasons]


def test_what_both_sides_say_is_one_signal_and_names_them_both(thriving):
    asked = wave(thriving.programme)
    for member in thriving.members.order_by("pk"):
        says(asked, member, content=2)

    assert [words.reason(row) for row in risk(thriving).reasons] == [
        "Satisfaction 2 of 5 (the mentor)",
        "Satisfaction 2 of 5 (the mentee)",
    ]
    refresh_alerts(Facts(thriving.programme, NOW))
    assert Alert.objects.values_list("points", "level").get() == (3, "watch")


def test_what_two_of_a_side_say_alike_is_one_reason(thriving):
    joins(thriving)
    asked = wave(thriving.programme)
    for member in thriving.members.filter(role="mentee"):
        says(asked, member, content=2)

    assert [words.reason(row) for row in risk(thriving).reasons] == ["Satisfaction 2 of 5 (the mentee)"]


def test_expectations_that_differ_and_are_felt_to_differ_are_one_signal(thriving):
    mentor, mentee = thriving.members.order_by("-role")
    expects(mentor, 1)
    expects(mentee, 8)
    asked = wave(thriving.programme)
    for member in (mentor, mentee):
        says(asked, member, apart=5, ending=4)

    found = risk(thriving)
    assert {reason["code"] for reason in found.reasons} == {
        "expectations_differ",
        "expectations_felt",
        "thought_of_ending",
    }
    assert found.points == 2 + 4


def test_expectations_differ_where_mf2_is_under_40_with_the_anchors_of_the_programme(coordination, thriving):
    for member, contacts in zip(thriving.members.order_by("role"), (4, 8), strict=True):
        expects(member, contacts)
    assert codes(thriving) == []

    set_anchors(thriving.programme, BY_CODE["MF2"], values=[1.5, 0.0], from_on=None, by=coordination.person, at=NOW)
    assert codes(thriving) == ["expectations_differ"]


def test_in_a_circle_the_mean_of_a_side_is_what_it_expects(thriving):
    mentor, mentee = thriving.members.order_by("-role")
    for member, contacts in ((mentor, 2), (mentee, 12), (joins(thriving), 2)):
        expects(member, contacts)

    assert risk(thriving).reasons == [{"code": "expectations_differ", "points": 2, "mentor": 2, "mentee": 7}]


def test_whoever_has_left_a_circle_says_nothing_about_it_any_more(thriving):
    gone = joins(thriving)
    says(wave(thriving.programme), gone, content=1, ending=5)
    assert codes(thriving) == ["dissatisfied", "thought_of_ending"]

    gone.left_at = NOW - timedelta(minutes=1)
    gone.save()
    assert codes(thriving) == []
    assert "answers" in risk(thriving).unknown
