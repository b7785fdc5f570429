"""Two mentors from different fields: everybody's first mentor, then as many second ones as possible, then points.

Still a flow, with one node per mentee and field in between, so still exact; and still proven by prices of places: at
any prices nobody can do better than the best mentor of each of their two best fields.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow
from scipy.sparse import csr_array

from .candidates import Source
from .flow import settled
from .layers import THRESHOLD
from .people import Bools, Ints
from .worth import FAR, Worth

LISTED = 32
"""Mentors per mentee that the first flow sees, where there are many."""
EVERYTHING = 1 << 17


@dataclass(frozen=True, eq=False)
class TwoEach:
    """The pairs chosen, with prices of places and the bound they prove."""

    tail: Ints
    head: Ints
    prices: Ints
    worth: int
    bound: int
    rounds: int


@dataclass(frozen=True, eq=False)
class _Demand:
    """Who wants how many more, and which fields are taken by mentors they have."""

    wanted: Ints
    field: Ints
    fields: int
    taken: Ints
    """(mentee, mentor) pairs that stand: their fields must not be used again."""
    rewards: tuple[int, int]
    """For having a first and a second mentor."""

    def blocked(self, rows: Ints) -> Bools:
        """Mentors whose field a mentee has already."""
        used = np.zeros((len(self.wanted), self.fields), np.bool_)[: len(rows)]
        place = np.searchsorted(rows, self.taken[:, 0])
        here = np.append(rows, -1)[place] == self.taken[:, 0]
        used[place[here], self.field[self.taken[here, 1]]] = True
        return used[:, self.field]

    def best_fields(self, value: Ints) -> Ints:
        """Per row the values of the second best and the best field."""
        order = np.argsort(self.field, kind="stable")
        starts = np.searchsorted(self.field[order], np.arange(self.fields))
        best = np.full((len(value), max(self.fields, 2)), -FAR)
        best[:, : self.fields] = np.maximum.reduceat(value[:, order], starts, axis=1)
        return np.sort(best, axis=1)[:, -2:]

    def earned(self, rows: Ints, best: Ints) -> Ints:
        """What mentees keep whose two best fields bring `best`, with the rewards for having mentors."""
        first, other = self.rewards
        two = self.wanted[rows] > 1
        return np.maximum(best[:, 1] + np.where(two, first, other), 0) + np.where(
            two, np.maximum(best[:, 0] + other, 0), 0
        )


def two_each(source: Source, worth: Worth, wanted: Ints, field: Ints, taken: Ints) -> TwoEach:
    """`wanted` per mentee 0, 1 or 2 more mentors; `field` per mentor; `taken` (mentee, field) pairs in use."""
    field = np.unique(field, return_inverse=True)[1]
    fields = int(field.max(initial=0)) + 1
    rewards = (2 * worth.person, worth.person) if worth.scale == 1 else (1, 1)
    demand = _Demand(wanted, field, fields, taken, rewards)
    m = source.size[1]
    prices = np.where(np.bincount(worth.seats.mentor, minlength=m) > 0, 0, FAR)
    every = source.size[0] * m <= EVERYTHING
    keys, used, reached = np.zeros(0, np.int64), np.zeros(0, np.bool_), 0
    for turn in range(10_000):
        bound, fresh = _priced(source, worth, demand, prices, keys, (m if every else LISTED) if turn == 0 else 0)
        fresh = np.setdiff1d(fresh, keys)
        if not len(fresh):
            tail, head = np.divmod(keys[used], max(m, 1))
            return TwoEach(tail, head, prices, reached, bound, turn)
        keys = np.union1d(keys, fresh)
        used, reached, prices = _solved(source, worth, demand, keys, prices)
    raise ArithmeticError("Prices did not settle.")


def _priced(source: Source, worth: Worth, demand: _Demand, prices: Ints, keys: Ints, keep: int) -> tuple[int, Ints]:
    """The bound at these prices, and the pairs that would let somebody do better than those known (`keys`).

    With `keep`, the best so many of everybody instead.
    """
    n, m = source.size
    rows = np.flatnonzero(demand.wanted > 0)
    extra = csr_array((worth.extra[2] * worth.scale, worth.extra[:2]), shape=(n, m))
    total, fresh = worth.seats.bound(np.where(prices == FAR, 0, prices)), [np.zeros(0, np.int64)]
    for some, strip in source.strips(rows) if m else []:
        there = (strip > THRESHOLD) & (prices < FAR) & ~demand.blocked(some)
        points = worth.of_scores(np.where(there, strip, 0).astype(np.int64)) - worth.person
        value = np.where(there, points + extra[some].toarray() - prices, -FAR)
        total += int(demand.earned(some, demand.best_fields(value)).sum())
        if keep:
            cut = np.sort(value, axis=1)[:, -min(keep, m), None]
            chosen = (value >= cut) & there
        else:
            best = demand.best_fields(value)
            known = np.zeros_like(there)
            mine = keys[np.searchsorted(keys, some[0] * m) : np.searchsorted(keys, (some[-1] + 1) * m)]
            known[np.searchsorted(some, mine // m), mine % m] = True
            own = demand.best_fields(np.where(known, value, -FAR))
            short = demand.earned(some, best) > demand.earned(some, own)
            chosen = there & ~known & short[:, None] & (value >= best[:, :1])
        row, column = np.nonzero(chosen)
        fresh.append(some[row] * m + column)
    return total, np.concatenate(fresh)


def _solved(source: Source, worth: Worth, demand: _Demand, keys: Ints, prices: Ints) -> tuple[Bools, int, Ints]:
    """Which of the pairs are used, what they and the places add, and prices that support it."""
    n, m = source.size
    tail, head = np.divmod(keys, max(m, 1))
    points = worth.of_pairs(tail, head, source.scores(tail, head)) - worth.person
    doors, door = np.unique(tail * demand.fields + demand.field[head], return_inverse=True)
    seats = worth.seats
    mentee, gate = 1 + np.arange(n), 1 + n + np.arange(len(doors))
    mentor, sink = 1 + n + len(doors), 1 + n + len(doors) + m
    first, other = demand.rewards
    tails = [np.zeros(2 * n + 1, np.int64), mentee[doors // demand.fields], gate[door], mentor + seats.mentor]
    heads = [np.concatenate([mentee, mentee, [sink]]), gate, mentor + head, np.full(len(seats.mentor), sink)]
    once = np.ones(len(doors) + len(keys), np.int64)
    wanted = int(demand.wanted.sum())
    capacity = np.concatenate([demand.wanted > 1, demand.wanted > 0, [wanted], once, seats.capacity]).astype(np.int64)
    rewards = np.concatenate([np.full(n, first), np.full(n, other), [0], np.zeros(len(doors), np.int64)])
    cost = -np.concatenate([rewards, points, seats.reward])
    source_side, target_side = np.concatenate(tails), np.concatenate(heads)
    flow = SimpleMinCostFlow()
    flow.add_arcs_with_capacity_and_unit_cost(
        source_side.astype(np.int32), target_side.astype(np.int32), capacity, cost
    )
    flow.set_nodes_supplies(np.array([0, sink], np.int32), np.array([wanted, -wanted], np.int64))
    status = flow.solve()
    if status != flow.OPTIMAL:
        raise ArithmeticError(f"The flow solver stopped with {status}.")
    flows = flow.flows(np.arange(len(cost), dtype=np.int32))
    ahead, back = flows < capacity, flows > 0
    label = settled(
        np.zeros(sink + 1, np.int64),
        np.concatenate([source_side[ahead], target_side[back]]),
        np.concatenate([target_side[ahead], source_side[back]]),
        np.concatenate([-cost[ahead], cost[back]]),
    )
    used = flows[2 * n + 1 + len(doors) :][: len(keys)] > 0
    least, _ = seats.edges(np.bincount(head[used], minlength=m))
    price = np.maximum(label[mentor:sink] - label[sink], least)
    return used, int(-(flows @ cost)), np.where(prices == FAR, FAR, price)
