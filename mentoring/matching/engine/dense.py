"""Small tables: scipy's dense assignment over single places, and prices from the moves between mentors.

For tables of this size quicker than a flow on candidates, above all where many scores are equal.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import scipy
from numpy.typing import NDArray

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
    open_ = np.flatnonzero(places > 0)
    column, reward = _single_places(worth, len(rows))
    column = np.searchsorted(open_, column)
    size = len(rows) * len(open_)
    # taken at once, because from 4 MB on numpy asks for large pages
    memory = np.empty(size + math.prod(_cost_shape(len(rows), len(column))))
    table, room = memory[:size].reshape(len(rows), len(open_)), memory[size:]
    pairs = _worths(source, worth, open_, rows, table)
    prices = None if guess is None else guess[open_].astype(np.float64) * worth.scale
    row, seat = _assigned(table, column, reward, prices, room)
    gain = table[row, column[seat]] + reward[seat]
    row, head = row[gain > 0], column[seat[gain > 0]]
    mate = np.full(n, UNKNOWN, np.int64)
    mate[rows[row]] = open_[head]
    home = np.full(len(rows), UNKNOWN, np.int64)
    home[row] = head
    own = np.zeros(len(rows))
    own[row] = table[row, head]
    load = np.bincount(open_[head], minlength=m)
    least, most = (edge[open_] for edge in worth.seats.edges(load))
    present, moves = _moves(table, home, own, room)
    unmatched = table[home == UNKNOWN].max(axis=0, initial=NONE)
    lowest = _pushed(np.maximum(least, unmatched), present, moves)

    def told(prices: Floats) -> Ints:
        whole = np.full(m, FAR)
        whole[open_] = prices
        return whole

    def highest() -> Ints:
        ends = np.minimum(most.astype(np.float64), _least_own(own[row], head, len(open_)))
        whole = np.full((len(open_), len(open_)), NONE)
        whole[present] = moves
        return told(-_pushed(-ends, np.arange(len(open_)), whole.T))

    def arcs() -> tuple[Ints, Ints]:
        tail, head = np.nonzero(table > NONE)
        return rows[tail], open_[head]

    bound = _kept(table, lowest) + worth.seats.bound(np.where(places > 0, told(lowest), 0))
    reached = int(own.sum()) + worth.seats.paid(load)
    if bound != reached:
        raise ArithmeticError("The dense assignment is not optimal.")
    return Optimum(mate, told(lowest), pairs, arcs, highest, reached, bound, 1, 0)


def _assigned(table: Floats, column: Ints, reward: Ints, price: Floats | None, room: Floats) -> tuple[Ints, Ints]:
    """(rows, places) of a best assignment in which some may gain nothing, with room for its costs.

    Places ask, not mentees: where all want the same mentors that is ten times quicker. A few places too many are given to
    nobody for that; of many too many most would be. Where every mentor has one place, and all are filled, mentees ask, with
    guessed prices taken off: that changes no optimum, and the solver is near its end from the start.
    """
    n, seats = len(table), len(column)
    if not n or not seats:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    if _all_alike(table):
        best = np.argsort(-(table[0, column] + reward), kind="stable")[:n]
        return np.arange(len(best)), best
    if price is not None and seats == n and not reward.any() and len(np.unique(column)) == seats:
        return scipy.optimize.linear_sum_assignment(price[column] - np.maximum(table[:, column], 0))
    wide = _is_wide(n, seats)
    cost = room.reshape(_cost_shape(n, seats))
    by_row = cost if wide else cost.T
    by_row[n:] = 0
    if reward.any():
        np.minimum(-(table[:, column] + reward), 0, out=by_row[:n])
    elif wide:
        for some in _few(n, seats):
            np.take(np.minimum(-table[some], 0), column, axis=1, out=cost[some], mode="clip")
    else:
        for some in _few(table.shape[1], n):
            these = slice(*np.searchsorted(column, (some.start, some.stop)))
            part = np.minimum(-table[:, some].T, 0, order="C")
            np.take(part, column[these] - some.start, axis=0, out=cost[these, :n], mode="clip")
    first, second = scipy.optimize.linear_sum_assignment(cost)
    row, seat = (first, second) if wide else (second, first)
    return row[row < n], seat[row < n]


def _is_wide(mentees: int, seats: int) -> bool:
    return (seats - mentees) * 4 > mentees


def _cost_shape(mentees: int, seats: int) -> tuple[int, int]:
    """Mentees x places where these are many, else places x mentees, with columns for nobody."""
    return (mentees, seats) if _is_wide(mentees, seats) else (seats, max(mentees, seats))


def _all_alike(table: Floats) -> bool:
    """Whether everybody thinks the same of the mentors: then the best places are filled in any order."""
    return all(bool((table[some] == table[0]).all()) for some in _few(*table.shape))


def _few(count: int, width: int) -> Iterator[slice]:
    """So many rows of this width, as many at a time as stay in the fast memory of one core."""
    high = max(STRIP_CELLS // max(2 * width, 1), 1)
    return (slice(top, min(top + high, count)) for top in range(0, count, high))


def _kept(table: Floats, prices: Floats) -> int:
    """What all mentees keep at these prices, a few at a time."""
    parts = (table[some] - prices for some in _few(*table.shape))
    return sum(int(part.max(axis=1, initial=0).sum()) for part in parts)


def _worths(source: Source, worth: Worth, mentors: Ints, rows: Ints, table: Floats) -> int:
    """Write what every pair with one of these mentors adds, NONE where it may not be; returns how many may be."""
    every = len(mentors) == source.size[1]
    start = absent = 0
    for some, strip in source.strips(rows):
        part = table[start : start + len(some)]
        strip = strip if every else np.take(strip, mentors, axis=1)
        if worth.curve is None:
            np.add(strip if worth.scale == 1 else strip * worth.scale, worth.person, out=part, dtype=np.float64)
        else:
            part[:] = worth.of_scores(np.maximum(strip, 0).astype(np.int64))
        nobody = strip <= THRESHOLD
        absent += int(np.count_nonzero(nobody))
        np.copyto(part, NONE, where=nobody)
        start += len(some)
    tail, head, points = worth.extra
    here = np.isin(tail, rows) & np.isin(head, mentors)
    row, column = np.searchsorted(rows, tail[here]), np.searchsorted(mentors, head[here])
    table[row, column] += np.where(table[row, column] > NONE, points[here] * worth.scale, 0)
    return table.size - absent


def _single_places(worth: Worth, mentees: int) -> tuple[Ints, Ints]:
    """(mentor, reward) of every place that could be filled."""
    count = np.minimum(worth.seats.capacity, mentees)
    return np.repeat(worth.seats.mentor, count), np.repeat(worth.seats.reward, count)


def _moves(table: Floats, home: Ints, own: Floats, room: Floats) -> tuple[Ints, Floats]:
    """Mentors who have somebody, and the most that some mentee of theirs (row) would gain by going to another (column).

    It is written into `room` where that is large enough.
    """
    matched = np.flatnonzero(home != UNKNOWN)
    order = matched[np.argsort(home[matched], kind="stable")]
    present, first, load = np.unique(home[order], return_index=True, return_counts=True)
    if load.max(initial=0) > FEW:
        best = np.maximum.reduceat(table[order] - own[order, None], first, axis=0)
    else:
        by_load = np.argsort(-load, kind="stable")
        present, first, load = present[by_load], first[by_load], load[by_load]
        shape = len(present), table.shape[1]
        size = shape[0] * shape[1]
        best = (room[:size] if size <= len(room) else np.empty(size)).reshape(shape)
        for some in _few(*best.shape):
            beside = np.empty_like(best[some])
            for turn in range(load[some].max(initial=0)):
                movers = order[first[some][load[some] > turn] + turn]
                gain = np.take(table, movers, axis=0, out=(beside if turn else best[some])[: len(movers)], mode="clip")
                gain -= own[movers, None]
                if turn:
                    np.maximum(best[some][: len(movers)], gain, out=best[some][: len(movers)])
    best[np.arange(len(present)), present] = NONE
    return present, best


def _least_own(own: Floats, head: Ints, mentors: int) -> Floats:
    least = np.full(mentors, float(FAR))
    np.minimum.at(least, head, own)
    return least


def _pushed(price: Floats, present: Ints, moves: Floats) -> Floats:
    """The lowest prices, from these upwards, at which no move away from these mentors gains. Prices at FAR stay out of it."""
    row = np.full(len(price), UNKNOWN)
    row[present] = np.arange(len(present))
    changed = np.flatnonzero(abs(price) < FAR)
    for _ in range(len(price) + 2):
        changed = changed[row[changed] != UNKNOWN]
        if not len(changed):
            return price
        offered = np.full(len(price), -np.inf)
        for some in _few(len(changed), len(price)):
            offers = np.take(moves, row[changed[some]], axis=0)
            offers += price[changed[some], None]
            np.maximum(offered, offers.max(axis=0), out=offered)
        better = offered > price
        price = np.where(better, offered, price)
        changed = np.flatnonzero(better)
    raise ArithmeticError("No prices support this assignment: it is not optimal.")
