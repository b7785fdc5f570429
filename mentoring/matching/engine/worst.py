"""The lowest score as high as possible: the best floor below which nobody needs to be matched, and its proof."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from ortools.graph.python.max_flow import SimpleMaxFlow

from .candidates import Source
from .flow import Optimum
from .layers import ABSENT, Strip
from .optimum import optimum
from .people import UNKNOWN, Bools, Ints
from .worth import Worth


@dataclass(frozen=True, eq=False)
class AtLeast:
    """A source without the pairs below a floor."""

    whole: Source
    floor: int

    @property
    def size(self) -> tuple[int, int]:
        return self.whole.size

    def strips(self, rows: Ints) -> Iterator[tuple[Ints, Strip]]:
        for some, strip in self.whole.strips(rows):
            np.copyto(strip, ABSENT, where=strip < self.floor)
            yield some, strip

    def narrowed(self, columns: Ints) -> AtLeast:
        return replace(self, whole=self.whole.narrowed(columns))

    def scores(self, mentees: Ints, mentors: Ints) -> Ints:
        return self.whole.scores(mentees, mentors)

    def exists(self, mentees: Ints, mentors: Ints) -> Bools:
        return self.whole.exists(mentees, mentors) & (self.whole.scores(mentees, mentors) >= self.floor)


@dataclass(frozen=True, eq=False)
class Floor:
    """The best floor, the best assignment above it, and the one that shows that no higher floor serves as many."""

    floor: int
    best: Optimum
    most: Optimum
    above: Optimum | None
    """With a floor one point higher: fewer people. None where nobody is matched or all scores are full."""


def highest_floor(source: Source, worth: Worth, places: Ints, rows: Ints, top: int) -> Floor:
    """As many people as can be, none of them below the highest possible floor, then the highest sum."""
    most = optimum(source, worth, places, rows)
    people = _matched(most.mate)
    known = [most.arcs()]
    floor = _floor_among(source, known, places, people)
    while people and floor < top:
        above = optimum(AtLeast(source, floor + 1), worth, places, rows)
        if _matched(above.mate) < people:
            best = optimum(AtLeast(source, floor), worth, places, rows)
            return Floor(floor, best, most, above)
        known.append(above.arcs())
        floor = max(floor + 1, _floor_among(source, known, places, people))
    best = optimum(AtLeast(source, floor), worth, places, rows) if floor else most
    return Floor(floor, best, most, None)


def _matched(mate: Ints) -> int:
    return int((mate != UNKNOWN).sum())


def _floor_among(source: Source, known: list[tuple[Ints, Ints]], places: Ints, people: int) -> int:
    """The highest floor at which the pairs known so far still serve as many people (bisection over their scores)."""
    if not people:
        return 0
    tail, head = (np.concatenate([arcs[side] for arcs in known]) for side in (0, 1))
    scores = source.scores(tail, head)
    steps = np.unique(scores)
    low, high = 0, len(steps) - 1
    while low < high:
        middle = (low + high + 1) // 2
        chosen = scores >= steps[middle]
        if _served(source.size[0], places, tail[chosen], head[chosen]) >= people:
            low = middle
        else:
            high = middle - 1
    return int(steps[low])


def _served(mentees: int, places: Ints, tail: Ints, head: Ints) -> int:
    """How many people these pairs can serve."""
    arcs = np.unique(tail * len(places) + head)
    tail, head = np.divmod(arcs, len(places))
    flow, everybody = SimpleMaxFlow(), np.arange(mentees)
    source, sink = mentees + len(places), mentees + len(places) + 1
    flow.add_arcs_with_capacity(
        np.concatenate([np.full(mentees, source), tail, mentees + np.arange(len(places))]).astype(np.int32),
        np.concatenate([everybody, mentees + head, np.full(len(places), sink)]).astype(np.int32),
        np.concatenate([np.ones(mentees + len(tail), np.int64), places]),
    )
    flow.solve(source, sink)
    return int(flow.optimal_flow())
