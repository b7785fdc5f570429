"""Small tables: scipy's dense assignment over single places, and prices from the moves between mentors.

For tables of this size quicker than a flow on candidates, above all where many scores are equal.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from .candidates import Source
from .flow import Optimum
from .layers import THRESHOLD
from .people import UNKNOWN, Ints
from .worth import FAR, Worth

NONE = -float(FAR)

Floats = NDArray[np.float64]


def dense(source: Source, worth: Worth, places: Ints, rows: Ints) -> Optimum:
    """The best assignment of the mentees in `rows`, with every pair in view."""
    n, m = source.size
    table = _worths(source, worth, places, rows)
    column, reward = _single_places(worth, len(rows))
    value = np.maximum(table[:, column] + reward, 0)
    row, seat = linear_sum_assignment(value, maximize=True) if value.size else (rows[:0], rows[:0])
    used = value[row, seat] > 0
    row, head = row[used], column[seat[used]]
    mate = np.full(n, UNKNOWN, np.int64)
    mate[rows[row]] = head
    own = np.zeros(len(rows))
    own[row] = table[row, head]
    load = np.bincount(head, minlength=m)
    least, most = worth.seats.edges(load)
    moves = _moves(table, mate[rows], own, m)
    unmatched = table[mate[rows] == UNKNOWN].max(axis=0, initial=NONE)
    start = np.where((most == FAR) & (load == 0), float(FAR), np.maximum(least, unmatched))
    lowest = _pushed(start, moves)

    def highest() -> Ints:
        ends = np.minimum(most.astype(np.float64), _least_own(own[row], head, m))
        return (-_pushed(-ends, moves.T)).astype(np.int64)

    prices = lowest.astype(np.int64)
    surplus = np.maximum((table - np.where(prices == FAR, 0, prices)).max(axis=1, initial=0), 0)
    bound = int(surplus.sum()) + worth.seats.bound(np.where(prices == FAR, 0, prices))
    reached = int(own.sum()) + worth.seats.paid(load)
    if bound != reached:
        raise ArithmeticError("The dense assignment is not optimal.")
    arcs = np.nonzero(table > NONE)
    return Optimum(mate, prices, (rows[arcs[0]], arcs[1]), highest, reached, bound, 1, 0)


def _worths(source: Source, worth: Worth, places: Ints, rows: Ints) -> Floats:
    """What every pair adds, NONE where it may not be."""
    table = np.full((len(rows), source.size[1]), NONE)
    start = 0
    for some, strip in source.strips(rows):
        there = (strip > THRESHOLD) & (places > 0)
        scores = np.where(there, strip, 0).astype(np.int64)
        table[start : start + len(some)] = np.where(there, worth.of_scores(scores), NONE)
        start += len(some)
    tail, head, points = worth.extra
    place = np.searchsorted(rows, tail).clip(max=max(len(rows) - 1, 0))
    here = rows[place] == tail if len(rows) else np.zeros(len(tail), np.bool_)
    place, head, points = place[here], head[here], points[here]
    table[place, head] += np.where(table[place, head] > NONE, points * worth.scale, 0)
    return table


def _single_places(worth: Worth, mentees: int) -> tuple[Ints, Ints]:
    """(mentor, reward) of every place that could be filled."""
    count = np.minimum(worth.seats.capacity, mentees)
    return np.repeat(worth.seats.mentor, count), np.repeat(worth.seats.reward, count)


def _moves(table: Floats, home: Ints, own: Floats, mentors: int) -> Floats:
    """The most that some mentee of one mentor (row) would gain by going to another (column)."""
    matched = np.flatnonzero(home != UNKNOWN)
    order = matched[np.argsort(home[matched], kind="stable")]
    found = np.full((mentors, mentors), NONE)
    if len(order):
        present, first = np.unique(home[order], return_index=True)
        found[present] = np.maximum.reduceat(table[order] - own[order, None], first, axis=0)
    np.fill_diagonal(found, NONE)
    return found


def _least_own(own: Floats, head: Ints, mentors: int) -> Floats:
    least = np.full(mentors, float(FAR))
    np.minimum.at(least, head, own)
    return least


def _pushed(price: Floats, moves: Floats) -> Floats:
    """The lowest prices, from these upwards, at which no move gains. Prices at FAR stay out of it."""
    changed = np.flatnonzero(abs(price) < FAR)
    for _ in range(len(price) + 2):
        if not len(changed):
            return price
        offered = (price[changed, None] + moves[changed]).max(axis=0)
        better = offered > price
        price = np.where(better, offered, price)
        changed = np.flatnonzero(better)
    raise ArithmeticError("No prices support this assignment: it is not optimal.")
