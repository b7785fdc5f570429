from datetime import date, timedelta
from itertools import combinations
from random import Random

import pytest
from django.urls import reverse

from evaluation.disclosure import comparable
from evaluation.models import Score
from evaluation.queries import compare_days, compare_programmes, health, slices
from tests.factories import NOW, CoordinationFactory, ProgrammeFactory

pytestmark = pytest.mark.django_db


def scored(programme, day, value, n, component="causal", **more):
    row = {"code": "both", "facet": "both", "state": "scored", "computed_at": NOW, **more}
    return Score.objects.create(
        institution=programme.institution,
        programme=programme,
        component=component,
        as_of_on=day,
        value=value,
        n=n,
        **row,
    )


def said(comparison, slug="causal"):
    line = next(line for line in comparison.lines if line.is_stage and line.stage.slug == slug)
    return line.here, line.there, line.said


@pytest.mark.once
def test_no_two_figures_that_may_be_shown_differ_by_fewer_than_five_people():
    rng = Random(3)
    for _ in range(300):
        people = [rng.choice([None, rng.randint(5, 30)]) for _ in range(12)]
        shown = comparable(people)
        left = [n for n, may in zip(people, shown, strict=True) if may]
        assert all(a == b or abs(a - b) >= 5 for a, b in combinations(left, 2))
        assert comparable(people[:7]) == shown[:7]  # what was shown once stays so
    assert comparable([10, 16, 11, 15, None, 10]) == [True, True, False, False, False, True]


def test_an_earlier_day_is_the_last_of_a_month_and_hidden_where_too_few_came():
    programme = ProgrammeFactory()
    start = date(2026, 8, 3)
    for days, value, n in ((0, 40, 10), (4, 41, 10), (30, 50, 11), (61, 55, 13), (90, 62, 13)):
        scored(programme, start + timedelta(days=days), value, n)
    august, september, october = slices(health(programme).days)
    assert (august, september, october) == (date(2026, 8, 7), date(2026, 9, 2), date(2026, 10, 3))

    now, days = health(programme), slices(health(programme).days)
    found = {day: said(compare_days(now, day)) for day in days}
    assert found == {
        august: (62, 41, "▲ 21"),
        september: (62, None, "not shown: fewer than five people came or went"),
        october: (62, 55, "▲ 7"),
    }


def test_what_a_hidden_figure_could_be_computed_from_is_hidden_with_it():
    """A stage is the mean of its two categories: of three figures two give away the third."""
    programme, then, now = ProgrammeFactory(), date(2026, 8, 3), date(2026, 9, 20)
    for slug, n_then in (("causal", 10), ("planning", 10), ("modelling", 18), ("strategy", 10), ("skills", 10)):
        scored(programme, then, 40, n_then, component=slug)
        scored(programme, now, 50, 20, component=slug)
    shown = {line.name: line.there for line in compare_days(health(programme), then).lines}
    assert [shown[name] for name in ("Causal conditions", "Mentoring planning and management")] == [None, None]
    assert shown["Strategies"] == 40


def test_another_programme_stands_beside_this_one_and_other_anchors_name_no_difference():
    one, other = ProgrammeFactory(), ProgrammeFactory(name_en="Other")
    day = date(2026, 9, 1)
    scored(one, day, 40, 10)
    scored(other, day, 70.4, 6)
    comparison = compare_programmes(health(one), other)
    assert said(comparison) == (40, 70, "▼ 30")
    assert comparison.heading == "Causal conditions: 30 points less beside “Other”"
    assert said(comparison, "strategy") == (None, None, "not measured")

    indicator = {"component": "planning.structure", "code": "PS1", "facet": "behaviour",
                 "inputs": {"raw": 9, "from": "2026-08-01", "to": "2026-09-01"}}  # fmt: skip
    scored(one, day, 40, 10, **indicator)
    scored(other, day, 70, 10, anchors_version=2, **indicator)
    assert said(compare_programmes(health(one), other)) == (40, 70, "measured in another way")


def test_a_point_is_one_and_with_a_programme_that_has_no_figures_nothing_is_compared():
    one, other, empty = ProgrammeFactory(), ProgrammeFactory(name_en="Other"), ProgrammeFactory()
    scored(one, date(2026, 9, 1), 41, 10)
    scored(other, date(2026, 9, 1), 40, 10)

    headings = [compare_programmes(health(one), each).heading for each in (other, empty)]

    assert headings == ["Causal conditions: 1 point more beside “Other”", "Nothing can be compared yet"]


def test_with_one_stage_measured_the_page_does_not_say_what_holds_the_programme_back():
    low, high = ProgrammeFactory(), ProgrammeFactory()
    for programme, value in ((low, 40), (high, 70)):
        scored(programme, date(2026, 9, 1), None, 0, state="not_measured")
        scored(programme, date(2026, 9, 1), value, 10, component="strategy")

    assert [health(each).headline for each in (low, high)] == [
        "Only one stage is measured so far, and it is under target: Strategies",
        "Only one stage is measured so far, and it is on target: Strategies",
    ]


def test_a_coordinator_compares_on_the_page_about_health_with_what_is_theirs_only(
    sign_in, django_assert_max_num_queries
):
    mine = CoordinationFactory()
    second = CoordinationFactory(person=mine.person, programme__name_en="Second").programme
    foreign = ProgrammeFactory(name_en="Foreign")
    for programme in (mine.programme, second, foreign):
        scored(programme, date(2026, 9, 1), 50, 9)
    client, page = sign_in(mine.person), reverse("health", args=[mine.programme.slug])

    client.get(page)  # the first page of a session notes the role
    with django_assert_max_num_queries(20):
        text = client.get(f"{page}?beside={second.slug}").content.decode()
    assert "No stage differs that could be compared, beside “Second”" in text
    assert "Foreign" not in text
    for chosen in (foreign.slug, "2026-09-01", "nonsense"):
        assert "What may be compared?" not in client.get(f"{page}?beside={chosen}").content.decode()
