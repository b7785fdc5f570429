"""What relationships are measured by is measured of each person for themselves: of what they do, in all their relationships."""

from datetime import timedelta

import numpy as np
import pytest

from evaluation.facts import Facts
from evaluation.indicators import BY_CODE
from mentoring.relationships.models import CheckIn, Goal, Session
from tests.evaluation.living import meet, members, pair, say, talk
from tests.factories import NOW, EnrolmentFactory, ProgrammeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def programme():
    return ProgrammeFactory()


@pytest.fixture
def mentor(programme):
    """Of two relationships."""
    return EnrolmentFactory(programme=programme, mentor=True, decided_at=NOW - timedelta(days=130))


def figures(code, programme):
    return BY_CODE[code].of_person(Facts(programme, NOW))


def of(enrolment, code):
    """The raw figure of a person, or the state that says why there is none."""
    facts = Facts(enrolment.programme, NOW)
    found, place = BY_CODE[code].of_person(facts), facts.people.ids.tolist().index(enrolment.pk)
    return found.missing[place] if np.isnan(found.raw[place]) else round(float(found.raw[place]), 4)


def enrolment_of(relationship, role):
    return relationship.members.get(role=role).enrolment


def circle(programme, mentor, *, late_by_days=0):
    """A relationship with two mentees, and the one who joined later."""
    each = pair(programme, mentor=mentor)
    joined = each.started_at + timedelta(days=late_by_days)
    second = EnrolmentFactory(programme=programme, decided_at=each.started_at)
    each.members.create(enrolment=second, person=second.person, role="mentee", joined_at=joined)
    return each, second


def test_rc1_is_how_soon_somebody_answers_in_all_their_relationships(programme, mentor):
    quick, slow = (pair(programme, mentor=mentor) for _ in range(2))
    talk(quick, every=7, answer_after_hours=10)
    talk(slow, every=7, answer_after_hours=30)

    assert of(mentor, "RC1") == 20.0
    assert of(enrolment_of(quick, "mentee"), "RC1") == 7 * 24 - 10.0


def test_rc1_of_a_circle_is_of_whoever_answers(programme, mentor):
    each, second = circle(programme, mentor)
    first = enrolment_of_first(each, second)
    for days in range(50, 20, -5):
        say(each, mentor.person, NOW - timedelta(days=days))
        say(each, second.person, NOW - timedelta(days=days, hours=-6))
        say(each, first.person, NOW - timedelta(days=days, hours=-9))

    assert of(second, "RC1") == 6.0
    assert of(first, "RC1") == "too_early"


def enrolment_of_first(relationship, second):
    return relationship.members.filter(role="mentee").exclude(enrolment=second).get().enrolment


def test_rc2_is_what_somebody_left_unanswered_and_not_what_waited_for_the_other(programme):
    each = pair(programme, days=120)
    talk(each, every=12, answer_after_hours=9 * 24)

    assert of(enrolment_of(each, "mentor"), "RC2") == 1.0
    assert of(enrolment_of(each, "mentee"), "RC2") == 0.0


def test_rc2_counts_nobody_who_may_leave_the_answer_to_another(programme, mentor):
    each, second = circle(programme, mentor)
    for days in range(55, 10, -8):
        say(each, second.person, NOW - timedelta(days=days + 1))
        say(each, mentor.person, NOW - timedelta(days=days))

    assert of(mentor, "RC2") == 0.0
    assert of(second, "RC2") == "too_early"


def test_rc2_counts_who_is_alone_on_a_side_since_the_other_left(programme, mentor):
    each, second = circle(programme, mentor)
    first = enrolment_of_first(each, second)
    each.members.filter(enrolment=first).update(left_at=NOW - timedelta(days=50))
    for days in range(45, 10, -8):
        say(each, mentor.person, NOW - timedelta(days=days))
        say(each, second.person, NOW - timedelta(days=days - 1))

    assert of(second, "RC2") == 0.0
    assert of(first, "RC2") == "not_measured"


def test_pc2_counts_who_was_missing(programme):
    each = pair(programme)
    mentor, mentee = members(each)
    for days in (30, 20):
        meet(each, days)
    for days in (15, 10):
        meet(each, days, status=Session.Status.NO_SHOW, absent=mentee)
    meet(each, 5, status=Session.Status.NO_SHOW)  # nobody said who

    assert of(enrolment_of(each, "mentee"), "PC2") == 0.4
    assert of(enrolment_of(each, "mentor"), "PC2") == 0.0


def test_pc2_counts_sessions_from_when_somebody_joined_on(programme, mentor):
    each, late = circle(programme, mentor, late_by_days=30)
    for days in (50, 45, 40, 20, 15, 10):
        meet(each, days)
    meet(each, 5, status=Session.Status.NO_SHOW, absent=late.person)

    assert of(late, "PC2") == 0.25
    assert figures("PC2", programme).denominator.tolist() == [7.0, 7.0, 4.0]


def test_rp2_is_of_ones_own_check_ins_over_the_weeks_in_ones_relationships(programme, mentor):
    first, second = pair(programme, days=28, mentor=mentor), pair(programme, days=42, mentor=mentor)
    for each in (first, second):
        at = NOW - timedelta(days=8)
        CheckIn.objects.create(relationship=each, person=mentor.person, week_on=at.date(), mood=4, answered_at=at)

    assert of(mentor, "RP2") == 0.2
    assert of(enrolment_of(first, "mentee"), "RP2") == 0.0


def test_su1_is_over_the_goals_of_all_relationships_of_somebody(programme, mentor):
    first, second = pair(programme, mentor=mentor), pair(programme, mentor=mentor)
    for each, ratings in ((first, (1, 1)), (second, (1,))):
        for rating in ratings:
            Goal.objects.create(
                relationship=each, title="x", status="closed", attainment=rating, created_at=each.started_at
            )

    assert of(mentor, "SU1") == 63.6931
    assert of(enrolment_of(second, "mentee"), "SU1") == 60.0


def test_mm1_is_a_mentees_own_wait_and_a_long_one_counts_before_it_ends(programme):
    each = pair(programme)
    waiting, long = (EnrolmentFactory(programme=programme, decided_at=NOW - timedelta(days=n)) for n in (59, 70))

    assert of(enrolment_of(each, "mentee"), "MM1") == 7.0
    assert of(waiting, "MM1") == "too_early"
    assert of(long, "MM1") == 70.0
    assert of(enrolment_of(each, "mentor"), "MM1") == "not_applicable"


def test_who_has_only_ended_relationships_is_not_measured_and_who_has_none_waits(programme):
    over = pair(programme, days=5, status="ended", closed_at=NOW - timedelta(days=1))
    alone = EnrolmentFactory(programme=programme, decided_at=NOW)

    for code in ("PC2", "RC1", "RC2", "RP2", "SU1"):
        assert of(enrolment_of(over, "mentee"), code) == "not_measured"
        assert of(alone, code) == "too_early"


def test_in_a_programme_of_nobody_there_is_nobody_to_measure(programme):
    assert all(len(figures(code, programme).raw) == 0 for code in ("PC2", "RC1", "RC2", "RP2", "SU1", "MM1"))
