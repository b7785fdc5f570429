"""Stable assignments by deferred acceptance, exact for both sides; ties go by the other's view, then by the seed.

Mentees look only at a short list, the mentors they like best among those who would take them now; who runs out looks
again. Mentors only ever get choosier, so a list made early is never too short.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from typing import Protocol

import numpy as np

from .candidates import Source
from .layers import THRESHOLD, Strip
from .people import UNKNOWN, Ints

LISTED = 32
"""Mentors on one list."""
STEP = 1 << 14
"""More than any score: the own view first, then the other's."""
NEVER = np.iinfo(np.int64).max


class TwoSided(Source, Protocol):
    """A source that knows what each side thinks."""

    def views_of(self, rows: Ints) -> Iterator[tuple[Ints, Strip, Strip]]: ...
    def views_of_pairs(self, mentees: Ints, mentors: Ints) -> tuple[Ints, Ints]: ...


def stable(source: TwoSided, places: Ints, rows: Ints, *, best_for_mentors: bool = False) -> Ints:
    """For each mentee the mentor in the stable assignment that is best for all mentees (or for all mentors)."""
    held = _mentees_propose(source, places, rows)
    return _mentors_propose(source, places, rows, held) if best_for_mentors else held.mate


class _Held:
    """Whom each mentor holds, as a heap with the least wanted on top."""

    def __init__(self, mentees: int, places: Ints) -> None:
        self.places: list[int] = places.tolist()
        self.heaps: list[list[tuple[int, int]]] = [[] for _ in self.places]
        self.mate = np.full(mentees, UNKNOWN, np.int64)
        self.least: list[int] = np.where(places > 0, -1, NEVER).tolist()
        """What a mentee must beat in a mentor's eyes: -1 while there is a free place."""

    def take(self, mentor: int, mentee: int, key: int) -> int:
        """Hold a mentee; returns who has to go, or UNKNOWN."""
        heap, out = self.heaps[mentor], UNKNOWN
        self.mate[mentee] = mentor
        if len(heap) < self.places[mentor]:
            heapq.heappush(heap, (key, mentee))
        else:
            out = heapq.heapreplace(heap, (key, mentee))[1]
            self.mate[out] = UNKNOWN
        if len(heap) == self.places[mentor]:
            self.least[mentor] = heap[0][0]
        return out


class _Lists:
    """The short list of every mentee, the most wanted mentor first, and how much each wants the mentee."""

    def __init__(self, source: TwoSided) -> None:
        n, m = source.size
        self._source, self._mentees = source, n
        self._kept = min(LISTED, m)
        self.mentor = np.zeros((n, self._kept), np.int32)
        self.key = np.full((n, self._kept), -2, np.int64)
        self.whole = np.zeros(n, np.bool_)
        self.turn = [0] * n
        """How far down the list each mentee is."""

    def write(self, rows: Ints, least: Ints) -> None:
        """Look at all mentors for some mentees, at what it takes now to be held."""
        for some, mine, theirs in self._source.views_of(rows):
            may = mine > THRESHOLD
            if least.max(initial=-1) > -1:
                may &= keys(theirs.astype(np.int64), mine.astype(np.int64), some[:, None], self._mentees) > least
            self.whole[some] = may.sum(axis=1, dtype=np.int32) <= self._kept
            row, column = _near_best(np.where(may, mine, np.float32(-1)), self._kept)
            own, other = mine[row, column].astype(np.int64), theirs[row, column].astype(np.int64)
            order = np.lexsort((column, -(own * STEP + other), row))
            row, column, own, other = row[order], column[order], own[order], other[order]
            place = np.arange(len(row)) - np.searchsorted(row, row)
            listed = place < self._kept
            row, column, place = row[listed], column[listed], place[listed]
            self.key[some] = -2
            self.mentor[some[row], place] = column
            self.key[some[row], place] = keys(other[listed], own[listed], some[row], self._mentees)
        for row_ in rows.tolist():
            self.turn[row_] = 0

    def next(self, row: int, least: list[int]) -> tuple[int, int] | None:
        """The mentor most wanted among those who would hold this mentee, and the mentee's key there."""
        mentors, key = self.mentor[row].tolist(), self.key[row].tolist()
        for turn in range(self.turn[row], self._kept):
            if key[turn] > least[mentors[turn]]:
                self.turn[row] = turn + 1
                return mentors[turn], key[turn]
        self.turn[row] = self._kept
        return None


def keys(own: Ints, other: Ints, row: Ints, rows: int) -> Ints:
    """Strict order of one side: own view, then the other's, then the earlier row."""
    return (own * STEP + other) * rows + (rows - 1 - row)


def _near_best(wish: Strip, keep: int) -> tuple[Ints, Ints]:
    """(row, column) of the `keep` highest of each row and all equal to the last of them; none below 0."""
    last = wish.shape[1] - keep
    cut = np.partition(wish, last, axis=1)[:, last] if last > 0 else np.zeros(len(wish), np.float32)
    row, column = np.nonzero(wish >= np.maximum(cut, 0)[:, None])
    return row, column


def _mentees_propose(source: TwoSided, places: Ints, rows: Ints) -> _Held:
    held, lists = _Held(source.size[0], places), _Lists(source)
    while len(rows):
        lists.write(rows, np.array(held.least))
        late: set[int] = set()
        queue = rows[::-1].tolist()
        while queue:
            row = queue.pop()
            if (wanted := lists.next(row, held.least)) is None:
                if not lists.whole[row]:
                    late.add(row)
            elif (out := held.take(wanted[0], row, wanted[1])) != UNKNOWN:
                queue.append(out)
        rows = np.array(sorted(late), np.int64)
    return held


def _mentors_propose(source: TwoSided, places: Ints, rows: Ints, found: _Held) -> Ints:
    """From the best for mentees to the best for mentors.

    In no stable assignment does a mentee do better or a mentor worse than in the first; so only pairs in between need
    be looked at, and whoever had nobody has nobody in any.
    """
    n = source.size[0]
    mate = np.full(n, UNKNOWN, np.int64)
    matched = rows[found.mate[rows] != UNKNOWN]
    own, other = source.views_of_pairs(matched, found.mate[matched])
    now = np.zeros(n, np.int64)
    now[matched] = own * STEP + other
    least = np.array([heap[0][0] if heap else NEVER for heap in found.heaps], np.int64)
    proposals: list[list[tuple[int, int, int]]] = [[] for _ in places]
    for some, mine, theirs in source.views_of(matched):
        wish = mine.astype(np.int64) * STEP + theirs.astype(np.int64)
        key = keys(theirs.astype(np.int64), mine.astype(np.int64), some[:, None], n)
        own_column = found.mate[some][:, None]
        columns = np.arange(wish.shape[1])
        before = (wish == now[some, None]) & (columns < own_column)
        between = (mine > THRESHOLD) & (wish <= now[some, None]) & ~before & (key >= least)
        for row, column in zip(*(index.tolist() for index in np.nonzero(between)), strict=True):
            proposals[column].append((int(key[row, column]), int(wish[row, column]), int(some[row])))
    best = np.full((n, 2), -1, np.int64)
    queue: list[int] = []
    for mentor, made in enumerate(proposals):
        made.sort()
        queue += [mentor] * len(found.heaps[mentor])
    while queue:
        mentor = queue.pop()
        while proposals[mentor]:
            _, wish_, mentee = proposals[mentor].pop()
            if (wish_, -mentor) > (best[mentee, 0], best[mentee, 1]):
                before_ = int(mate[mentee])
                mate[mentee], best[mentee] = mentor, (wish_, -mentor)
                if before_ != UNKNOWN:
                    queue.append(before_)
                break
    return mate
