"""Scores and rules agree, pair by pair, with a second telling of them in plain Python."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mentoring.matching.engine import (
    CRITERIA,
    PARTS,
    RULES,
    Fusion,
    Rules,
    Table,
    Weights,
    match,
    proven_gap,
    rule_costs,
)
from mentoring.matching.engine.layers import THRESHOLD
from tests.matching.cohorts import MENTOR_KEYS, everything, seeded
from tests.matching.reference import Pair

pytestmark = pytest.mark.once

NO_GOALS = [name for name in CRITERIA if name != "goals"]


@st.composite
def any_rules(draw) -> Rules:
    soft = draw(
        st.dictionaries(
            st.sampled_from(["language", "overlap", "unit", "must_have"]), st.integers(0, 6_000), max_size=2
        )
    )
    return Rules(
        language_level=draw(st.integers(0, 6)),
        overlap_minutes=draw(st.sampled_from([0, 30, 60, 300])),
        seniority=draw(st.booleans()),
        seniority_gap=draw(st.integers(-2, 2)),
        seniority_most=draw(st.none() | st.integers(2, 4)),
        previous=draw(st.booleans()),
        same_programme=draw(st.booleans()),
        institution=draw(st.sampled_from(["any", "same", "other"])),
        must_have=draw(st.sampled_from(["all", "any", "off"])),
        gender=draw(st.booleans()),
        cleared=draw(st.booleans()),
        unit=draw(st.booleans()),
        answers_needed=draw(st.booleans()),
        soft=soft,
    )


@st.composite
def any_weights(draw) -> Weights:
    parts = draw(st.lists(st.integers(0, 20), min_size=len(NO_GOALS), max_size=len(NO_GOALS)).filter(any))
    return Weights.from_parts(**dict(zip(NO_GOALS, parts, strict=True)))


ANY_FUSION = st.builds(
    Fusion,
    kind=st.sampled_from(["mean", "harmonic", "min", "product"]),
    mentee_share=st.integers(0, 100),
    mentors=st.none() | any_weights(),
)


@settings(max_examples=40)
@given(st.integers(0, 10_000), any_rules(), any_weights(), ANY_FUSION)
def test_every_pair_scores_and_breaks_rules_as_the_reference_says(seed, rules, weights, fusion):
    cohort = everything(6, 5, seed)
    table = Table(cohort, rules, weights, fusion)
    rows, columns = (index.ravel() for index in np.indices((6, 5)))
    pairs = [Pair(cohort, row, column) for row, column in zip(rows, columns, strict=True)]
    broken = [pair.broken(rules) for pair in pairs]
    scores = [pair.score(rules, weights, fusion) for pair in pairs]

    told = table.eligibility.broken(rows, columns)
    assert [{code for code in told if told[code][p]} for p in range(30)] == broken
    assert table.scores(rows, columns).tolist() == scores
    assert table.parts(rows, columns).sum(axis=1).tolist() == scores
    strip = np.concatenate([part.copy() for _, part in table.strips(np.arange(6))]).ravel()
    absent = [bool(codes - rules.soft.keys()) for codes in broken]
    assert (strip <= THRESHOLD).tolist() == absent
    assert [int(s) for s, gone in zip(strip, absent, strict=True) if not gone] == [
        s for s, gone in zip(scores, absent, strict=True) if not gone
    ]


@settings(max_examples=40)
@given(st.integers(0, 10_000), any_rules(), any_weights())
def test_the_proof_of_a_run_holds_with_nothing_of_the_engine_but_its_pairs_and_prices(seed, rules, weights):
    """Weak duality over the reference's scores; one person outweighs all points."""
    cohort, person = everything(7, 5, seed), 10**9
    result = match(cohort, rules=rules, weights=weights)
    pairs = {(row, column): Pair(cohort, row, column) for row in range(7) for column in range(5)}
    worth = {
        place: person + pair.score(rules, weights, Fusion())
        for place, pair in pairs.items()
        if not pair.broken(rules) - rules.soft.keys()
    }
    keys = cohort.mentors.keys.tolist()
    price = {keys.index(one.mentor): one.one_more_people * person + one.one_more_points for one in result.load}
    kept = [max([0, *(worth[i, j] - price[j] for j in range(5) if (i, j) in worth)]) for i in range(7)]

    chosen = [(e, keys.index(r)) for e, r in zip(result.mentees.tolist(), result.mentors.tolist(), strict=True)]
    assert len(dict(chosen)) == len(chosen)
    assert all(sum(j == c for _, c in chosen) <= cohort.mentors.places[j] for j in range(5))
    assert min(price.values()) >= 0
    assert sum(worth[place] for place in chosen) == sum(kept) + sum(
        price[keys.index(one.mentor)] * one.places for one in result.load
    )


@pytest.mark.parametrize("text", [False, True])
def test_a_pair_scores_alike_whether_or_not_its_programme_is_matched_with_others(text):
    cohort = seeded(20, 10, 4, text=text)
    sides = [replace(side, programme=np.arange(len(side)) % 2) for side in (cohort.mentees, cohort.mentors)]
    far = [(mentee, MENTOR_KEYS + (mentee + 1) % 10, 1) for mentee in range(0, 20, 3)]
    cohort = replace(cohort, mentees=sides[0], mentors=sides[1], mentee_wishes=far, mentor_wishes=far)
    without = replace(cohort, mentee_wishes=cohort.mentee_wishes[:0], mentor_wishes=cohort.mentor_wishes[:0])

    result = match(cohort)

    assert result.scores.tolist() == Table(cohort).scores(result.mentees, result.mentors - MENTOR_KEYS).tolist()
    assert proven_gap(cohort, result) == 0
    assert result.scores.tolist() == match(without).scores.tolist()  # nobody stands lower for what cannot be


@settings(max_examples=40)
@given(st.integers(0, 10_000), any_rules())
def test_what_a_rule_removes_is_counted_as_the_reference_counts(seed, rules):
    cohort = everything(7, 5, seed)
    broken = [[Pair(cohort, row, column).broken(rules) for column in range(5)] for row in range(7)]
    hard = [[codes - rules.soft.keys() for codes in row] for row in broken]

    costs = rule_costs(cohort, rules)

    assert [cost.code for cost in costs] == [code for code in RULES if code in {cost.code for cost in costs}]
    assert {code for row in broken for codes in row for code in codes} <= {cost.code for cost in costs}
    for cost in costs:
        alone = [sum(codes == {cost.code} for codes in row) for row in hard]
        left = sum(all(row) and bool(only) for row, only in zip(hard, alone, strict=True))
        expected = (sum(cost.code in codes for row in broken for codes in row), sum(alone), left)
        if cost.code in rules.soft:
            expected = (expected[0], 0, 0)
        assert (cost.pairs, cost.pairs_alone, cost.mentees_left) == expected


@settings(max_examples=30)
@given(st.integers(0, 10_000), any_weights(), ANY_FUSION)
def test_strips_do_not_depend_on_how_many_pairs_are_worked_on_together(seed, weights, fusion):
    cohort = everything(9, 7, seed)
    table = Table(cohort, Rules(soft={"overlap": 900}), weights, fusion)
    whole = np.concatenate([part.copy() for _, part in table.strips(np.arange(9))])

    some = np.array([1, 4, 8])
    parts = np.concatenate([part.copy() for _, part in table.strips(some)])
    assert np.array_equal(parts, whole[some])
    columns = np.array([0, 3, 6])
    narrow = np.concatenate([part.copy() for _, part in table.narrowed(columns).strips(np.arange(9))])
    assert np.array_equal(narrow, whole[:, columns])


def test_the_parts_name_what_a_soft_rule_takes_away():
    cohort = everything(6, 5, 1)
    rules = Rules(soft={"language": 2_000})
    table = Table(cohort, rules)
    rows, columns = (index.ravel() for index in np.indices((6, 5)))
    lost = table.parts(rows, columns)[:, PARTS.index("rules")]
    broken = table.eligibility.fails("language", rows, columns)
    assert broken.any()
    assert set(lost[broken]) == {-2_000}
    assert set(lost[~broken]) == {0}
