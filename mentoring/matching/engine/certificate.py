"""Check a finished run without its solver: every pair again, every rule again, the bound from the prices alone.

For any prices p, sum(max(0, max_j worth_ij - p_j)) + sum over places of max(0, p_j + reward) bounds every assignment
from above (weak duality of the transportation problem). A run is certified when its own total reaches that bound.
"""

from __future__ import annotations

import numpy as np

from .layers import THRESHOLD
from .locks import standing_pairs
from .outcome import Task
from .people import Cohort, Ints, rows_of
from .result import Result
from .settings import Aim, Objective, Refused, Rules, Weights
from .table import Table
from .worth import FAR


def proven_gap(
    cohort: Cohort,
    result: Result,
    *,
    rules: Rules | None = None,
    weights: Weights | None = None,
    objective: Objective | Aim = Objective.MOST,
) -> int:
    """The gap of a finished run, from its pairs and prices alone: 0 proves that nothing better exists.

    Raises ArithmeticError when the assignment is not even allowed, and Refused for aims without prices.
    """
    aim = Aim.of(objective)
    if aim.is_stable or aim.circle or aim.parity or aim.mentors_each > 1 or aim.objective is Objective.WORST:
        raise Refused("aim_has_no_prices", objective=str(aim.objective))
    table = Table(cohort, rules, weights, aim.fusion)
    task = Task.of(table, aim, standing_pairs(table, 1), result.certificate.band)
    free = ~np.isin(result.mentees, cohort.mentees.keys[task.locked[0]])
    tail = rows_of(cohort.mentees.keys, result.mentees[free])
    head = rows_of(cohort.mentors.keys, result.mentors[free])
    if not table.exists(tail, head).all():
        raise ArithmeticError("A pair breaks a hard rule.")
    load = np.bincount(head, minlength=len(task.places))
    if (load > task.places).any() or len(np.unique(tail)) < len(tail):
        raise ArithmeticError("A mentor has more mentees than places, or a mentee two mentors.")
    prices = np.full(len(task.places), FAR)
    told = {row.mentor: task.worth.back(row.one_more_people, row.one_more_points) for row in result.load}
    for column in np.flatnonzero(task.places > 0):
        prices[column] = told[int(cohort.mentors.keys[column])]
    reached = int(task.worth.of_pairs(tail, head, table.scores(tail, head)).sum()) + task.worth.seats.paid(load)
    return bound(table, task, prices) - reached


def bound(table: Table, task: Task, prices: Ints) -> int:
    """What these prices prove: nothing can be worth more. One pass over every pair there is."""
    worth = task.worth
    rows, columns, points = worth.extra
    total = worth.seats.bound(np.where(prices == FAR, 0, prices))
    for some, strip in table.strips(task.rows):
        value = np.where(
            (strip > THRESHOLD) & (prices < FAR), worth.of_scores(np.maximum(strip, 0).astype(np.int64)), -FAR
        )
        place = np.searchsorted(some, rows).clip(max=len(some) - 1)
        here = some[place] == rows
        value[place[here], columns[here]] += points[here] * worth.scale
        value = np.where(value < -FAR // 2, -FAR, value - np.where(prices < FAR, prices, 0))
        total += int(value.max(axis=1, initial=0).clip(min=0).sum())
    return total
