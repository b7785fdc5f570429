"""Hard rules, locks and awkward cohorts: a result or a refusal that says what to change, never a crash."""

from dataclasses import replace

import numpy as np
import pytest

from mentoring.matching.engine import Cohort, People, Refused, Rules, Weights, match, pack_weeks
from tests.matching.cohorts import seeded

pytestmark = pytest.mark.once

PERSIAN, ENGLISH = 1, 2


def week(*slots: int):
    bits = np.zeros(336, bool)
    bits[list(slots)] = True
    return bits


def people(n: int, first: int = 0, **more) -> People:
    return People.of(first + np.arange(n), **more)


def test_nobody_at_all_is_an_empty_result():
    result = match(Cohort(mentees=people(0), mentors=people(0)))
    assert (result.matched, result.unmatched, result.gap, result.total) == (0, (), 0, 0)


def test_without_mentors_everybody_is_told_so():
    result = match(Cohort(mentees=people(3), mentors=people(0)))
    assert [row.reason for row in result.unmatched] == ["no_mentors"] * 3


def test_without_mentees_every_mentor_keeps_the_places():
    result = match(Cohort(mentees=people(0), mentors=people(2, 10, places=[1, 3])))
    assert [(row.filled, row.places) for row in result.load] == [(0, 1), (0, 3)]


def test_one_person_and_one_mentor_are_a_pair():
    result = match(Cohort(mentees=people(1), mentors=people(1, 10)))
    assert (result.mentees.tolist(), result.mentors.tolist(), result.scores.tolist()) == ([0], [10], [5000])


def test_capacity_zero_everywhere_is_reported_as_full_mentors():
    result = match(Cohort(mentees=people(2), mentors=people(3, 10, places=[0, 0, 0])))
    assert [(row.reason, row.rules, row.helps) for row in result.unmatched] == [("rules", ("place",), 3)] * 2


def test_a_paused_mentee_is_not_matched_and_is_told_why():
    result = match(Cohort(mentees=people(1, open=[False]), mentors=people(1, 10)))
    assert [row.reason for row in result.unmatched] == ["not_open"]


def test_nobody_eligible_names_the_rule_and_how_many_mentors_it_would_free():
    cohort = Cohort(
        mentees=people(1, languages=[PERSIAN]),
        mentors=people(4, 10, languages=[ENGLISH] * 3 + [PERSIAN], places=[1, 1, 1, 0]),
    )
    result = match(cohort)
    assert [(row.reason, row.rules, row.helps) for row in result.unmatched] == [("rules", ("language",), 3)]
    assert [(c.code, c.pairs, c.pairs_alone, c.mentees_left) for c in result.rules if c.code != "overlap"] == [
        ("place", 1, 1, 1),
        ("language", 3, 3, 1),
    ]


def test_too_little_shared_time_says_how_much_there_is():
    cohort = Cohort(
        mentees=people(1, week=pack_weeks([week(1, 2, 3)])),
        mentors=people(2, 10, week=pack_weeks([week(3, 4, 5), week(300)])),
    )
    (row,) = match(cohort).unmatched
    assert (row.rules, row.minutes) == (("overlap",), 30)
    assert match(cohort, rules=Rules(overlap_minutes=30)).matched == 1


def test_several_rules_at_once_name_those_of_the_nearest_mentor():
    cohort = Cohort(
        mentees=people(1, languages=[PERSIAN], week=pack_weeks([week(1, 2, 3)])),
        mentors=people(1, 10, languages=[ENGLISH], week=pack_weeks([week(9)])),
    )
    assert [row.rules for row in match(cohort).unmatched] == [("language", "overlap")]


def test_a_missing_answer_passes_with_a_flag_unless_answers_are_needed():
    cohort = Cohort(mentees=people(1, languages=[PERSIAN]), mentors=people(1, 10, languages=[PERSIAN]))
    assert match(cohort).unknown == (("overlap",),)
    assert match(cohort, rules=Rules(answers_needed=True)).matched == 0


def test_people_left_over_learn_how_many_points_were_short():
    cohort = Cohort(
        mentees=people(2, skills=[[5], [5]], seniority=[1, 1]),
        mentors=people(1, 10, skills=[[5]], seniority=[2]),
        concept_category=np.array([0]),
        mentee_wishes=[(1, 10, 1)],
    )
    result = match(cohort)
    assert result.mentees.tolist() == [1]
    (row,) = result.unmatched
    assert (row.reason, row.mentor, row.helps, row.short) == ("taken", 10, 1, result.total - row.score)


@pytest.mark.parametrize("code", ["never", "conflict", "blocked"])
def test_a_forbidden_pair_is_absent(code):
    cohort = Cohort(mentees=people(1), mentors=people(2, 10), forbidden={code: [(0, 10), (77, 10)]})
    assert match(cohort).mentors.tolist() == [11]


def test_a_block_holds_whatever_rules_are_switched_off():
    off = Rules(language=False, overlap=False, never=False, conflict=False)
    assert (
        match(Cohort(mentees=people(1), mentors=people(1, 10), forbidden={"blocked": [(0, 10)]}), rules=off).matched
        == 0
    )
    assert (
        match(Cohort(mentees=people(1), mentors=people(1, 10), forbidden={"never": [(0, 10)]}), rules=off).matched == 1
    )


def test_seniority_keeps_a_mentor_above_the_mentee():
    cohort = Cohort(mentees=people(1, seniority=[3]), mentors=people(2, 10, seniority=[3, 4]))
    assert match(cohort, rules=Rules(seniority=True)).mentors.tolist() == [11]


def test_a_locked_pair_is_kept_and_takes_a_place():
    cohort = seeded(20, 15, 2)
    mentor = int(cohort.mentors.keys[cohort.mentors.places > 0][0])
    cohort = replace(cohort, locked=[(5, mentor)], forbidden={})
    result = match(cohort)
    pairs = dict(zip(result.mentees.tolist(), result.mentors.tolist(), strict=True))
    assert pairs[5] == mentor
    assert result.locked.sum() == 1
    assert all(row.filled <= row.places for row in result.load)


def test_a_lock_may_break_a_rule_of_convenience_and_says_which():
    cohort = Cohort(
        mentees=people(1, languages=[PERSIAN]), mentors=people(1, 10, languages=[ENGLISH]), locked=[(0, 10)]
    )
    assert match(cohort).broken == (("language",),)


@pytest.mark.parametrize(
    ("locked", "code"),
    [
        ([(0, 10), (0, 11)], "locks_contradict"),
        ([(0, 10), (1, 10)], "more_locks_than_places"),
        ([(0, 99)], "lock_of_somebody_not_in_the_pool"),
        ([(1, 11)], "lock_breaks_a_safety_rule"),
    ],
)
def test_locks_that_cannot_be_kept_are_refused_with_the_people_concerned(locked, code):
    cohort = Cohort(mentees=people(2), mentors=people(2, 10), forbidden={"never": [(1, 11)]}, locked=locked)
    with pytest.raises(Refused) as refusal:
        match(cohort)
    assert refusal.value.code == code
    assert set(refusal.value.about) & {"mentee", "mentor"}


def test_weights_of_zero_are_refused_and_others_are_scaled_to_a_hundred():
    with pytest.raises(Refused, match="weights_are_zero"):
        Weights.from_parts(skills=0, wishes=0)
    with pytest.raises(Refused, match="weights_must_sum_to_100"):
        Weights(skills=36)
    scaled = Weights.from_parts(skills=1, field=1, time=1)
    assert (scaled.skills, scaled.field, scaled.time, sum(scaled.values())) == (34, 33, 33, 100)


def test_two_people_with_one_key_are_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="same key"):
        Cohort(mentees=People.of([1, 1]), mentors=People.of([2]))
