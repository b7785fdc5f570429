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
from .table import STRIP_CELLS
from .worth import FAR, Worth

NONE = -float(FAR)
FEW = 16
"""Up to so many mentees of one mentor it is quicker to go through them one by one."""

Floats = NDArray[np.float64]
Floats32 = NDArray[np.float32]


def dense(source: Source, worth: Worth, places: Ints, rows: Ints, guess: Floats32 | None = None) -> Optimum:
    """The best assignment of the mentees in `rows`, with every pair in view. Guessed prices only make it quicker."""
    n, m = source.size
    table = _worths(source, worth, places, rows)
    column, reward = _single_places(worth, len(rows))
    row, seat = _assigned(table, column, reward, guess, worth.scale)
    gain = table[row, column[seat]] + reward[seat]
    row, head = row[gain > 0], column[seat[gain > 0]]
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

    def arcs() -> tuple[Ints, Ints]:
        tail, head = np.nonzero(table > NONE)
        return rows[tail], head

    prices = lowest.astype(np.int64)
    told = np.where(prices == FAR, 0, prices)
    bound = _kept(table, told.astype(np.float64)) + worth.seats.bound(told)
    reached = int(own.sum()) + worth.seats.paid(load)
    if bound != reached:
        raise ArithmeticError("The dense assignment is not optimal.")
    return Optimum(mate, prices, int(np.count_nonzero(table > NONE)), arcs, highest, reached, bound, 1, 0)


def _assigned(table: Floats, column: Ints, reward: Ints, guess: Floats32 | None, scale: int) -> tuple[Ints, Ints]:
    """(rows, places) of a best assignment in which some may gain nothing.

    Guessed prices are taken off every place: where all places are filled that changes no optimum, and the solver is
    near its end from the start. A few places too many are filled by nobody.
    """
    n, seats = len(table), len(column)
    if not n or not seats:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    spare = max(seats - n, 0)
    if guess is None or spare * 4 > n:
        spare, price = 0, np.zeros(seats)
    else:
        price = guess[column].astype(np.float64) * scale
    shape = (n + spare, seats) if seats >= n else (seats, n)
    cost = np.empty(shape)
    if seats >= n:
        np.take(table, column, axis=1, out=cost[:n], mode="clip")
        cost[n:] = 0
        change = (reward, price)
    else:
        np.take(np.ascontiguousarray(table.T), column, axis=0, out=cost, mode="clip")
        change = (reward[:, None], price[:, None])
    if reward.any():
        cost += change[0]
    np.maximum(cost, 0, out=cost)
    np.subtract(change[1], cost, out=cost)
    first, second = linear_sum_assignment(cost)
    row, seat = (first, second) if seats >= n else (second, first)
    return row[row < n], seat[row < n]


def _kept(table: Floats, prices: Floats) -> int:
    """What all mentees keep at these prices, a few at a time."""
    high = max(STRIP_CELLS // max(table.shape[1], 1), 1)
    tops = range(0, len(table), high)
    return sum(int((table[top : top + high] - prices).max(axis=1, initial=0).sum()) for top in tops)


def _worths(source: Source, worth: Worth, places: Ints, rows: Ints) -> Floats:
    """What every pair adds, NONE where it may not be."""
    table = np.empty((len(rows), source.size[1]))
    start = 0
    for some, strip in source.strips(rows):
        part = table[start : start + len(some)]
        if worth.curve is None:
            np.multiply(strip, worth.scale, out=part, dtype=np.float64)
            part += worth.person
        else:
            part[:] = worth.of_scores(np.maximum(strip, 0).astype(np.int64))
        np.copyto(part, NONE, where=(strip <= THRESHOLD) | (places <= 0))
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
    present, first, load = np.unique(home[order], return_index=True, return_counts=True)
    if load.max(initial=0) > FEW:
        found[present] = np.maximum.reduceat(table[order] - own[order, None], first, axis=0)
    else:
        for turn in range(load.max(initial=0)):
            more = load > turn
            movers = order[first[more] + turn]
            gain = table[movers]
            gain -= own[movers, None]
            found[present[more]] = np.maximum(found[present[more]], gain) if turn else gain
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
