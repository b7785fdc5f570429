"""Aims that a flow cannot hold: parity between groups, circles that meet or do not. Branch and bound on chosen pairs.

The most people first, then the highest sum: two integer programmes, the second with the first one's answer fixed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array, vstack

from .people import UNKNOWN, Bools, Ints
from .settings import Objective, Refused

Rows = tuple[csr_array, NDArray[np.float64], NDArray[np.float64]]
"""Side conditions: least <= matrix @ variables <= most."""
ROUNDING = 1e-6


@dataclass(frozen=True, eq=False)
class Choice:
    """The pairs one may choose from, and what each adds."""

    mentees: int
    tail: Ints
    head: Ints
    points: Ints
    places: Ints
    objective: Objective
    seconds: float


@dataclass(frozen=True, eq=False)
class Chosen:
    """For each mentee the mentor; people and points reached and what both could reach at most among these pairs."""

    mate: Ints
    people: int
    points: int
    people_bound: int
    points_bound: int


def parity(choice: Choice, values: Ints, groups: Ints, within: float, standing: tuple[Bools, Ints]) -> Chosen:
    """No group's mean value may differ from everybody's by more than `within`.

    `values` are what each pair counts in the comparison, `groups` one label per mentee (UNKNOWN: counts in "all" only),
    `standing` who has a mentor already by a lock and with which value. Raises Refused when locks make it impossible.
    """
    labels = np.unique(groups[groups != UNKNOWN])
    everybody = max(choice.mentees, 1)
    has, worth = standing
    rows, least, most = [], [], []
    for label in labels:
        own = groups == label
        share = own[choice.tail] / own.sum() - 1 / everybody
        rows.append(csr_array((values * share)[None, :]))
        already = float((worth * has * own).sum() / own.sum() - (worth * has).sum() / everybody)
        least.append(-within - already)
        most.append(within - already)
    if not rows:
        raise Refused("parity_without_groups")
    side = (csr_array(vstack(rows)), np.array(least), np.array(most))
    found = _two_steps(choice, [_each_once(choice), _by_mentor(choice), side], 0)
    if found is None:
        raise Refused("parity_cannot_be_reached", within=within)
    return found


def circles(choice: Choice, smallest: int, largest: int, standing: Ints) -> Chosen:
    """Every mentor leads between `smallest` and `largest` mentees, or none; `standing` are mentees locked to each."""
    mentors = len(choice.places)
    arcs = len(choice.tail)
    ones = coo_array((np.ones(arcs), (choice.head, np.arange(arcs))), shape=(mentors, arcs + mentors))
    room = np.minimum(choice.places, np.maximum(largest - standing, 0))
    need = np.maximum(smallest - standing, 0)
    meets = arcs + np.arange(mentors)
    upper = csr_array(ones - coo_array((room.astype(float), (np.arange(mentors), meets)), shape=ones.shape))
    lower = csr_array(ones - coo_array((need.astype(float), (np.arange(mentors), meets)), shape=ones.shape))
    never, always = np.full(mentors, -np.inf), np.full(mentors, np.inf)
    must = csr_array((np.ones(mentors), (np.arange(mentors), meets)), shape=ones.shape)
    sides = [(upper, never, np.zeros(mentors)), (lower, np.zeros(mentors), always)]
    sides.append((must, (standing > 0).astype(float), np.ones(mentors)))
    found = _two_steps(choice, [_each_once(choice, mentors), *sides], mentors)
    if found is None:
        raise Refused("circles_cannot_be_formed", smallest=smallest, largest=largest)
    return found


def _each_once(choice: Choice, more: int = 0) -> Rows:
    arcs = len(choice.tail)
    table = csr_array((np.ones(arcs), (choice.tail, np.arange(arcs))), shape=(choice.mentees, arcs + more))
    return table, np.full(choice.mentees, -np.inf), np.ones(choice.mentees)


def _by_mentor(choice: Choice) -> Rows:
    arcs = len(choice.tail)
    table = csr_array((np.ones(arcs), (choice.head, np.arange(arcs))), shape=(len(choice.places), arcs))
    return table, np.full(len(choice.places), -np.inf), choice.places.astype(float)


def _two_steps(choice: Choice, sides: list[Rows], more: int) -> Chosen | None:
    """People, then points (for TOTAL points, then people); None when nothing satisfies the conditions."""
    arcs = len(choice.tail)
    people = np.append(np.ones(arcs), np.zeros(more))
    points = np.append(choice.points.astype(float), np.zeros(more))
    goals = [points, people] if choice.objective is Objective.TOTAL else [people, points]
    bounds = []
    chosen = np.zeros(arcs + more)
    for goal in goals:
        solved = (
            scipy.optimize.milp(
                -goal,
                integrality=np.ones(arcs + more, np.int64),
                bounds=scipy.optimize.Bounds(0, 1),
                constraints=[
                    scipy.optimize.LinearConstraint(table, low, high) for table, low, high in sides if table.shape[1]
                ],
                options={"time_limit": choice.seconds, "mip_rel_gap": 0},
            )
            if arcs + more
            else None
        )
        if solved is not None and solved.x is None:
            if solved.status == 1:
                raise Refused("time_is_up", seconds=choice.seconds)
            return None
        chosen = np.rint(solved.x) if solved is not None else chosen
        reached = float(goal @ chosen)
        bounds.append(int(np.floor(-solved.mip_dual_bound + ROUNDING)) if solved is not None else 0)
        sides = [*sides, (csr_array(goal[None, :]), np.array([reached - 0.5]), np.array([np.inf]))]
    used = chosen[:arcs] > 0
    mate = np.full(choice.mentees, UNKNOWN, np.int64)
    mate[choice.tail[used]] = choice.head[used]
    first, second = bounds
    if choice.objective is Objective.TOTAL:
        first, second = second, first
    return Chosen(mate, int(used.sum()), int(choice.points[used].sum()), first, second)
