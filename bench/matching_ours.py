"""What is measured of the engine, each called by `matching_measure.py` in a process of its own."""

import math
import statistics
from dataclasses import replace
from typing import Any

import numpy as np

from bench.matching_cohorts import cohort, hard
from bench.matching_measure import measured
from mentoring.matching.engine import (
    Aim,
    Cohort,
    Objective,
    Result,
    Standing,
    Table,
    Weights,
    compare,
    match,
    match_scores,
    run_report,
    why_not,
)
from mentoring.matching.engine.layers import THRESHOLD

KEEP = 1_000
"""Points that keeping a mentor is worth when people have left."""
LEAVING = 0.03
OTHER = Weights(skills=25, needs=10, goals=10, field=25, experience=10, time=10, wishes=10)
"""The other weights of a what-if."""
IN_TURN = 5
"""How often two aims are measured in turn, for the medians."""
ASKED = 300
"""Questions of which the mean is told."""


def optimum(objective: str = "most", **size: Any) -> dict[str, Any]:
    """Score a cohort and match it, with the proof."""
    people, aim = cohort(**size), Objective(objective)
    match(cohort(**size | {"mentees": 20, "mentors": 10}), objective=aim)

    def call() -> Result:
        result = match(people, objective=aim)
        if result.gap:
            raise ArithmeticError(f"A gap of {result.gap} is left.")
        return result

    result, cost = measured(call)
    low = float(np.percentile(result.scores, 5))
    return {**cost, "people": result.matched, "total": result.total, "low": low, **_proof(result)}


def _proof(result: Result) -> dict[str, int]:
    return {"worth": result.certificate.worth, "bound": result.certificate.bound}


def even(**size: Any) -> dict[str, Any]:
    """Help the worst-off, and the same cohort for the highest total."""
    people = cohort(**size)
    aims = Aim(objective=Objective.EVEN, evenness=4), Aim()
    for aim in aims:
        match(cohort(**size | {"mentees": 20, "mentors": 10}), objective=aim)
    runs = [[measured(lambda aim=aim: match(people, objective=aim)) for aim in aims] for _ in range(IN_TURN)]
    found = [
        {
            **{name: statistics.median(cost[name] for _, cost in each) for name in ("cpu_s", "peak_mb")},
            "total": each[0][0].total,
            "low": float(np.percentile(each[0][0].scores, 5)),
        }
        for each in zip(*runs, strict=True)
    ]
    return {**found[0], "plain": found[1], "possible": possible(people)}


def possible(people: Cohort) -> int:
    """The fifth percentile is never higher: the highest line that all but a twentieth of the most people can reach.

    Found by assigning the most people above a line, whatever the total, line by line.
    """
    ready = Table(people)
    rows = np.arange(ready.size[0])
    scores = np.concatenate([np.where(strip > THRESHOLD, strip, -1) for _, strip in ready.strips(rows)]).astype(int)

    def above(line: int) -> tuple[int, int]:
        found = match_scores(np.where(scores < 0, -1, scores >= line), people.mentors.places)
        return found.total, found.people - math.ceil(0.05 * (found.people - 1))

    low, high = 0, 10_001
    while high - low > 1:
        line = (low + high) // 2
        reached, needed = above(line)
        low, high = (line, high) if reached >= needed else (low, line)
    return low


def table(path: str, **size: Any) -> dict[str, Any]:
    """Not measured: the scores and both sides' views of a cohort, for the peers, in the order in which ties are drawn."""
    arranged = cohort(**size).arranged(0)
    ready = Table(arranged)
    scores = np.full(ready.size, -1, np.int16)
    views = scores.copy(), scores.copy()
    for some, strip in ready.strips(np.arange(ready.size[0])):
        scores[some] = np.where(strip > THRESHOLD, strip, -1)
    for some, *sides in ready.views_of(np.arange(ready.size[0])):
        for view, strip in zip(views, sides, strict=True):
            view[some] = np.where(strip > THRESHOLD, strip, -1)
    np.savez(path, scores=scores, places=arranged.mentors.places, mine=views[0], theirs=views[1])
    return {"pairs": int((scores >= 0).sum())}


def hard_table(path: str, name: str) -> dict[str, Any]:
    """Not measured: a hard case, for the peers."""
    scores, places = hard(name)
    np.savez(path, scores=scores, places=places)
    return {"pairs": int((scores >= 0).sum())}


def scores(name: str) -> dict[str, Any]:
    """Match a hard case, with the proof."""
    given, places = hard(name)
    match_scores(np.arange(12).reshape(4, 3), [1, 2, 1])
    found, cost = measured(lambda: match_scores(given, places))
    if not found.certificate.proven:
        raise ArithmeticError("A gap is left.")
    return {**cost, "people": found.people, "total": found.total}


def left(**size: Any) -> dict[str, Any]:
    """Some mentors leave: match again with the keep-bonus, and without for comparison."""
    people = cohort(**size)
    before = match(people)
    busy = np.unique(before.mentors)
    gone = np.random.default_rng(0).choice(busy, round(LEAVING * len(people.mentors)), replace=False)
    staying = np.flatnonzero(~np.isin(people.mentors.keys, gone))
    pairs = np.stack([before.mentees, before.mentors], axis=1)
    after = replace(people, mentors=people.mentors.taken(staying), current=pairs)
    free = match(after)
    kept, cost = measured(lambda: match(after, objective=Aim(keep=KEEP)))
    told = compare(Table(after), Standing.from_result(before), Standing.from_result(kept))
    forced = int(np.isin(before.mentors, gone).sum())
    found = {"forced": forced, "extra": len(told.moves) - forced, "free": free.total, "total": kept.total}
    return {**cost, **found, "people": kept.matched}


def what_if(**size: Any) -> dict[str, Any]:
    """Other weights: score again, solve, report, and set it beside the run before."""
    people = cohort(**size)
    before = Standing.from_result(match(people))

    def call() -> Any:
        result = match(people, weights=OTHER)
        return run_report(people, result), compare(Table(people, weights=OTHER), before, Standing.from_result(result))

    call()
    costs = [measured(call)[1] for _ in range(5)]
    return {name: statistics.median(cost[name] for cost in costs) for name in ("cpu_s", "peak_mb")}


def parts(**size: Any) -> dict[str, Any]:
    """Explain every pair there is: how many stories sum exactly to the score that the run used."""
    ready = Table(cohort(**size))
    exact = pairs = 0

    def call() -> None:
        nonlocal exact, pairs
        for some, strip in ready.strips(np.arange(ready.size[0])):
            row, column = np.nonzero(strip > THRESHOLD)
            exact += int((ready.parts(some[row], column).sum(axis=1) == strip[row, column]).sum())
            pairs += len(row)

    _, cost = measured(call)
    return {**cost, "exact": exact, "pairs": pairs}


def why(**size: Any) -> dict[str, Any]:
    """Ask why two people are not a pair, again and again: the mean."""
    people: Cohort = cohort(**size)
    standing, ready = Standing.from_result(match(people)), Table(people)
    rng = np.random.default_rng(0)
    asked = [(int(rng.choice(people.mentees.keys)), int(rng.choice(people.mentors.keys))) for _ in range(ASKED)]
    why_not(ready, standing, *asked[0])
    _, cost = measured(lambda: [why_not(ready, standing, *pair) for pair in asked])
    return {"cpu_s": cost["cpu_s"] / ASKED}
