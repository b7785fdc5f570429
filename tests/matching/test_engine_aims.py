"""Every aim against trying everything: on small cohorts nothing the engine finds can be bettered."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bench.matching_cohorts import cohort as bench_cohort
from mentoring.matching.engine import Aim, Objective, Parity, Refused, Table, match, proven_gap
from mentoring.matching.engine.worth import concave
from tests.matching.cohorts import MENTOR_KEYS, WAYS, seeded, solved_by, table

pytestmark = pytest.mark.once

SIZES = st.tuples(st.integers(1, 4), st.integers(1, 3))
SEEDS = st.integers(0, 10_000)


def choices(scores, places, each=1, fields=None):
    """Every assignment that may be: one set of columns per row."""
    columns = range(scores.shape[1])
    sets = [()] + [(c,) for c in columns]
    if each == 2:
        sets += [(a, b) for a, b in itertools.combinations(columns, 2) if fields[a] != fields[b]]
    for choice in itertools.product(sets, repeat=len(scores)):
        if any(scores[row, c] < 0 for row, chosen in enumerate(choice) for c in chosen):
            continue
        load = np.bincount([c for chosen in choice for c in chosen], minlength=scores.shape[1])
        if (load <= places).all():
            yield choice, load


def best(scores, places, judged, **more):
    return max(judged(choice, load) for choice, load in choices(scores, places, **more))


def result_as_choice(cohort, result):
    chosen = [()] * len(cohort.mentees)
    for mentee, mentor in zip(result.mentees, result.mentors, strict=True):
        chosen[int(mentee)] = (*chosen[int(mentee)], int(mentor) - MENTOR_KEYS)
    load = np.bincount([c for one in chosen for c in one], minlength=len(cohort.mentors))
    return tuple(chosen), load


def people(choice):
    return sum(bool(chosen) for chosen in choice)


def points(scores, choice):
    return int(sum(scores[row, c] for row, chosen in enumerate(choice) for c in chosen))


def drawn(size, seed, places=2):
    cohort = seeded(*size, seed=seed, places=places)
    return cohort, table(cohort)


@settings(max_examples=30)
@given(SIZES, SEEDS, st.integers(1, 10), WAYS)
def test_even_reaches_the_highest_sum_of_its_curve(size, seed, evenness, way):
    cohort, scores = drawn(size, seed)
    aim = Aim(objective=Objective.EVEN, evenness=evenness)

    with solved_by(way):
        result = match(cohort, objective=aim)
    curve = concave(evenness, *result.certificate.band) if result.certificate.band else np.arange(10_001)

    def judged(choice, load):
        return people(choice), sum(int(curve[scores[row, c]]) for row, chosen in enumerate(choice) for c in chosen)

    assert judged(*result_as_choice(cohort, result)) == best(scores, cohort.mentors.places, judged)
    assert result.gap == proven_gap(cohort, result, objective=aim) == 0


@given(st.integers(2, 10), st.integers(0, 10_000), st.integers(1, 10_000))
@example(4, 10_000, 1)
def test_the_curve_of_even_always_rises_and_never_faster_than_before(evenness, low, width):
    steps = np.diff(concave(evenness, low, low + width))
    assert steps.min() >= 1
    assert (np.diff(steps) <= 0).all()
    assert (steps[: low + 1] == 2 * evenness**2).all()
    assert (steps[low + width :] == 1).all()


def test_even_bends_where_the_best_scores_of_the_pool_lie_whatever_the_seed_or_the_programmes():
    cohort = seeded(80, 30, 3)
    halves = [replace(side, programme=side.keys % 2) for side in (cohort.mentees, cohort.mentors)]
    near = {"mentee_wishes": cohort.mentee_wishes[:0], "mentor_wishes": cohort.mentor_wishes[:0]}
    divided = replace(cohort, mentees=halves[0], mentors=halves[1], **near)
    aim = Aim(objective=Objective.EVEN)

    bands = {match(cohort, objective=aim, seed=seed).certificate.band for seed in range(3)}

    assert bands == {_band_alone(cohort)}
    assert match(divided, objective=aim).certificate.band == _band_alone(divided)


def _band_alone(cohort):
    best = np.sort(table(cohort).max(axis=1))
    best = best[best >= 0]
    return best[len(best) // 100], best[len(best) * 15 // 100]


def test_even_pays_two_per_cent_of_the_total_at_most_for_a_clearly_higher_fifth_percentile():
    cohort = bench_cohort(400, 200)
    plain, even = match(cohort), match(cohort, objective=Objective.EVEN)
    assert np.percentile(even.scores, 5) > 1.04 * np.percentile(plain.scores, 5)
    assert 0.98 * plain.total < even.total <= plain.total
    assert even.matched == plain.matched


@settings(max_examples=40)
@given(SIZES, SEEDS, WAYS)
def test_worst_first_serves_the_most_with_the_highest_lowest_score_and_then_the_highest_sum(size, seed, way):
    cohort, scores = drawn(size, seed)

    with solved_by(way):
        result = match(cohort, objective=Objective.WORST)

    def judged(choice, load):
        return (
            people(choice),
            min([scores[r, c] for r, chosen in enumerate(choice) for c in chosen], default=0),
            points(scores, choice),
        )

    assert judged(*result_as_choice(cohort, result)) == best(scores, cohort.mentors.places, judged)
    assert result.gap == 0
    assert result.certificate.floor == (result.scores.min() if result.matched else 0)


@settings(max_examples=30)
@given(SIZES, SEEDS, st.integers(0, 3_000), st.sampled_from([Objective.MOST, Objective.TOTAL, Objective.EVEN]), WAYS)
def test_keeping_pairs_is_worth_just_what_the_slider_says(size, seed, keep, objective, way):
    cohort, scores = drawn(size, seed)
    current = [(e, MENTOR_KEYS + (e + seed) % size[1]) for e in range(size[0])]
    cohort = replace(cohort, current=current)
    band = match(cohort, objective=objective).certificate.band
    curve = concave(4, *band) if band else np.arange(10_001)

    def judged(choice, load):
        worth = sum(
            int(curve[scores[e, c]]) + keep * ((e, MENTOR_KEYS + c) in current)
            for e, chosen in enumerate(choice)
            for c in chosen
        )
        return (worth, people(choice)) if objective is Objective.TOTAL else (people(choice), worth)

    aim = Aim(objective=objective, keep=keep)
    with solved_by(way):
        result = match(cohort, objective=aim)

    assert judged(*result_as_choice(cohort, result)) == best(scores, cohort.mentors.places, judged)
    assert result.gap == proven_gap(cohort, result, objective=aim) == 0


@settings(max_examples=30)
@given(SIZES, SEEDS, st.sampled_from([Objective.MOST, Objective.TOTAL]), WAYS)
def test_wishes_first_grants_the_most_wishes_before_points(size, seed, objective, way):
    cohort, scores = drawn(size, seed)
    level = np.zeros(scores.shape, int)
    for rows in (cohort.mentee_wishes, cohort.mentor_wishes):
        for mentee, mentor, place in rows.tolist():
            level[mentee, mentor - MENTOR_KEYS] += 6 - place

    def judged(choice, load):
        wishes = sum(int(level[e, c]) for e, chosen in enumerate(choice) for c in chosen)
        both = wishes, points(scores, choice)
        return (*both, people(choice)) if objective is Objective.TOTAL else (people(choice), *both)

    aim = Aim(objective=objective, wishes_first=True)
    with solved_by(way):
        result = match(cohort, objective=aim)

    assert judged(*result_as_choice(cohort, result)) == best(scores, cohort.mentors.places, judged)
    assert result.gap == 0


@settings(max_examples=30)
@given(SIZES, SEEDS, st.sampled_from([Objective.MOST, Objective.TOTAL]), st.integers(0, 2_000), WAYS)
def test_lower_quotas_are_filled_first_and_load_is_spread_as_far_as_it_pays(size, seed, objective, balance, way):
    cohort, scores = drawn(size, seed, places=3)
    least = np.minimum(np.arange(size[1]) % 3, cohort.mentors.places)
    cohort = replace(cohort, mentors=replace(cohort.mentors, least=least))

    def judged(choice, load):
        quota = int(np.minimum(load, least).sum())
        worth = points(scores, choice) - balance * int((load * (load - 1) // 2).sum())
        return (quota, worth, people(choice)) if objective is Objective.TOTAL else (quota, people(choice), worth)

    aim = Aim(objective=objective, quotas=True, balance=balance)
    with solved_by(way):
        result = match(cohort, objective=aim)

    assert judged(*result_as_choice(cohort, result)) == best(scores, cohort.mentors.places, judged)
    assert result.gap == 0


@settings(max_examples=30)
@given(st.tuples(st.integers(1, 3), st.integers(1, 4)), SEEDS, st.sampled_from([Objective.MOST, Objective.TOTAL]))
def test_two_mentors_come_from_different_fields_and_second_ones_after_all_first_ones(size, seed, objective):
    cohort, scores = drawn(size, seed)
    fields = cohort.mentors.field

    def judged(choice, load):
        second = sum(len(chosen) == 2 for chosen in choice)
        if objective is Objective.TOTAL:
            return points(scores, choice), people(choice) + second
        return people(choice), second, points(scores, choice)

    result = match(cohort, objective=Aim(objective=objective, mentors_each=2))

    assert judged(*result_as_choice(cohort, result)) == best(
        scores, cohort.mentors.places, judged, each=2, fields=fields
    )
    assert result.gap == 0


@settings(max_examples=40)
@given(SIZES, SEEDS, st.sampled_from([(1, 2), (2, 2), (2, 3), (3, 3)]))
def test_a_circle_meets_with_enough_mentees_or_not_at_all(size, seed, circle):
    cohort, scores = drawn(size, seed, places=4)
    smallest, largest = circle

    def judged(choice, load):
        meets = all(n == 0 or smallest <= n <= largest for n in load)
        return meets, people(choice), points(scores, choice)

    result = match(cohort, objective=Aim(circle=circle))

    assert judged(*result_as_choice(cohort, result)) == best(scores, cohort.mentors.places, judged)
    assert judged(*result_as_choice(cohort, result))[0]
    assert result.gap == 0


@settings(max_examples=40)
@given(st.tuples(st.integers(2, 4), st.integers(1, 3)), SEEDS, st.sampled_from(["rate", "score"]), st.integers(0, 40))
def test_parity_holds_and_nothing_better_would_hold_it(size, seed, measure, within):
    cohort, scores = drawn(size, seed)
    groups = np.arange(size[0]) % 2

    def apart(choice):
        reached = [
            sum(scores[e, c] for c in chosen) if measure == "score" else 100 * len(chosen)
            for e, chosen in enumerate(choice)
        ]
        unit = 100 if measure == "score" else 1
        return max(abs(np.mean(np.array(reached)[groups == g]) - np.mean(reached)) for g in (0, 1)) / unit

    def judged(choice, load):
        return bool(apart(choice) <= within + 1e-6), people(choice), points(scores, choice)

    parity = Parity(labels=tuple((e, int(g)) for e, g in enumerate(groups)), within=within, measure=measure)
    result = match(cohort, objective=Aim(parity=parity))

    assert judged(*result_as_choice(cohort, result)) == best(scores, cohort.mentors.places, judged)
    assert result.gap == 0


@settings(max_examples=30)
@given(SIZES, SEEDS, st.integers(0, 3))
def test_stable_runs_are_stable_and_each_is_the_best_for_its_side(size, seed, draw):
    cohort, scores = drawn(size, seed)
    whole = Table(cohort)
    rows, columns = (index.ravel() for index in np.indices(scores.shape))
    mine, theirs = (view.reshape(scores.shape) for view in whole.views_of_pairs(rows, columns))
    places = cohort.mentors.places

    def blocked(choice, load):
        for e, c in itertools.product(range(size[0]), range(size[1])):
            if scores[e, c] < 0 or c in choice[e] or not places[c]:
                continue
            gains = not choice[e] or mine[e, c] > mine[e, choice[e][0]]
            held = [theirs[k, c] for k, chosen in enumerate(choice) if c in chosen]
            if gains and (load[c] < places[c] or theirs[e, c] > min(held)):
                return True
        return False

    def joy(choice, view):
        return [view[e, chosen[0]] if chosen else -1 for e, chosen in enumerate(choice)]

    stable = [(choice, load) for choice, load in choices(scores, places) if not blocked(choice, load)]
    for objective in (Objective.STABLE, Objective.STABLE_MENTORS):
        result = match(cohort, objective=objective, seed=draw)
        found = result_as_choice(cohort, result)
        assert not blocked(*found)
        assert result.blocking.count == 0
        if len(np.unique(mine[scores >= 0])) == (scores >= 0).sum() == len(np.unique(theirs[scores >= 0])):
            sign = 1 if objective is Objective.STABLE else -1
            for choice, _ in stable:
                assert all(sign * a >= sign * b for a, b in zip(joy(found[0], mine), joy(choice, mine), strict=True))


def test_a_mentor_whose_second_place_stays_free_asks_both_who_would_come():
    """The mentor who is free for two must not stop at the better one: the other would have come too."""
    cohort = seeded(2, 2, 7_036)
    result = match(cohort, objective=Objective.STABLE_MENTORS)
    assert cohort.mentors.places.tolist() == [2, 1]
    assert result.mentors.tolist() == [MENTOR_KEYS, MENTOR_KEYS + 1]
    assert result.blocking.count == 0


def test_stable_sides_differ_where_wishes_cross():
    """Two mentees and two mentors, each side wishing for the other's second choice."""
    cohort = seeded(2, 2, 5)
    mentees = replace(
        cohort.mentees, **{name: getattr(seeded(2, 0, 1).mentees, name) * 0 for name in ("skills", "week")}
    )
    mentors = replace(
        cohort.mentors,
        skills=cohort.mentors.skills * 0,
        week=cohort.mentors.week * 0,
        places=np.array([1, 1]),
        languages=np.zeros(2, np.uint64),
    )
    a, b = MENTOR_KEYS, MENTOR_KEYS + 1
    crossed = replace(
        cohort,
        mentees=replace(mentees, field=np.full(2, -1), seniority=np.full(2, -1)),
        mentors=replace(mentors, field=np.full(2, -1), seniority=np.full(2, -1)),
        forbidden={},
        mentee_wishes=[(0, a, 1), (0, b, 2), (1, b, 1), (1, a, 2)],
        mentor_wishes=[(0, b, 1), (1, b, 2), (1, a, 1), (0, a, 2)],
    )
    assert match(crossed, objective=Objective.STABLE).mentors.tolist() == [a, b]
    assert match(crossed, objective=Objective.STABLE_MENTORS).mentors.tolist() == [b, a]


@pytest.mark.parametrize(
    "conflicting",
    [
        {"objective": Objective.STABLE, "keep": 5},
        {"objective": Objective.STABLE, "circle": (2, 3)},
        {"objective": Objective.WORST, "quotas": True},
        {"circle": (2, 3), "mentors_each": 2},
        {"circle": (2, 3), "balance": 10},
    ],
)
def test_aims_that_exclude_each_other_are_refused_by_name(conflicting):
    with pytest.raises(Refused) as refusal:
        Aim(**conflicting)
    assert refusal.value.code == "aims_exclude_each_other"
    assert set(refusal.value.about.values()) <= {
        "stable",
        "worst",
        "circle",
        "mentors_each",
        "keep",
        "quotas",
        "balance",
    }


@pytest.mark.parametrize(
    "wrong", [{"evenness": 11}, {"evenness": 0}, {"keep": -1}, {"mentors_each": 3}, {"circle": (3, 2)}]
)
def test_values_out_of_range_are_refused_with_the_range(wrong):
    with pytest.raises(Refused) as refusal:
        Aim(**wrong)
    assert refusal.value.code == "value_out_of_range"
    assert {"what", "least", "most"} == refusal.value.about.keys()


def test_a_circle_that_locks_make_impossible_is_refused():
    cohort = seeded(3, 2, 4, places=3)
    cohort = replace(
        cohort, forbidden={}, locked=[(0, MENTOR_KEYS)], mentors=replace(cohort.mentors, places=np.array([1, 1]))
    )
    with pytest.raises(Refused, match="circles_cannot_be_formed"):
        match(cohort, objective=Aim(circle=(3, 3)))


def test_parity_needs_groups():
    with pytest.raises(Refused, match="parity_without_groups"):
        match(seeded(3, 2, 4), objective=Aim(parity=Parity(labels=())))


def test_lower_quotas_bring_a_mentee_to_a_mentor_nobody_would_choose():
    cohort = seeded(12, 6, 8)
    cohort = replace(cohort, forbidden={}, mentors=replace(cohort.mentors, places=np.full(6, 6), least=np.full(6, 1)))
    plain, spread = match(cohort), match(cohort, objective=Aim(quotas=True))
    assert min(row.filled for row in plain.load) == 0
    assert min(row.filled for row in spread.load) >= 1
    assert spread.total < plain.total
