"""Scores: whole numbers whose parts sum exactly, neutral where an answer is missing."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mentoring.matching.engine import (
    CRITERIA,
    Cohort,
    People,
    Rules,
    Table,
    Weights,
    best_mentors,
    explain,
    match,
    pack_weeks,
)
from mentoring.matching.engine.measures import field_nearness
from mentoring.matching.engine.text import normalised
from mentoring.matching.engine.week import NO_WEEK, Weeks
from tests.matching.cohorts import MENTOR_KEYS, seeded, table

pytestmark = pytest.mark.once

WEIGHTS = st.lists(st.integers(0, 50), min_size=len(CRITERIA), max_size=len(CRITERIA)).filter(any)


@settings(max_examples=30)
@given(st.integers(0, 1000), WEIGHTS)
def test_parts_sum_to_the_score_of_the_table_for_every_pair(seed, parts):
    cohort = seeded(9, 7, seed, text=True)
    whole = Table(cohort, None, Weights.from_parts(**dict(zip(CRITERIA, parts, strict=True))))
    scores = np.concatenate([strip.copy() for _, strip in whole.open_strips(np.arange(9))])
    rows, columns = (index.ravel() for index in np.indices(scores.shape))
    contributions = whole.parts(rows, columns)

    assert contributions.min() >= 0
    assert contributions.sum(axis=1).tolist() == scores.ravel().tolist()
    assert 0 <= scores.min() <= scores.max() <= 10_000


@pytest.mark.parametrize("soft", [{}, {"language": 2_000}])
def test_the_share_below_a_score_is_that_of_the_pairs_that_no_hard_rule_removes(soft):
    whole = Table(seeded(40, 30, 3), Rules(soft=soft))
    rows, columns = (index.ravel() for index in np.indices(whole.size))
    there = whole.exists(rows, columns)
    scores = whole.scores(rows, columns)
    assert 0 < there.sum() < len(there)

    expected = [(scores[there] < score).mean() for score in scores]
    assert whole.shares_below(scores) == pytest.approx(expected)


def one(**answers):
    """A mentee and a mentor alone; every other answer is missing."""
    mentee = {name: [value[0]] for name, value in answers.items()}
    mentor = {name: [value[1]] for name, value in answers.items()}
    return Cohort(
        mentees=People.of([0], concepts=3, **mentee),
        mentors=People.of([9], concepts=3, **mentor),
        concept_category=np.array([0, 0, 1]),
        field_parent=np.array([-1, 0, 0, -1]),
    )


@pytest.mark.parametrize(
    ("criterion", "answers", "worth"),
    [
        ("skills", {}, 5_000),
        ("skills", {"skills": ([5, 0, 0], [5, 0, 0])}, 10_000),
        ("skills", {"skills": ([2, 2, 0], [5, 0, 0])}, 5_000),
        ("skills", {"skills": ([0, 0, 3], [5, 0, 0])}, 0),
        ("needs", {"skills": ([0, 4, 0], [5, 0, 0])}, 10_000),
        ("field", {"field": (1, 1)}, 10_000),
        ("field", {"field": (1, 2)}, 5_000),
        ("field", {"field": (1, 3)}, 0),
        ("field", {"field": (1, -1)}, 5_000),
        ("experience", {"seniority": (1, 3)}, 10_000),
        ("experience", {"seniority": (3, 1)}, 0),
        ("goals", {"texts": ("نوشتن پایان‌نامه", "نوشتن پایان نامه")}, 10_000),
        ("goals", {"texts": ("my thesis", "rowing boats")}, 0),
        ("goals", {"texts": ("thesis", "")}, 5_000),
        ("goals", {"texts": ("پایان‌نامه", "thesis")}, 5_000),
    ],
)
def test_a_criterion_is_worth_what_its_answers_say(criterion, answers, worth):
    cohort = one(**answers)
    only = Weights.from_parts(**{criterion: 1})
    (story,) = explain(cohort, Rules(), only, [(0, 9)])
    assert story.score == pytest.approx(worth, abs=300 if criterion == "goals" else 0)


def test_four_shared_hours_are_enough_time():
    week = np.zeros((1, 336), bool)
    week[0, 20:24] = True
    cohort = one(week=(pack_weeks(week)[0], pack_weeks(week)[0]))
    (story,) = explain(cohort, Rules(), Weights.from_parts(time=1), [(0, 9)])
    assert (story.score, story.overlap_minutes) == (5_000, 120)


@pytest.mark.parametrize("whole_hours", [True, False])
@pytest.mark.parametrize("share", [0.1, 0.95, 1])
def test_shared_half_hours_are_counted_one_by_one(whole_hours, share):
    rng = np.random.default_rng(5)
    free = [rng.random((n, 168)) < share for n in (9, 7)]
    sides = [np.repeat(hours, 2, axis=1) if whole_hours else np.roll(np.repeat(hours, 2, axis=1), 1) for hours in free]
    sides[0][3] = sides[1][2] = False
    weeks = Weeks(*map(pack_weeks, sides))
    counted = (sides[0][:, None] & sides[1][None]).sum(axis=2)

    known = np.delete(np.delete(weeks.table(np.arange(9)), 3, axis=0), 2, axis=1)
    assert (known == np.minimum(np.delete(np.delete(counted, 3, axis=0), 2, axis=1), 254)).all()
    assert (weeks.table(np.array([3])) == NO_WEEK).all() and (weeks.table(np.arange(9))[:, 2] == NO_WEEK).all()
    pairs = np.divmod(np.arange(63), 7)
    assert (weeks.slots(*pairs) == counted.reshape(-1)).all()


def test_wishes_count_by_rank_and_people_without_a_list_are_neutral():
    cohort = Cohort(
        mentees=People.of([0, 1]), mentors=People.of([8, 9]), mentee_wishes=[(0, 8, 1)], mentor_wishes=[(1, 8, 2)]
    )
    stories = explain(cohort, Rules(), Weights.from_parts(wishes=1), [(0, 8), (0, 9), (1, 8), (1, 9)])
    assert [s.score for s in stories] == [5_000, 2_500, 6_750, 5_000]


def test_a_story_names_shared_concepts_best_first_and_shared_languages():
    cohort = one(skills=([1, 5, 4], [5, 4, 0]), languages=(0b110, 0b011))
    (story,) = explain(cohort, Rules(), Weights(), [(0, 9)])
    assert story.shared_concepts == (1, 0)
    assert story.shared_languages == 0b010
    assert story.score == sum(story.parts.values())


def test_best_mentors_of_one_mentee_keep_the_rules_but_ignore_places():
    cohort = seeded(6, 12, 4)
    result = match(cohort)
    for mentee in cohort.mentees.keys.tolist():
        best = best_mentors(cohort, Rules(), Weights(), mentee, top=5)
        assert [s for _, s in best] == sorted((s for _, s in best), reverse=True)
        for story in explain(cohort, Rules(), Weights(), [(mentee, mentor) for mentor, _ in best]):
            assert set(story.broken) <= {"place"}
    assert result.gap == 0


def test_field_nearness_refuses_a_tree_with_a_loop():
    with pytest.raises(ValueError, match="loop"):
        field_nearness(np.array([1, 0]))


def test_letters_digits_and_half_spaces_are_made_equal():
    assert normalised("كتاب‌هاي ۱۲") == normalised("کتابهای 12")


def test_ranks_count_the_better_possible_partners_of_each_side():
    cohort = seeded(9, 7, 11)
    scores, result = table(cohort), match(cohort)
    for mentee, mentor, for_mentee, for_mentor in zip(
        result.mentees, result.mentors, result.rank_for_mentee, result.rank_for_mentor, strict=True
    ):
        row, column = int(mentee), int(mentor) - MENTOR_KEYS
        assert for_mentee == 1 + (scores[row] > scores[row, column]).sum()
        assert for_mentor == 1 + (scores[:, column] > scores[row, column]).sum()
