"""The assignment itself: an exact minimum-cost flow on the arcs, and the prices that prove it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from .people import UNKNOWN, Ints
from .settings import Objective

TOP_SCORE = 10_000


@dataclass(frozen=True, eq=False)
class Instance:
    """Mentees 0..n-1 want one place each; arcs lead to mentors with `places`; `worth` is what an arc adds."""

    mentees: int
    places: Ints
    tail: Ints
    head: Ints
    worth: Ints


@dataclass(frozen=True)
class Worth:
    """How a score counts towards the objective: exact lexicographic order in one integer, `scale * score + bonus`."""

    scale: int
    bonus: int

    @classmethod
    def of(cls, objective: Objective, mentees: int, places: int) -> Worth:
        """TOTAL: one point outweighs every head count. MOST: one person outweighs every sum of points."""
        if objective is Objective.TOTAL:
            return cls(scale=mentees + 1, bonus=1)
        return cls(scale=1, bonus=2 * TOP_SCORE * min(mentees, places) + 1)

    def __call__(self, scores: NDArray[np.int32] | Ints) -> Ints:
        return scores.astype(np.int64) * self.scale + self.bonus

    def back(self, people: int, points: int) -> int:
        """The inverse of `people_and_points`."""
        return points * self.scale + people * self.bonus

    def people_and_points(self, worth: int) -> tuple[int, int]:
        """A sum of worths told as (people, points): what one more place would bring."""
        if self.scale > 1:
            points, people = divmod(worth, self.scale)
            return people, points
        people = (worth + self.bonus // 2) // self.bonus
        return people, worth - people * self.bonus


def solve(instance: Instance) -> Ints:
    """For each mentee the row of the mentor in one optimal assignment, UNKNOWN where staying free is best."""
    n, m = instance.mentees, len(instance.places)
    mate = np.full(n, UNKNOWN, np.int64)
    if not len(instance.tail):
        return mate
    mentees, mentors, sink = np.arange(n), n + np.arange(m), n + m
    flow = SimpleMinCostFlow()
    flow.add_arcs_with_capacity_and_unit_cost(
        np.concatenate([instance.tail, mentees, mentors]).astype(np.int32),
        np.concatenate([n + instance.head, np.full(n + m, sink)]).astype(np.int32),
        np.concatenate([np.ones(len(instance.tail) + n, np.int64), instance.places]),
        np.concatenate([-instance.worth, np.zeros(n + m, np.int64)]),
    )
    flow.set_nodes_supplies(np.append(mentees, sink).astype(np.int32), np.append(np.ones(n, np.int64), -n))
    status = flow.solve()
    if status != flow.OPTIMAL:
        raise ArithmeticError(f"The flow solver stopped with {status}.")
    used = flow.flows(np.arange(len(instance.tail), dtype=np.int32)) > 0
    mate[instance.tail[used]] = instance.head[used]
    return mate


def paid(instance: Instance, mate: Ints) -> Ints:
    """For each mentee the worth of the arc used, 0 without one."""
    worth = np.zeros(instance.mentees, np.int64)
    used = mate[instance.tail] == instance.head
    worth[instance.tail[used]] = instance.worth[used]
    return worth


def prices(instance: Instance, mate: Ints) -> Ints:
    """The lowest prices of places at which everybody is content with `mate` (longest paths, Bellman-Ford).

    The lowest price of a mentor is exactly what one more place there would add; 0 where a place is free.
    """
    price = np.zeros(len(instance.places), np.int64)
    load = np.bincount(mate[mate != UNKNOWN], minlength=len(price))
    full = load >= instance.places
    contest = full[instance.head] & (mate[instance.tail] != instance.head)
    tail, head, worth = instance.tail[contest], instance.head[contest], instance.worth[contest]
    own = paid(instance, mate)
    matched = mate != UNKNOWN
    surplus = own.copy()
    active = np.ones(len(tail), np.bool_)
    for _ in range(len(price) + 2):
        raised = price.copy()
        np.maximum.at(raised, head[active], worth[active] - surplus[tail[active]])
        if np.array_equal(raised, price):
            return price
        changed = np.flatnonzero(raised != price)
        price = raised
        surplus[matched] = own[matched] - price[mate[matched]]
        active = np.isin(mate[tail], changed) if len(changed) < len(price) else np.ones(len(tail), np.bool_)
    raise ArithmeticError("No prices support this assignment: it is not optimal.")


def highest_prices(instance: Instance, mate: Ints) -> Ints:
    """The highest prices at which everybody is still content with `mate` (shortest paths, Bellman-Ford).

    The highest price of a mentor is exactly what one place fewer there would cost, and so what somebody else's worth
    must beat to win a place; 0 where a place is free or the mentor has none.
    """
    own = paid(instance, mate)
    matched = np.flatnonzero(mate != UNKNOWN)
    load = np.bincount(mate[matched], minlength=len(instance.places))
    full = (load >= instance.places) & (load > 0)
    price = np.where(full, np.iinfo(np.int64).max // 4, 0)
    np.minimum.at(price, mate[matched], np.where(full[mate[matched]], own[matched], 0))
    elsewhere = (mate[instance.tail] != UNKNOWN) & (mate[instance.tail] != instance.head)
    elsewhere &= full[mate[instance.tail]] & ((instance.places > 0)[instance.head])
    tail, head, worth = instance.tail[elsewhere], instance.head[elsewhere], instance.worth[elsewhere]
    home, difference = mate[tail], own[tail] - worth
    for _ in range(len(price) + 2):
        lowered = price.copy()
        np.minimum.at(lowered, home, price[head] + difference)
        if np.array_equal(lowered, price):
            return price
        price = lowered
    raise ArithmeticError("No prices support this assignment: it is not optimal.")
