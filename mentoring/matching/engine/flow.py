"""The assignment itself: an exact minimum-cost flow on some pairs, and the prices that support it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from .people import UNKNOWN, Ints, ordered
from .worth import FAR, Worth


@dataclass(frozen=True, eq=False)
class Optimum:
    """An assignment with the prices that prove it, and how it was found."""

    mate: Ints
    prices: Ints
    """The lowest that support it; FAR where a mentor has no place."""
    candidates: int
    arcs: Callable[[], tuple[Ints, Ints]]
    """All candidates, (mentee rows, mentor rows)."""
    highest: Callable[[], Ints]
    """The highest prices that support it, as far as the candidates know (all pairs, in small tables)."""
    worth: int
    bound: int
    rounds: int
    rescored: int
    """Pairs that were scored again."""


@dataclass(frozen=True, eq=False)
class Market:
    """Mentees 0..n-1 want one place each; arcs lead to mentors; `worth` is what an arc adds."""

    mentees: int
    mentors: int
    tail: Ints
    head: Ints
    worth: Ints
    rules: Worth

    def paid(self, mate: Ints) -> Ints:
        """For each mentee the worth of the arc used, 0 without one."""
        worth = np.zeros(self.mentees, np.int64)
        used = mate[self.tail] == self.head
        worth[self.tail[used]] = self.worth[used]
        return worth

    def load(self, mate: Ints) -> Ints:
        """For each mentor how many mentees."""
        return np.bincount(mate[mate != UNKNOWN], minlength=self.mentors)


def solve(market: Market) -> Ints:
    """For each mentee the row of the mentor in one optimal assignment, UNKNOWN where staying free is best."""
    n, m, seats = market.mentees, market.mentors, market.rules.seats
    mate = np.full(n, UNKNOWN, np.int64)
    if not len(market.tail) or not len(seats.mentor):
        return mate
    most = market.rules.most
    waiting = np.zeros(0, np.int64) if most else np.arange(n)
    sink = n + m
    flow = SimpleMinCostFlow()
    flow.add_arcs_with_capacity_and_unit_cost(
        np.concatenate([market.tail, waiting, n + seats.mentor]).astype(np.int32),
        np.concatenate([n + market.head, np.full(len(waiting) + len(seats.mentor), sink)]).astype(np.int32),
        np.concatenate([np.ones(len(market.tail) + len(waiting), np.int64), seats.capacity]),
        np.concatenate([most * market.rules.person - market.worth, np.zeros(len(waiting), np.int64), -seats.reward]),
    )
    flow.set_nodes_supplies(np.append(np.arange(n), sink).astype(np.int32), np.append(np.ones(n, np.int64), -n))
    status = flow.solve_max_flow_with_min_cost() if most else flow.solve()
    if status != flow.OPTIMAL:
        raise ArithmeticError(f"The flow solver stopped with {status}.")
    used = flow.flows(np.arange(len(market.tail), dtype=np.int32)) > 0
    mate[market.tail[used]] = market.head[used]
    return mate


def lowest_prices(market: Market, mate: Ints, *, everybody: bool = True, start: Ints | None = None) -> Ints:
    """The lowest prices of places at which everybody is content with `mate` (longest paths, label correcting).

    The lowest price of a mentor is exactly what one more place there would add. Mentors without places: FAR.
    With `everybody` off only those with a mentor are asked. From a `start` they are found sooner, but may end higher.
    """
    load = market.load(mate)
    least, most = market.rules.seats.edges(load)
    price = np.where((most == FAR) & (load == 0), FAR, least)
    if start is not None:
        price = np.where(most == FAR, np.maximum(price, start), price)
    own = market.paid(mate)
    home = mate[market.tail]
    free = (home == UNKNOWN) & (price[market.head] < FAR) & everybody
    np.maximum.at(price, market.head[free], market.worth[free])
    source, target, gain = _moves(market, home, own)
    return settled(price, source, target, gain)


def highest_prices(market: Market, mate: Ints) -> Ints:
    """The highest prices at which everybody is still content with `mate` (shortest paths, label correcting).

    The highest price of a mentor is exactly what one place fewer there would cost, and so what somebody else's worth
    must beat to win a place.
    """
    _, price = market.rules.seats.edges(market.load(mate))
    own = market.paid(mate)
    matched = np.flatnonzero(mate != UNKNOWN)
    np.minimum.at(price, mate[matched], own[matched])
    source, target, gain = _moves(market, mate[market.tail], own)
    return -settled(-price, target, source, gain)


def _moves(market: Market, home: Ints, own: Ints) -> tuple[Ints, Ints, Ints]:
    """What matched mentees would gain by going from their mentor to another one they could have."""
    moves = np.flatnonzero((home != UNKNOWN) & (home != market.head))
    return home[moves], market.head[moves], market.worth[moves] - own[market.tail[moves]]


def settled(label: Ints, source: Ints, target: Ints, gain: Ints) -> Ints:
    """The lowest labels, from these upwards, with `label[target] >= label[source] + gain` for every arc.

    Labels at or beyond FAR pass nothing on. Raises ArithmeticError when a round of arcs gains for ever.
    """
    order = ordered(source)
    target, gain = target[order], gain[order]
    leaving = np.bincount(source, minlength=len(label))
    first = np.cumsum(leaving) - leaving
    changed = np.flatnonzero(abs(label) < FAR)
    for _ in range(len(label) + 2):
        count = leaving[changed]
        arcs = np.repeat(first[changed] - (np.cumsum(count) - count), count) + np.arange(count.sum())
        offered = np.repeat(label[changed], count) + gain[arcs]
        useful = np.flatnonzero(offered > label[target[arcs]])
        if not len(useful):
            return label
        before = label.copy()
        np.maximum.at(label, target[arcs[useful]], offered[useful])
        changed = np.flatnonzero(label != before)
    raise ArithmeticError("No prices support this assignment: it is not optimal.")
