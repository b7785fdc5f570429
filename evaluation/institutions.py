"""An institution's scores, made of what its programmes show and of nothing else.

What a programme hides enters no sum, so no hidden figure can be worked out from its institution's. Each relationship weighs
alike (a figure that a programme has only as a whole weighs as much as its relationships). Intervals resample programmes, then
relationships within each: a drawn programme brings one of its own draws.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from evaluation.indicators import ALL, Indicator
from evaluation.measure import Board
from evaluation.rolling import Result, Rollup
from evaluation.statistics.rollup import SCORED, interval, state_of
from evaluation.statistics.scoring import Floats

DRAWS, CHUNK = 1000, 50


@dataclass(frozen=True)
class Share:
    """What one programme brings: of each indicator its state, anchors, value (NaN: none to be shown), weight, number of units and
    share of units under 50; of each component what people say, how many they are, and whether anybody was asked; draws of
    both."""

    states: list[str]
    anchors: list[tuple[float, ...]]
    means: Floats
    weights: Floats
    n: Floats
    below_50: Floats
    told: Floats
    people: Floats
    asked: list[bool]
    drawn: tuple[Floats, Floats] | None
    seen: dict[str, int]


def share_of(board: Board) -> Share:
    results, pairs = board.results, max(len(board.facts.pairs), 1)
    n = np.array([result.n if result.state == SCORED else 0 for result in results], dtype=float)
    below = [
        float((result.scores[~np.isnan(result.scores)] < 50).mean())
        if result.state == SCORED and result.indicator.per != "G"
        else np.nan
        for result in results
    ]
    drawn = tuple(each.astype(np.float32) for each in board.drawn) if len(board.facts.pairs) > 1 else None
    return Share(
        states=[result.state for result in results],
        anchors=[result.indicator.anchors for result in results],
        means=board.means,
        weights=np.where([result.indicator.per == "G" for result in results], pairs, n),
        n=n,
        below_50=np.array(below),
        told=board.told,
        people=np.array([len(mentors | mentees) for mentors, mentees in board.said.people], dtype=float),
        asked=[board.asked(place) for place in range(len(board.parts))],
        drawn=drawn,  # type: ignore[arg-type]
        seen=board.seen(),
    )


def weighted(values: Floats, weights: Floats) -> Floats:
    """The mean over the last axis but one of what is there; NaN where nothing is."""
    there = ~np.isnan(values)
    total = (there * weights).sum(axis=-2)
    summed = (np.where(there, values, 0.0) * weights).sum(axis=-2)
    mean: Floats = np.divide(summed, total, out=np.full(total.shape, np.nan), where=total > 0)
    return mean


class InstitutionBoard(Rollup):
    """All scores of an institution at one moment, from at least one programme."""

    def __init__(self, shares: Sequence[Share]) -> None:
        self.shares = shares
        self._weights = np.stack([share.weights for share in shares])
        self._people = np.stack([share.people for share in shares])
        means = weighted(np.stack([share.means for share in shares]), self._weights)
        results = [self._result(place, indicator, float(means[place])) for place, indicator in enumerate(ALL)]
        super().__init__(results, weighted(np.stack([share.told for share in shares]), self._people))
        drawn, said = self._draws()
        self.intervals = self._ends(drawn, said)
        for place, indicator in enumerate(ALL):
            if (ends := interval(drawn[:, place])) is not None:
                self.intervals[indicator.code, "behaviour"] = ends

    def _result(self, place: int, indicator: Indicator, value: float) -> Result:
        states = [share.states[place] for share in self.shares]
        n = int(sum(share.n[place] for share in self.shares))
        if indicator.levels == "I":  # every programme brings the same figure
            n = int(max(share.n[place] for share in self.shares))
        return Result(indicator, state_of(states, not np.isnan(value)), value=value, n=n)

    def _draws(self) -> tuple[Floats, Floats]:
        own = [self._own_draws(share) for share in self.shares]
        means, told = (np.stack([each[part] for each in own]) for part in (0, 1))
        size, rng = len(self.shares), np.random.default_rng(1)
        drawn, said = np.empty((DRAWS, means.shape[-1])), np.empty((DRAWS, told.shape[-1]))
        for begin in range(0, DRAWS, CHUNK):
            chosen = rng.integers(0, size, (CHUNK, size))
            which = rng.integers(0, means.shape[1], (CHUNK, size))
            rows = slice(begin, begin + CHUNK)
            drawn[rows] = weighted(means[chosen, which], self._weights[chosen])
            said[rows] = weighted(told[chosen, which], self._people[chosen])
        return drawn, said

    @staticmethod
    def _own_draws(share: Share) -> tuple[Floats, Floats]:
        if share.drawn is not None:
            return share.drawn
        return tuple(np.broadcast_to(each, (DRAWS, len(each))) for each in (share.means, share.told))  # type: ignore[return-value]

    def asked(self, place: int) -> bool:
        return any(share.asked[place] for share in self.shares)

    def voices(self, place: int) -> dict[str, Any]:
        return {"people": int(sum(s.people[place] for s in self.shares if not np.isnan(s.told[place])))}

    def seen(self) -> dict[str, int]:
        return {slug: sum(share.seen[slug] for share in self.shares) for slug in self.shares[0].seen}

    def inputs(self, place: int) -> dict[str, Any]:
        """What an indicator's figure was made of: of how many programmes, how many units lie below 50, its interval; and where
        some have set anchors of their own, those of each, or of all, if they are the same."""
        scored = [not np.isnan(share.means[place]) for share in self.shares]
        found: dict[str, Any] = {"programmes": sum(scored), "of": len(self.shares)}
        anchors = [share.anchors[place] for share, there in zip(self.shares, scored, strict=True) if there]
        if set(anchors) - {ALL[place].anchors}:
            found["anchors"] = anchors if len(set(anchors)) > 1 else anchors[:1]
        below = weighted(np.stack([share.below_50[[place]] for share in self.shares]), self._weights[:, [place]])[0]
        if not np.isnan(below):
            found["below_50"] = round(float(below), 4)
        if ends := self.intervals.get((ALL[place].code, "behaviour")):
            found["low"], found["high"] = (round(end, 2) for end in ends)
        return found
