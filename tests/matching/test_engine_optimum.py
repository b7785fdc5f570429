"""The engine finds the best assignment there is, proves it, and says the same thing twice."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from mentoring.matching.engine import Cohort, Objective, People, match, proven_gap
from mentoring.matching.engine import candidates as candidates_module
from mentoring.matching.engine import known as known_module
from mentoring.matching.engine import optimum as optimum_module
from mentoring.matching.engine import packed as packed_module
from mentoring.matching.engine import table as table_module
from tests.matching.cohorts import best_by_trying_everything, seeded, small_cohorts, table

pytestmark = pytest.mark.once

BOTH = st.sampled_from([Objective.TOTAL, Objective.MOST])


@settings(max_examples=40)
@given(small_cohorts(), BOTH, st.integers(0, 5))
def test_no_assignment_is_better_than_the_one_found(cohort, objective, seed):
    result = match(cohort, objective=objective, seed=seed)

    assert (result.matched, result.total) == best_by_trying_everything(cohort, objective)
    assert result.gap == 0
    assert proven_gap(cohort, result, objective=objective) == 0


@settings(max_examples=30)
@given(small_cohorts(), BOTH)
def test_what_one_place_more_or_fewer_changes_is_told_exactly(cohort, objective):
    before = match(cohort, objective=objective)

    def change(row: int, by: int) -> tuple[int, int]:
        places = cohort.mentors.places.copy()
        places[row] += by
        after = match(replace(cohort, mentors=replace(cohort.mentors, places=places)), objective=objective)
        return by * (after.matched - before.matched), by * (after.total - before.total)

    for row, load in enumerate(before.load):
        if load.places:
            assert change(row, 1) == (load.one_more_people, load.one_more_points)
            assert change(row, -1) == (load.one_fewer_people, load.one_fewer_points)


@pytest.mark.parametrize("seed", range(40))
def test_total_equals_the_dense_assignment_of_scipy(seed):
    cohort = seeded(40, 25, seed)
    scores = table(cohort)
    seats = np.repeat(np.arange(scores.shape[1]), cohort.mentors.places)
    dense = np.where(scores >= 0, scores, 0)[:, seats]
    rows, columns = linear_sum_assignment(dense, maximize=True)

    assert match(cohort, objective=Objective.TOTAL).total == dense[rows, columns].sum()


def test_a_wrong_assignment_is_not_certified():
    cohort = seeded(30, 20, 3)
    result = match(cohort)
    swapped = result.mentors.copy()
    swapped[[0, 1]] = swapped[[1, 0]]
    object.__setattr__(result, "mentors", swapped)

    try:
        assert proven_gap(cohort, result) > 0
    except ArithmeticError as refusal:
        assert "hard rule" in str(refusal)


def test_keeping_only_the_best_candidates_finds_the_same_total(monkeypatch):
    cohort = seeded(120, 60, 5)
    whole = match(cohort)
    monkeypatch.setattr(optimum_module, "SMALL", 0)
    monkeypatch.setattr(optimum_module, "LARGEST", 0)
    monkeypatch.setattr(optimum_module, "KEPT", 2)
    pruned = match(cohort)

    assert (pruned.matched, pruned.total, pruned.gap) == (whole.matched, whole.total, 0)


def test_small_blocks_change_nothing(monkeypatch):
    cohort = seeded(50, 30, 9, text=True)
    whole = match(cohort, seed=4).as_bytes()
    monkeypatch.setattr(table_module, "SUMMED_ROWS", 4)
    monkeypatch.setattr(table_module, "STRIP_CELLS", 30)

    assert match(cohort, seed=4).as_bytes() == whole


def test_candidates_in_small_portions_change_nothing(monkeypatch):
    cohort = seeded(300, 150, 9)
    monkeypatch.setattr(optimum_module, "SMALL", 0)
    monkeypatch.setattr(optimum_module, "LARGEST", 0)
    monkeypatch.setattr(optimum_module, "KEPT", 8)
    whole = match(cohort, seed=4).as_bytes()
    for module, name in ((packed_module, "PORTION"), (known_module, "PORTION"), (candidates_module, "COLUMN_CELLS")):
        monkeypatch.setattr(module, name, 7)

    assert match(cohort, seed=4).as_bytes() == whole


def test_a_candidate_is_kept_once_and_stays_seen():
    pairs = packed_module.Packed()
    pairs.add(np.array([3, 0]), np.array([1, 2]), np.array([10_000, 0]), seen=np.array([True, False]))
    pairs.add(np.array([3, 1]), np.array([1, 2]), np.array([10_000, 7]), seen=False)

    assert [part.tolist() for part in pairs.arcs()] == [[0, 1, 3], [2, 2, 1], [0, 7, 10_000]]
    assert pairs.seen.tolist() == [False, False, True]


@settings(max_examples=20)
@given(st.integers(0, 1000), st.integers(0, 3))
def test_the_order_people_arrive_in_does_not_matter(draw, seed):
    cohort = seeded(12, 8, draw)
    rng = np.random.default_rng(draw)
    shuffled = replace(
        cohort,
        mentees=cohort.mentees.taken(rng.permutation(12)),
        mentors=cohort.mentors.taken(rng.permutation(8)),
        mentee_wishes=rng.permutation(cohort.mentee_wishes),
    )
    assert match(shuffled, seed=seed).as_bytes() == match(cohort, seed=seed).as_bytes()


def test_the_input_hash_changes_with_any_answer_any_setting_and_the_seed():
    cohort = seeded(10, 6, 1)
    other_week = replace(cohort, mentees=replace(cohort.mentees, texts=("x",) * 10))
    hashes = [
        match(cohort).input_hash,
        match(cohort, seed=1).input_hash,
        match(cohort, objective=Objective.TOTAL).input_hash,
        match(other_week).input_hash,
        match(replace(cohort, forbidden={})).input_hash,
    ]
    assert len(set(hashes)) == len(hashes)


def test_ties_are_drawn_by_the_seed():
    equal = Cohort(mentees=People.of(range(20)), mentors=People.of(range(100, 110)))
    assert len({match(equal, seed=seed).as_bytes() for seed in range(5)}) == 5
    assert {match(equal, seed=seed).matched for seed in range(5)} == {10}
