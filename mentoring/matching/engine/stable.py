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

LISTED, AIMED = 16, 12
"""Mentors on one list at most, and about how many it is to have."""
SAMPLED, APART = 64, 8
"""What it takes to be listed is guessed from a sample of at least so many mentors, each at most so many apart."""
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

    def begin(self, mentees: Ints, mentors: Ints, key: Ints) -> None:
        """Everybody's first wish at once, while nobody is held."""
        order = np.lexsort((key, mentors))
        mentees, mentors, key = mentees[order], mentors[order], key[order]
        behind = np.searchsorted(mentors, mentors, side="right") - np.arange(len(mentors))
        stays = behind <= np.array(self.places, np.int64)[mentors]
        self.mate[mentees[stays]] = mentors[stays]
        for mentor, *one in zip(*(of[stays].tolist() for of in (mentors, key, mentees)), strict=True):
            heap = self.heaps[mentor]
            heap.append(tuple(one))  # in rising order, which is a heap
            if len(heap) == self.places[mentor]:
                self.least[mentor] = heap[0][0]

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
        self._left: dict[int, Iterator[tuple[int, int]]] = {}
        """What those who have asked again have not tried yet."""

    def write(self, rows: Ints, least: Ints) -> None:
        """Look at all mentors for some mentees, at what it takes now to be held."""
        enough = (least // (STEP * self._mentees)).astype(np.float32)
        """What each mentor must think of a mentee; those who are just equal are compared to the last."""
        anybody = bool((enough < 0).all())
        for some, mine, theirs in self._source.views_of(rows):
            wish = mine
            if not anybody:
                may = theirs > enough
                row, column = np.nonzero(theirs == enough)
                own, other = (view[row, column].astype(np.int64) for view in (theirs, mine))
                may[row, column] = keys(own, other, some[row], self._mentees) > least[column]
                wish = np.where(may, mine, np.float32(-1))
            cut = _cut(wish)
            flat = np.flatnonzero(wish >= np.maximum(cut, 0)[:, None])
            row, column, own, other = _sorted(flat, mine, theirs)
            self.whole[some] = (cut < 0) & (np.bincount(row, minlength=len(some)) <= self._kept)
            place = np.arange(len(row)) - np.searchsorted(row, row)
            listed = place < self._kept
            row, column, place = row[listed], column[listed], place[listed]
            self.key[some] = -2
            self.mentor[some[row], place] = column
            self.key[some[row], place] = keys(other[listed], own[listed], some[row], self._mentees)
        for row_ in rows.tolist():
            self._left.pop(row_, None)

    def first(self, rows: Ints) -> tuple[Ints, Ints, Ints]:
        """(mentees, mentors, keys) of everybody's first wish, if there is one."""
        rows = rows[self.key[rows, 0] > -1]
        return rows, self.mentor[rows, 0], self.key[rows, 0]

    def left(self, row: int) -> Iterator[tuple[int, int]]:
        """The (mentor, key) pairs on the list of a mentee that were not tried yet."""
        if (left := self._left.get(row)) is None:
            left = self._left[row] = zip(self.mentor[row].tolist(), self.key[row].tolist(), strict=True)
        return left


def keys(own: Ints, other: Ints, row: Ints, rows: int) -> Ints:
    """Strict order of one side: own view, then the other's, then the earlier row."""
    return (own * STEP + other) * rows + (rows - 1 - row)


def _cut(wish: Strip) -> Strip:
    """For each row what about AIMED wishes reach, negative where all that may be do."""
    width = wish.shape[1]
    if width <= LISTED:
        return np.full(len(wish), -1, np.float32)
    step = min(max(width // SAMPLED, 1), APART)
    sample = wish[:, ::step]
    last = sample.shape[1] - -(-AIMED // step)
    return np.asarray(np.partition(sample, last, axis=1)[:, last])


def _sorted(flat: Ints, mine: Strip, theirs: Strip) -> tuple[Ints, Ints, Ints, Ints]:
    """(row, column, own view, the other's) of some pairs, row by row, the most wanted first; at ties the earlier."""
    width, bits = mine.shape[1], len(flat).bit_length()
    row, column = np.divmod(flat, max(width, 1))
    own, other = (view.ravel()[flat].astype(np.int64) for view in (mine, theirs))
    rank = (row * STEP + STEP - 1 - own) * STEP + STEP - 1 - other
    order = np.sort((rank << bits) + np.arange(len(flat))) & ((1 << bits) - 1)
    return row[order], column[order], own[order], other[order]


def _mentees_propose(source: TwoSided, places: Ints, rows: Ints) -> _Held:
    held, lists = _Held(source.size[0], places), _Lists(source)
    if not len(places):
        return held
    lists.write(rows, np.array(held.least))
    held.begin(*lists.first(rows))
    late = _settle(held, lists, rows[held.mate[rows] == UNKNOWN])
    while len(late):
        lists.write(late, np.array(held.least))
        late = _settle(held, lists, late)
    return held


def _settle(held: _Held, lists: _Lists, rows: Ints) -> Ints:
    """Let these ask, and whoever has to go for them, until all are held or at the end of their list.

    Returns those whose list was not the whole.
    """
    late: set[int] = set()
    queue, least = rows[::-1].tolist(), held.least
    while queue:
        row = queue.pop()
        for mentor, key in lists.left(row):
            if key > least[mentor]:  # not so where they were held before
                if (out := held.take(mentor, row, key)) != UNKNOWN:
                    queue.append(out)
                break
        else:
            if not lists.whole[row]:
                late.add(row)
    return np.array(sorted(late), np.int64)


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
        queue += [mentor] * found.places[mentor]
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
