"""From an aim to an assignment: which solver, with what numbers. One `Outcome` per table, in rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .branch import Choice, Chosen, circles, parity
from .flow import Optimum
from .layers import THRESHOLD
from .optimum import Progress, optimum
from .people import UNKNOWN, Bools, Cohort, Ints, rows_of
from .result import Certificate
from .settings import Aim, Objective, Parity
from .stable import TwoSided, stable
from .table import Table
from .two_each import two_each
from .worst import highest_floor
from .worth import TOP_SCORE, Band, Extra, Worth

BRANCHED = 40_000
"""Up to this many pairs branch and bound may choose from all of them; above, from the candidates of the flow."""


@dataclass(frozen=True, eq=False)
class Task:
    """What is left to decide after the locks: who is free, how many places are left."""

    table: Table
    aim: Aim
    worth: Worth
    locked: tuple[Ints, Ints]
    """Rows of pairs that stand."""
    rows: Ints
    """Mentees who are free."""
    places: Ints
    """Places of each mentor that locks have not taken; 0 where the mentor is not open."""

    @classmethod
    def of(cls, table: Table, aim: Aim, locked: tuple[Ints, Ints], band: Band | None = None) -> Task:
        cohort = table.cohort
        taken = np.bincount(locked[1], minlength=len(cohort.mentors))
        places = np.where(cohort.mentors.open, cohort.mentors.places - taken, 0).clip(min=0)
        least = (cohort.mentors.least - taken).clip(0, places)
        free = np.ones(len(cohort.mentees), np.bool_)
        free[locked[0]] = False
        rows = np.flatnonzero(free)
        worth = Worth.of(aim, len(cohort.mentees) * aim.mentors_each, places, least, extra_points(cohort, aim), band)
        return cls(table, aim, worth, locked, rows, places)


@dataclass(frozen=True, eq=False)
class Outcome:
    """The pairs found (rows, locks left out), and the numbers that prove them."""

    tail: Ints
    head: Ints
    certificate: Certificate
    prices: Ints
    """The lowest of each mentor's places; 0 where the aim knows no prices."""
    highest: Callable[[], Ints] | None = None
    """The highest prices; None where the aim knows none."""
    scores: Ints | None = None
    """Of the pairs, where the aim had to look at them."""


def extra_points(cohort: Cohort, aim: Aim) -> Extra:
    """Named pairs worth more than their score: kept ones, former ones, wished ones."""
    parts: list[tuple[Ints, int, Ints]] = []
    nothing = np.zeros(0, np.int64)
    if aim.keep:
        parts.append((cohort.current, aim.keep, np.zeros(len(cohort.current), np.int64)))
    if aim.previous_bonus and "previous" in cohort.forbidden:
        former = cohort.forbidden["previous"]
        parts.append((former, aim.previous_bonus, np.zeros(len(former), np.int64)))
    if aim.wishes_first:
        for wishes in (cohort.mentee_wishes, cohort.mentor_wishes):
            parts.append((wishes[:, :2], 0, 6 - wishes[:, 2].clip(1, 5)))
    if not parts:
        return Extra(nothing, nothing, nothing, nothing)
    pairs = np.concatenate([part[0] for part in parts])
    points = np.concatenate([np.full(len(part[0]), part[1]) for part in parts])
    wishes = np.concatenate([part[2] for part in parts])
    tail, head = rows_of(cohort.mentees.keys, pairs[:, 0]), rows_of(cohort.mentors.keys, pairs[:, 1])
    known = (tail != UNKNOWN) & (head != UNKNOWN)
    width = max(len(cohort.mentors), 1)
    keys, place = np.unique((tail * width + head)[known], return_inverse=True)
    points, wishes = (np.bincount(place, of[known], len(keys)).astype(np.int64) for of in (points, wishes))
    return Extra(keys // width, keys % width, points, wishes)


def decide(task: Task, progress: Progress | None) -> Outcome:
    """Solve one table for its aim."""
    aim = task.aim
    if aim.is_stable:
        return _stable(task)
    task.table.hold()
    if aim.mentors_each > 1:
        return _two(task)
    if aim.parity or aim.circle:
        return _branched(task, progress)
    if aim.objective is Objective.WORST:
        return _worst(task)
    return _of(optimum(task.table, task.worth, task.places, task.rows, progress))


def _of(found: Optimum, floor: int | None = None) -> Outcome:
    tail = np.flatnonzero(found.mate != UNKNOWN)
    proof = Certificate(found.worth, found.bound, found.rounds, found.rescored, found.candidates, floor=floor)
    return Outcome(tail, found.mate[tail], proof, found.prices, found.highest)


def _worst(task: Task) -> Outcome:
    found = highest_floor(task.table, task.worth, task.places, task.rows, TOP_SCORE)
    return _of(found.best, found.floor)


def _stable(task: Task) -> Outcome:
    source: TwoSided = task.table
    mate = stable(source, task.places, task.rows, best_for_mentors=task.aim.objective is Objective.STABLE_MENTORS)
    tail = np.flatnonzero(mate != UNKNOWN)
    scores = task.table.scores(tail, mate[tail])
    total = int(scores.sum())
    return Outcome(tail, mate[tail], Certificate(total, total), np.zeros(len(task.places), np.int64), scores=scores)


def _two(task: Task) -> Outcome:
    n = len(task.table.cohort.mentees)
    standing = np.bincount(task.locked[0], minlength=n)
    wanted = np.maximum(task.aim.mentors_each - standing, 0)
    taken = np.stack(task.locked, axis=1).reshape(-1, 2)
    found = two_each(task.table, task.worth, wanted, task.table.cohort.mentors.field, taken)
    proof = Certificate(found.worth, found.bound, found.rounds)
    return Outcome(found.tail, found.head, proof, found.prices)


def _branched(task: Task, progress: Progress | None) -> Outcome:
    aim, worth, n = task.aim, task.worth, len(task.table.cohort.mentees)
    every = len(task.rows) * len(task.places) <= BRANCHED
    free = optimum(task.table, worth, task.places, task.rows, progress)
    tail, head = _all_pairs(task) if every else free.arcs()
    scores = task.table.scores(tail, head)
    points = (worth.of_pairs(tail, head, scores) - worth.person) // worth.scale
    choice = Choice(n, tail, head, points, task.places, aim.objective, aim.seconds)
    standing = np.bincount(task.locked[1], minlength=len(task.places))
    smallest, largest = aim.circle or (1, 1)
    found = _parity(task, aim.parity, choice, scores) if aim.parity else circles(choice, smallest, largest, standing)
    reached = worth.back(found.people, found.points)
    limit = worth.back(found.people_bound, found.points_bound) if every else free.bound
    proof = Certificate(reached, limit, candidates=len(tail), exact=reached == limit)
    rows = np.flatnonzero(found.mate != UNKNOWN)
    return Outcome(rows, found.mate[rows], proof, np.zeros(len(task.places), np.int64))


def _all_pairs(task: Task) -> tuple[Ints, Ints]:
    tail, head = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for some, strip in task.table.strips(task.rows):
        row, column = np.nonzero((strip > THRESHOLD) & (task.places > 0))
        tail.append(some[row])
        head.append(column)
    return np.concatenate(tail), np.concatenate(head)


def _parity(task: Task, asked: Parity, choice: Choice, scores: Ints) -> Chosen:
    cohort = task.table.cohort
    labels = np.array(asked.labels, np.int64).reshape(-1, 2)
    where = rows_of(cohort.mentees.keys, labels[:, 0])
    groups = np.full(len(cohort.mentees), UNKNOWN)
    groups[where[where != UNKNOWN]] = labels[where != UNKNOWN, 1]
    by_rate = asked.measure == "rate"
    has: Bools = np.zeros(len(groups), np.bool_)
    has[task.locked[0]] = True
    held = np.zeros(len(groups), np.int64)
    held[task.locked[0]] = 1 if by_rate else task.table.scores(*task.locked)
    values = np.ones(len(scores), np.int64) if by_rate else scores
    return parity(choice, values, groups, asked.within / 100 if by_rate else asked.within * 100, (has, held))
