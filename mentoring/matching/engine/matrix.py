"""The engine without people: a table of scores in, the same assignments with the same proof out."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy

import numpy as np
from numpy.typing import NDArray

from .layers import ABSENT, Strip
from .people import Bools, Ints
from .table import STRIP_CELLS


class Matrix:
    """A table of scores given as numbers, negative where a pair may not be: the engine without people."""

    def __init__(self, scores: NDArray[np.integer]) -> None:
        self.given = scores
        self.size = self.given.shape

    def strips(self, rows: Ints) -> Iterator[tuple[Ints, Strip]]:
        """As `Table.strips`."""
        flat = max(STRIP_CELLS // max(self.size[1], 1), 1)
        for first in range(0, len(rows), flat):
            some = rows[first : first + flat]
            strip = self.given[some].astype(np.float32)
            np.copyto(strip, ABSENT, where=strip < 0)
            yield some, strip

    def narrowed(self, columns: Ints) -> Matrix:
        """The same mentees with some of the mentors."""
        narrow = copy(self)
        narrow.given = self.given[:, columns]
        narrow.size = narrow.given.shape
        return narrow

    def views_of(self, rows: Ints) -> Iterator[tuple[Ints, Strip, Strip]]:
        """Both sides think alike."""
        for some, strip in self.strips(rows):
            yield some, strip, strip

    def views_of_pairs(self, mentees: Ints, mentors: Ints) -> tuple[Ints, Ints]:
        """Both sides think alike."""
        scores = self.scores(mentees, mentors)
        return scores, scores

    def scores(self, mentees: Ints, mentors: Ints) -> Ints:
        return self.given[mentees, mentors].astype(np.int64).clip(min=0)

    def exists(self, mentees: Ints, mentors: Ints) -> Bools:
        """Which pairs may be."""
        return np.asarray(self.given[mentees, mentors] >= 0)
