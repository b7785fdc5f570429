"""Candidates in eight bytes each: row, column, score and whether the flow sees the pair, as one whole number."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from .candidates import COLUMN_BITS
from .people import Bools, Ints

SCORE_BITS = 16
BELOW = SCORE_BITS + 1
"""The score, and one bit for a pair that is seen."""
PORTION = 1 << 14
"""Candidates unpacked together: 128 KB for each of their numbers."""

Arcs = tuple[Ints, Ints, Ints]
"""Mentee rows, mentor rows, scores."""


class Packed:
    """Pairs by mentee and mentor, none twice."""

    def __init__(self) -> None:
        self._pairs = np.zeros(0, np.int64)

    def __len__(self) -> int:
        return len(self._pairs)

    def add(self, tail: NDArray, head: NDArray, score: NDArray, seen: Bools | bool) -> None:
        """Take in pairs. One that is there already stays, and is seen from now on if it is to be seen here."""
        if not len(tail):
            return
        old, self._pairs = self._pairs, np.empty(len(self._pairs) + len(tail), np.int64)
        self._pairs[: len(old)] = old
        new = self._pairs[len(old) :]
        del old
        new[:] = tail
        for bits, more in ((COLUMN_BITS, head), (SCORE_BITS, score), (1, seen)):
            new <<= bits
            new |= more
        new.sort()
        if len(self._pairs) > len(new):
            self._pairs.sort(kind="stable")  # finds the two sorted parts and merges them
        last = np.ones(len(self._pairs), np.bool_)
        for part in self._portions():
            later = self._pairs[part.start + 1 : part.stop + 1] | 1
            last[part][: len(later)] = (self._pairs[part][: len(later)] | 1) != later
        if not last.all():
            self._pairs = self._pairs[last]

    @property
    def seen(self) -> Bools:
        """Which of them the flow sees."""
        return (self._pairs & 1).astype(np.bool_)

    def see(self, which: Bools, *, only: bool = False) -> None:
        """Let the flow see these too, or these only."""
        if only:
            self._pairs &= ~1
        self._pairs |= which

    def arcs(self, *, seen: bool = False) -> Arcs:
        """All pairs, or those that the flow sees."""
        return _unpacked(self._pairs[self.seen] if seen else self._pairs)

    def by_portions(self) -> Iterator[tuple[slice, Arcs]]:
        """All pairs, so many at a time that they take little room."""
        for part in self._portions():
            yield part, _unpacked(self._pairs[part])

    def _portions(self) -> Iterator[slice]:
        for start in range(0, len(self._pairs), PORTION):
            yield slice(start, min(start + PORTION, len(self._pairs)))


def _unpacked(pairs: Ints) -> Arcs:
    tail, head = pairs >> COLUMN_BITS + BELOW, pairs >> BELOW & (1 << COLUMN_BITS) - 1
    return tail, head, pairs >> 1 & (1 << SCORE_BITS) - 1
