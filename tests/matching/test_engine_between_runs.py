"""Between runs: the least change after somebody leaves, keeping what can be kept, two runs beside each other."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mentoring.matching.engine import Aim, Standing, Table, compare, match, repair
from tests.matching.cohorts import MENTOR_KEYS, seeded, table

pytestmark = pytest.mark.once


def pairs_of(result):
    return dict(zip(result.mentees.tolist(), result.mentors.tolist(), strict=True))


@settings(max_examples=40)
@given(st.integers(2, 5), st.integers(2, 4), st.integers(0, 10_000))
def test_a_repair_moves_as_few_as_can_be_and_keeps_the_rules_and_places(mentees, mentors, seed):
    """One mentee loses their mentor: against every way to place everybody again."""
    cohort = seeded(mentees, mentors, seed)
    before = pairs_of(match(cohort))
    if not before:
        return
    gone = next(iter(before.values()))
    orphans = [e for e, j in before.items() if j == gone][:1]
    standing = Standing.of([(e, j) for e, j in before.items() if j != gone or e in orphans])
    told = repair(Table(cohort), standing, gone_mentors=[gone])

    scores = table(cohort)
    places = np.where(np.arange(mentors) == gone - MENTOR_KEYS, 0, cohort.mentors.places)
    staying = dict(standing.pairs)
    best = _cheapest(scores, places, staying, orphans[0])
    after = {
        **{e: j for e, j in staying.items() if e not in orphans},
        **{move.mentee: move.after for move in told.moves},
    }
    load = np.bincount([j - MENTOR_KEYS for j in after.values()], minlength=mentors)
    assert (load <= places).all()
    assert all(scores[e, j - MENTOR_KEYS] >= 0 for e, j in after.items())
    if best is None:
        assert told.left == tuple(orphans)
        assert told.moves == ()
    else:
        changed, gain = best
        assert told.left == ()
        assert len(told.moves) == changed
        assert (
            sum(move.score_after - (0 if move.mentee in orphans else move.score_before) for move in told.moves) == gain
        )


def _cheapest(scores, places, staying, orphan):
    """(fewest changes, then most points) over all assignments of those who had a mentor, by trying everything."""
    people = sorted(staying)
    best = None
    for choice in itertools.product(range(scores.shape[1]), repeat=len(people)):
        if any(scores[e, c] < 0 for e, c in zip(people, choice, strict=True)):
            continue
        if (np.bincount(choice, minlength=len(places)) > places).any():
            continue
        moved = [e for e, c in zip(people, choice, strict=True) if staying[e] != MENTOR_KEYS + c]
        points = sum(
            scores[e, c] - (0 if e == orphan else scores[e, staying[e] - MENTOR_KEYS])
            for e, c in zip(people, choice, strict=True)
            if e in moved
        )
        if best is None or (len(moved), -points) < (best[0], -best[1]):
            best = (len(moved), int(points))
    return best


def test_a_repair_after_a_mentor_of_several_leaves_places_them_one_by_one():
    cohort = replace(seeded(40, 20, 3, places=4), forbidden={})
    before = match(cohort)
    busiest = max(before.load, key=lambda row: row.filled).mentor
    told = repair(Table(cohort), Standing.from_result(before), gone_mentors=[busiest])
    orphans = {e for e, j in pairs_of(before).items() if j == busiest}
    assert {move.mentee for move in told.moves if move.before == busiest} | set(told.left) == orphans
    assert all(move.after != busiest for move in told.moves)


def test_the_place_of_a_mentee_who_leaves_is_free_and_nobody_else_moves():
    cohort = replace(seeded(10, 5, 3), forbidden={})
    standing = Standing.from_result(match(cohort))
    leaver = standing.pairs[0][0]
    assert repair(Table(cohort), standing, gone_mentees=[leaver]).moves == ()


def test_locked_pairs_are_not_moved_by_a_repair():
    cohort = replace(seeded(12, 4, 9, places=3), forbidden={})
    standing = Standing.from_result(match(cohort))
    gone = standing.pairs[0][1]
    free = repair(Table(cohort), standing, gone_mentors=[gone])
    movers = [move.mentee for move in free.moves if move.before != gone]
    locked = replace(cohort, locked=[pair for pair in standing.pairs if pair[1] != gone])
    told = repair(Table(locked), standing, gone_mentors=[gone])
    assert [move for move in told.moves if move.before != gone] == []
    assert movers or told.moves == free.moves


def test_a_dear_keep_bonus_changes_little_and_costs_little():
    """3 of 100 mentors leave: who is not concerned keeps the mentor, for next to nothing of the total."""
    rng = np.random.default_rng(2)
    cohort = replace(seeded(200, 100, 2, places=3), forbidden={})
    cohort = replace(cohort, mentors=replace(cohort.mentors, places=rng.integers(2, 4, 100)))
    before = match(cohort)
    gone = {int(j) for j in rng.choice(before.mentors, 3, replace=False)}
    staying = np.array([row for row, key in enumerate(cohort.mentors.keys.tolist()) if key not in gone])
    after = replace(
        cohort,
        mentors=cohort.mentors.taken(staying),
        current=np.stack([before.mentees, before.mentors], axis=1),
    )
    free, kept = match(after), match(after, objective=Aim(keep=1_000))
    told = compare(Table(after), Standing.from_result(before), Standing.from_result(kept))
    forced = sum(j in gone for j in before.mentors.tolist())
    assert len(told.moves) - forced <= 0.25 * forced
    assert kept.total >= 0.997 * free.total
    assert kept.matched == free.matched


def test_a_comparison_counts_who_gains_and_loses_and_puts_the_largest_gain_first():
    cohort = seeded(30, 15, 5)
    table_ = Table(cohort)
    one, other = match(cohort), match(cohort, objective=Aim(balance=800))
    told = compare(table_, Standing.from_result(one), Standing.from_result(other))
    a, b = pairs_of(one), pairs_of(other)
    assert {move.mentee for move in told.moves} == {e for e in a.keys() | b.keys() if a.get(e) != b.get(e)}
    assert told.kept == len([e for e in a if b.get(e) == a[e]])
    gains = [move.score_after - move.score_before for move in told.moves]
    assert gains == sorted(gains, reverse=True)
    assert (told.gained, told.lost) == (sum(g > 0 for g in gains), sum(g < 0 for g in gains))
    assert (told.total_before, told.total_after) == (one.total, other.total)
    assert set(told.only_before) == a.keys() - b.keys()


def test_a_run_compared_with_itself_differs_nowhere():
    cohort = seeded(12, 6, 5)
    standing = Standing.from_result(match(cohort))
    assert compare(Table(cohort), standing, standing).moves == ()
