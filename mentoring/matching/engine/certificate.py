"""The proof that no better total exists: prices that no pair in the whole table can beat.

For any prices p >= 0, sum(max(0, max_j worth_ij - p_j)) + sum(p_j * places_j) bounds every assignment from above
(weak duality of the transportation problem). A run is certified when its own total reaches that bound.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .criteria import Criteria
from .eligibility import Eligibility
from .flow import Worth
from .people import Bools, Cohort, Ints, rows_of
from .result import Result
from .settings import Objective, Rules, Weights
from .survey import blocks
from .views import Block, Pairs


@dataclass(frozen=True, eq=False)
class Bound:
    """The bound, and the arcs (tail, head, score) that beat the surplus of their mentee: none when it is tight."""

    worth: int
    tail: Ints
    head: Ints
    score: Ints


def bound(
    cohort: Cohort,
    criteria: Criteria,
    eligibility: Eligibility,
    worth: Worth,
    *,
    free: Bools,
    places: Ints,
    prices: Ints,
    surplus: Ints,
) -> Bound:
    """Price out every pair of the table, in blocks; `free` are the mentees without a lock."""
    total = int(prices @ places)
    found: list[tuple[Ints, Ints, Ints]] = []
    for start, stop in blocks(len(cohort.mentees), len(cohort.mentors)):
        view = Block(start, stop)
        allowed = eligibility.passes(view) & free[start:stop, None]
        allowed = np.broadcast_to(allowed, (stop - start, len(prices)))
        scores = np.broadcast_to(criteria.scores(view), allowed.shape)
        gain = np.where(allowed, worth(scores) - prices, 0)
        total += int(gain.max(axis=1, initial=0).clip(min=0).sum())
        row, column = np.nonzero(gain > surplus[start:stop, None])
        found.append((row + start, column, scores[row, column].astype(np.int64)))
    tail, head, score = (np.concatenate([f[k] for f in found]) if found else np.zeros(0, np.int64) for k in range(3))
    return Bound(total, tail, head, score)


def proven_gap(
    cohort: Cohort,
    result: Result,
    *,
    rules: Rules | None = None,
    weights: Weights | None = None,
    objective: Objective = Objective.MOST,
) -> int:
    """The gap of a finished run, from its pairs and prices alone: 0 proves that nothing better exists.

    Shares nothing with the solver: every free pair is checked against the rules and scored again, and the bound is
    computed afresh over the whole table. Raises ArithmeticError when the assignment is not even allowed.
    """
    criteria, eligibility = Criteria(cohort, weights or Weights()), Eligibility(cohort, rules or Rules())
    locked_mentees = rows_of(cohort.mentees.keys, cohort.locked[:, 0])
    locked_mentors = rows_of(cohort.mentors.keys, cohort.locked[:, 1])
    free = np.ones(len(cohort.mentees), np.bool_)
    free[locked_mentees] = False
    places = np.where(cohort.mentors.open, cohort.mentors.places, 0)
    places = (places - np.bincount(locked_mentors, minlength=len(places))).clip(min=0)
    worth = Worth.of(objective, int(free.sum()), int(places.sum()))

    rows, columns = rows_of(cohort.mentees.keys, result.mentees), rows_of(cohort.mentors.keys, result.mentors)
    chosen = free[rows]
    pairs = Pairs(rows[chosen], columns[chosen])
    if not eligibility.passes(pairs).all():
        raise ArithmeticError("A pair breaks a hard rule.")
    if (np.bincount(columns[chosen], minlength=len(places)) > places).any() or len(np.unique(rows)) < len(rows):
        raise ArithmeticError("A mentor has more mentees than places, or a mentee two mentors.")
    prices = np.zeros(len(places), np.int64)
    prices[rows_of(cohort.mentors.keys, np.array([row.mentor for row in result.load], np.int64))] = [
        worth.back(row.one_more_people, row.one_more_points) for row in result.load
    ]
    if (prices < 0).any():
        raise ArithmeticError("A price is below zero.")
    nothing_beats = np.full(len(cohort.mentees), np.iinfo(np.int64).max)
    limit = bound(cohort, criteria, eligibility, worth, free=free, places=places, prices=prices, surplus=nothing_beats)
    return limit.worth - int(worth(criteria.scores(pairs)).sum())
