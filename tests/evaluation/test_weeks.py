"""The figures of a relationship and of a person are drawn from week to week, each reader's own share of them."""

from datetime import date, timedelta

import pytest

from evaluation.charts import Week, trend_chart
from evaluation.models import UnitScore
from evaluation.queries import weeks_of_relationship
from tests.evaluation.living import members, pair
from tests.factories import NOW, CoordinationFactory, ProgrammeFactory

MONDAY = date(2026, 11, 16)
ALIKE = (1, 1)


def week(number, points, measure=ALIKE):
    return Week(MONDAY + timedelta(weeks=number), points, measure)


def drawn(*weeks, rtl=False):
    return trend_chart(weeks, weeks[0].on, weeks[-1].on, rtl=rtl)


@pytest.mark.once
def test_a_line_breaks_off_where_nothing_was_measured_and_where_it_was_measured_otherwise():
    chart = drawn(week(0, 10.0), week(1, None), week(2, 40.0), week(3, 50.0), week(4, 90.0, measure=(1, 2)))

    assert [len(run) for run in chart.runs] == [1, 2, 1]
    assert chart.last is chart.runs[-1][-1]


@pytest.mark.once
def test_a_trend_is_drawn_in_the_direction_in_which_one_reads_and_higher_points_stand_higher():
    from_left = drawn(week(0, 20.0), week(1, 80.0)).runs[0]
    from_right = drawn(week(0, 20.0), week(1, 80.0), rtl=True).runs[0]

    assert [dot.x for dot in from_left] == [dot.x for dot in from_right][::-1]
    assert from_left[0].x < from_left[1].x
    assert from_left[0].y > from_left[1].y


@pytest.fixture
def programme(db):
    return ProgrammeFactory()


@pytest.fixture
def each(programme):
    return pair(programme)


def keep(number, scores, **unit):
    """What stands of a unit for a week, `number` weeks ago."""
    (row,) = unit.values()
    day = MONDAY - timedelta(weeks=number)
    UnitScore.objects.create(programme=row.programme, week_on=day, computed_at=NOW, scores=scores, **unit)


def figure(points, raw=0.5):
    return [points, raw, 1.0, 2.0, 1, 1]


EVERYTHING = {
    "PC1": figure(75.0),
    "SU1": figure(60.0),
    "SS1": figure(37.0, 3.0),
    "RC1": figure(20.0),
    "PC3": "too_early",
}


def codes(relationship, reader):
    return [line.indicator.code for group in weeks_of_relationship(relationship, reader).groups for line in group.lines]


def test_members_see_what_both_do_and_coordinators_nothing_from_a_rating_or_a_goal(programme, each):
    keep(0, EVERYTHING, relationship=each)

    assert codes(each, members(each)[0]) == codes(each, members(each)[1]) == ["PC1", "SU1"]
    assert codes(each, CoordinationFactory(programme=programme).person) == ["PC1", "RC1"]
    assert codes(each, CoordinationFactory().person) == []


def test_the_page_of_a_relationship_draws_its_weeks_and_says_the_same_as_a_table(each, sign_in):
    for number, points in enumerate((75.0, 50.0, 25.0)):
        keep(number, {"PC1": figure(points, points / 100)}, relationship=each)

    text = sign_in(members(each)[1]).get(each.get_absolute_url()).content.decode()

    assert "from 25 to 75 of 100 in 3 weeks" in text
    assert text.count("<circle") == 3
    assert text.count("<polyline") == 1
    assert '<th scope="row">2 November 2026</th><td class="number">25</td>' in text


def test_growth_draws_what_one_did_alone_and_nobody_elses(each, sign_in):
    mentor, mentee = members(each)
    keep(0, {"SV1": figure(44.0)}, enrolment=each.members.get(role="mentee").enrolment)

    assert "44 of 100 in the one week so far" in sign_in(mentee).get("/growth/").content.decode()
    others = sign_in(mentor).get("/growth/").content.decode()
    assert "44 of 100" not in others
    assert "leaves figures every week" in others


@pytest.mark.once
def test_many_weeks_ask_no_more_of_the_database_than_one(each, sign_in, django_assert_max_num_queries):
    client = sign_in(members(each)[0])
    keep(0, {"PC1": figure(75.0)}, relationship=each)
    client.get(each.get_absolute_url())

    def queries():
        with django_assert_max_num_queries(40) as caught:
            client.get(each.get_absolute_url())
        return len(caught)

    first = queries()
    for number in range(1, 30):
        keep(number, {"PC1": figure(75.0)}, relationship=each)
    assert queries() == first
