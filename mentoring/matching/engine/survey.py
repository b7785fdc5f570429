"""One pass over the whole table of pairs, in blocks: which exist, what they score, what each rule removed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .criteria import Criteria
from .eligibility import Eligibility
from .people import Bools, Cohort, Ints
from .views import Block

BLOCK_CELLS = 1 << 20
ALL_ARCS = 3_000_000
"""Up to this many pairs the solver gets every arc; above it the best KEPT per mentee, and more when prices ask."""
KEPT = 64

Progress = Callable[[int, int], None]
"""Called with (mentees done, mentees in all); may raise to stop the run."""


@dataclass(frozen=True, eq=False)
class Survey:
    """What the pass found. `alone[i, r]`: mentors that only rule r keeps from mentee i."""

    tail: Ints
    head: Ints
    score: Ints
    eligible: Ints
    codes: tuple[str, ...]
    removed: Ints
    removed_alone: Ints
    alone: Ints

    def ranks(self, side: str, rows: Ints, scores: Ints) -> Ints:
        """The place of each score among all possible pairs of one person ("tail" mentees, "head" mentors)."""
        if len(self.tail) < int(self.eligible.sum()):
            return np.zeros(len(rows), np.int64)
        owner: Ints = getattr(self, side)
        width = int(self.score.max(initial=0)) + 1
        ordered = np.sort(owner * width + self.score)
        end = np.searchsorted(ordered, (rows + 1) * width)
        return end - np.searchsorted(ordered, rows * width + np.minimum(scores, width - 1), side="right") + 1


def blocks(mentees: int, mentors: int) -> Iterator[tuple[int, int]]:
    """Ranges of mentees whose table of pairs stays small."""
    step = max(1, BLOCK_CELLS // max(1, mentors))
    for start in range(0, mentees, step):
        yield start, min(start + step, mentees)


def survey(cohort: Cohort, criteria: Criteria, eligibility: Eligibility, progress: Progress | None) -> Survey:
    """Look at every pair once."""
    n, m = len(cohort.mentees), len(cohort.mentors)
    codes = eligibility.codes
    removed = np.zeros(len(codes), np.int64)
    alone, eligible = np.zeros((n, len(codes)), np.int64), np.zeros(n, np.int64)
    arcs: list[tuple[Ints, Ints, Ints]] = []
    for start, stop in blocks(n, m):
        view = Block(start, stop)
        failing = np.zeros((stop - start, m), np.uint8)
        masks: list[Bools] = []
        for _, mask in eligibility.each(view):
            full_mask = np.broadcast_to(mask, failing.shape)
            failing += full_mask
            masks.append(full_mask)
        for column, mask in enumerate(masks):
            removed[column] += mask.sum()
            alone[start:stop, column] = (mask & (failing == 1)).sum(axis=1)
        allowed = failing == 0
        eligible[start:stop] = allowed.sum(axis=1)
        arcs.append(_arcs(start, allowed, criteria.scores(view), everything=n * m <= ALL_ARCS))
        if progress:
            progress(stop, n)
    tail, head, score = (np.concatenate([a[k] for a in arcs]) if arcs else np.zeros(0, np.int64) for k in range(3))
    return Survey(tail, head, score, eligible, codes, removed, alone.sum(axis=0), alone)


def _arcs(start: int, allowed: Bools, scores: NDArray[np.int32], *, everything: bool) -> tuple[Ints, Ints, Ints]:
    """Arcs of one block; the rank is made unique by the mentor's row, so the chosen set is the same everywhere."""
    scores = np.broadcast_to(scores, allowed.shape)
    if not everything and allowed.shape[1] > KEPT:
        rank = np.where(allowed, scores.astype(np.int64), -1) * allowed.shape[1] + np.arange(allowed.shape[1])
        best = np.argpartition(-rank, KEPT, axis=1)[:, :KEPT]
        chosen = np.zeros_like(allowed)
        np.put_along_axis(chosen, best, True, axis=1)
        allowed = allowed & chosen
    row, column = np.nonzero(allowed)
    return row + start, column, scores[row, column].astype(np.int64)
