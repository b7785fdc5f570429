"""Answers after a run: why not this mentor, who blocks, where a place would help, what a newcomer may fairly have."""

import json
import re
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mentoring.matching.engine import (
    Aim,
    Objective,
    Rules,
    Standing,
    Table,
    explain,
    fair_mentors,
    help_most,
    match,
    ranks_of,
    why_not,
)
from mentoring.matching.engine.worth import Scale
from tests.matching.cohorts import MENTOR_KEYS, everything, seeded, table

pytestmark = pytest.mark.once

ROOT = Path(__file__).parents[2]
AIMS = st.sampled_from([Objective.MOST, Objective.TOTAL])


@settings(max_examples=30)
@given(st.integers(0, 10_000), AIMS)
def test_why_not_tells_the_rule_or_that_there_is_nothing_to_gain_or_how_many_points_are_missing(seed, objective):
    cohort = seeded(5, 3, seed)
    result = match(cohort, objective=objective)
    whole, standing = Table(cohort), Standing.from_result(result, objective)
    scores = table(cohort)
    mate = dict(zip(result.mentees.tolist(), result.mentors.tolist(), strict=True))
    for mentee in range(5):
        for column in range(3):
            mentor = MENTOR_KEYS + column
            told = why_not(whole, standing, mentee, mentor)
            present = mate.get(mentee)
            assert told.present == present
            if present == mentor:
                assert told.kind == "together"
            elif scores[mentee, column] < 0:
                assert told.kind == "rules"
                assert told.rules == tuple(c for c in explain(whole, pairs=[(mentee, mentor)])[0].broken)
            elif told.kind == "lower":
                free = standing.free_places(mentor) > 0
                assert free or scores[mentee, column] <= told.present_score
            else:
                assert told.kind == "full"
                assert [other for other, _ in told.holders] == sorted(
                    (e for e, j in mate.items() if j == mentor), key=lambda e: (-scores[e, column], -e)
                )
                _more_points_win(cohort, objective, mentee, mentor, told.short, exactly=present is None)


def _more_points_win(cohort, objective, mentee, mentor, short, *, exactly):
    """With so many points more the pair is made (a bonus stands in for them); for one without a mentor with no fewer."""
    for keep, made in ((short + 1, True), (short - 1, False)):
        if 0 <= keep <= 10_000 and (made or exactly):
            result = match(replace(cohort, current=[(mentee, mentor)]), objective=Aim(objective=objective, keep=keep))
            pairs = zip(result.mentees.tolist(), result.mentors.tolist(), strict=True)
            assert ((mentee, mentor) in set(pairs)) is made


def test_why_not_in_a_stable_run_counts_the_points_to_the_least_wanted():
    cohort = replace(seeded(30, 6, 4), forbidden={})
    result = match(cohort, objective=Objective.STABLE)
    whole, standing = Table(cohort), Standing.from_result(result, Objective.STABLE)
    told = [why_not(whole, standing, mentee, MENTOR_KEYS + c) for mentee in range(30) for c in range(6)]
    full = [one for one in told if one.kind == "full"]
    assert full
    assert all(one.short >= 0 and one.price_points == 0 for one in full)


def test_why_not_answers_within_five_milliseconds_of_a_prepared_table():
    cohort = seeded(1_000, 500, 3, text=False)
    result = match(cohort)
    whole, standing = Table(cohort), Standing.from_result(result)
    why_not(whole, standing, 3, MENTOR_KEYS + 7)
    times = []
    for column in range(20):
        start = time.process_time()
        why_not(whole, standing, 3, MENTOR_KEYS + column)
        times.append(time.process_time() - start)
    assert np.median(times) < 0.005


@pytest.mark.parametrize("objective", [Objective.MOST, Objective.EVEN])
def test_a_standing_kept_as_a_report_answers_like_the_run_itself(objective):
    cohort = seeded(40, 20, 6)
    result = match(cohort, objective=objective)
    told = json.loads(json.dumps(result.report()))
    pairs = zip(result.mentees.tolist(), result.mentors.tolist(), strict=True)
    kept = Standing.of(pairs, told["load"], objective, told["certificate"]["band"])
    whole, standing = Table(cohort), Standing.from_result(result, objective)
    for mentee in (0, 7, 31):
        assert fair_mentors(whole, kept, mentee) == fair_mentors(whole, standing, mentee)
        assert why_not(whole, kept, mentee, MENTOR_KEYS) == why_not(whole, standing, mentee, MENTOR_KEYS)


@given(st.integers(0, 10_000), st.integers(0, 10_000), st.integers(0, 200_000))
def test_a_price_in_points_is_what_takes_its_worth_off_a_score(seed, score, price):
    scale = Scale.of_aim(Aim(objective=Objective.EVEN), (seed // 2, seed // 2 + 300))
    worth = scale.of_scores(np.arange(10_001))
    left = score - scale.lower(score, price)
    if worth[score] - price < worth[0]:
        assert left == -1
    else:
        assert worth[left] <= worth[score] - price
        assert left == 10_000 or worth[score] - price < worth[left + 1]


@settings(max_examples=30)
@given(st.integers(0, 10_000))
def test_ranks_of_one_pair_are_those_of_the_run(seed):
    cohort = everything(9, 6, seed)
    result = match(cohort)
    whole = Table(cohort)
    for p, pair in enumerate(zip(result.mentees.tolist(), result.mentors.tolist(), strict=True)):
        assert ranks_of(whole, *pair) == (result.rank_for_mentee[p], result.rank_for_mentor[p])


@settings(max_examples=30)
@given(st.integers(0, 10_000), AIMS | st.just(Objective.EVEN))
def test_the_fairest_mentor_of_a_newcomer_costs_the_others_least(seed, objective):
    cohort = replace(seeded(6, 4, seed), forbidden={})
    *rest, newcomer = range(6)
    before = replace(cohort, mentees=cohort.mentees.taken(np.array(rest)))
    standing = Standing.from_result(match(before, objective=objective), objective)
    told = fair_mentors(Table(cohort), standing, newcomer, top=4)

    scores = table(cohort)
    assert {one.mentor for one in told} == {
        MENTOR_KEYS + c for c in range(4) if scores[newcomer, c] >= 0 or _only_place(cohort, newcomer, c)
    }
    surplus = [standing.scale.of_scores(np.array([one.score]))[0] - standing.one_more(one.mentor) for one in told]
    assert surplus == sorted(surplus, reverse=True)
    for one in told:
        assert one.surplus == one.score - one.price
        assert one.free == standing.free_places(one.mentor)


def _only_place(cohort, mentee, column):
    broken = explain(cohort, Rules(), None, [(mentee, MENTOR_KEYS + column)])[0].broken
    return set(broken) <= {"place"}


def test_where_one_more_place_helps_most_comes_first():
    cohort = seeded(40, 10, 6)
    told = help_most(Standing.from_result(match(cohort)), top=3)
    gains = [(row.one_more_people, row.one_more_points) for row in told]
    assert gains == sorted(gains, reverse=True)
    places = cohort.mentors.places.copy()
    places[told[0].mentor - MENTOR_KEYS] += 1
    after = match(replace(cohort, mentors=replace(cohort.mentors, places=places)))
    assert after.matched == match(cohort).matched + told[0].one_more_people


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.sampled_from(list(Objective)))
def test_blocking_pairs_are_counted_with_their_gains(seed, objective):
    cohort = seeded(7, 5, seed)
    result = match(cohort, objective=objective)
    scores, whole = table(cohort), Table(cohort)
    rows, columns = (index.ravel() for index in np.indices(scores.shape))
    mine, theirs = (view.reshape(scores.shape) for view in whole.views_of_pairs(rows, columns))
    mate = dict(zip(result.mentees.tolist(), result.mentors.tolist(), strict=True))
    found = {}
    for e in range(7):
        for c in range(5):
            held = [theirs[k, c] for k, j in mate.items() if j == MENTOR_KEYS + c]
            own = mine[e, mate[e] - MENTOR_KEYS] if e in mate else -1
            least = min(held) if len(held) == cohort.mentors.places[c] and held else -1
            if scores[e, c] >= 0 and cohort.mentors.places[c] and mine[e, c] > own and theirs[e, c] > least:
                found[e, MENTOR_KEYS + c] = (mine[e, c] - max(own, 0), theirs[e, c] - max(least, 0))
    assert result.blocking.count == len(found)
    assert {(a, b): (x, y) for a, b, x, y in result.blocking.pairs} == found
    joint = [x + y for _, _, x, y in result.blocking.pairs]
    assert joint == sorted(joint, reverse=True)


def test_a_run_is_told_without_computing_what_nobody_asks_for():
    result = match(seeded(30, 20, 1))
    assert not {"parts", "_ranks", "rules", "load", "unmatched", "blocking"} & vars(result).keys()
    assert result.report()["blocking"]["count"] == result.blocking.count


def test_the_ten_lines_of_the_docs_print_what_the_docs_say():
    page = (ROOT / "docs/matching-alone.md").read_text()
    lines, told = re.findall(r"^```(?:python)?\n(.*?)^```", page, re.DOTALL | re.MULTILINE)[:2]
    assert len(lines.splitlines()) == 10
    done = subprocess.run([sys.executable, "-c", lines], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == told
