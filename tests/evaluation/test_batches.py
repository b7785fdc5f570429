"""What is let in among what a programme tells: five people at a time, and none of them for nothing."""

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.disclosure import K
from evaluation.facts import Facts
from evaluation.facts.batches import let_in
from evaluation.indicators import BY_CODE
from evaluation.measure import Board
from evaluation.models import Score
from evaluation.services import recompute
from evaluation.words import why_no_number
from mentoring.relationships.models import Goal, SessionRating
from mentoring.training.models import ModuleProgress
from tests.evaluation.living import meet, members, pairs
from tests.factories import NOW, ProgrammeFactory

WORDS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 7)), max_size=40)


def inside(rows, **fields):
    unit, person = np.array(rows, dtype=np.int64).reshape(-1, 2).T
    return let_in(unit, person, np.arange(len(rows), dtype=float), **fields)


@given(WORDS, st.integers(1, 3))
def test_whatever_comes_next_changes_nothing_or_brings_five_people_who_count(rows, least):
    now, earlier = inside(rows, least=least), inside(rows[:-1], least=least)
    new = [row for row, is_in, was in zip(rows, now, [*earlier, False], strict=False) if is_in and not was]

    assert all(now[: len(earlier)][earlier])  # what was told of stays
    assert not new or len({person for _unit, person in new}) >= K
    counts = np.bincount([unit for (unit, _person), is_in in zip(rows, now, strict=True) if is_in], minlength=6)
    assert all(n == 0 or n >= least for n in counts)


def test_what_is_too_little_to_count_brings_nobody_in():
    told = [(0, 0), (0, 0), (0, 0)] * 2 + [(unit, unit) for unit in range(1, 5)]

    assert inside(told, least=1).all()
    assert not inside(told, least=3).any()


@pytest.mark.django_db
def test_of_ratings_one_side_of_few_people_it_is_said_that_they_are_hidden():
    programme = ProgrammeFactory()
    for each in pairs(programme, 2, days=100, status="completed", closed_at=NOW - timedelta(days=2)):
        for days in (90, 70, 50, 30, 10):
            session = meet(each, days)
            for person in members(each):
                at = NOW - timedelta(days=days)
                SessionRating.objects.create(session=session, person=person, stars=4, rated_at=at)

    states = {result.indicator.code: result.state for result in Board(Facts(programme, NOW)).results}

    assert (states["SS1"], states["SS2"]) == ("suppressed", "suppressed")
    assert why_no_number(BY_CODE["RP1"], "too_early") == "Too early: it needs at least 5 people with low check-ins."


@pytest.mark.django_db
def test_goals_and_tests_count_when_five_have_told_of_them_since():
    programme = ProgrammeFactory()
    told = pairs(programme, 6, days=100)
    for place, each in enumerate(told):
        at = NOW - timedelta(days=20 - place)
        Goal.objects.create(
            relationship=each, title="x", status="closed", attainment=1 if each is told[-1] else 0,
            created_at=each.started_at, closed_at=at,
        )  # fmt: skip
        ModuleProgress.objects.create(
            person=members(each)[1], module="first-meeting", started_at=at, touched_at=at, finished_at=at,
            quiz_before=0.5, quiz_after=1.0 if each is told[-1] else 0.75,
        )  # fmt: skip

    def found(at):
        results = {result.indicator.code: result for result in Board(Facts(programme, at)).results}
        return [(results[code].state, round(results[code].value, 4), results[code].n) for code in ("SU1", "ST2")]

    assert found(NOW - timedelta(days=17)) == [("suppressed", pytest.approx(np.nan, nan_ok=True), 0)] * 2
    assert found(NOW) == [("scored", 66.6667, 5), ("scored", 100.0, 5)]


@pytest.mark.django_db
def test_a_rating_counts_when_it_can_no_longer_be_changed():
    programme = ProgrammeFactory()
    for each in pairs(programme, 3):
        for days in (9, 6, 3):
            session = meet(each, days)
            for person in members(each):
                SessionRating.objects.create(
                    session=session, person=person, stars=5, rated_at=NOW - timedelta(hours=23)
                )
    recompute(programme, at=NOW)
    recompute(programme, at=NOW + timedelta(days=1))

    values = Score.objects.filter(code="SS1").order_by("as_of_on").values_list("state", "value")
    assert list(values) == [("suppressed", None), ("scored", 100.0)]
