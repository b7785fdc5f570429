"""A cohort with its rules and weights, ready to be scored: strip by strip for a run, pair by pair for a question.

A strip is a block of float32 rows that hold whole numbers only: one matrix product for all bilinear measures, one
gathered row for all lookups and gates, one look-up by shared slots, and a few scattered entries. Nothing of size
mentees x mentors ever exists, save of small tables that are asked for again (2 MB at most).
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .criteria import MEASURES, Criteria, weighed
from .eligibility import Eligibility
from .layers import THRESHOLD, Layer, Strip, layer, to_points
from .measures import FULL
from .people import Bools, Cohort, Ints
from .settings import CRITERIA, Fusion, Rules, Weights
from .week import Room

HELD_CELLS = 1 << 19
"""A table of so many pairs may be held: 2 MB of float32."""
STRIP_CELLS = 1 << 17
"""Pairs worked on together, few enough to stay in the fast memory of one core."""
SUMMED_ROWS, SUMMED_STRIPS = 64, 4
"""A product for fewer mentees costs as much to prepare as to multiply: it is for so many, or so many strips (2 MB)."""


class Table:
    """Scores and rules of a cohort for every pair that is asked for. Build it once, ask it often."""

    def __init__(
        self,
        cohort: Cohort,
        rules: Rules | None = None,
        weights: Weights | None = None,
        fusion: Fusion | None = None,
    ) -> None:
        self.cohort = cohort
        self.rules = rules or Rules()
        self.fusion = fusion or Fusion()
        self.criteria = Criteria(cohort.without_far_wishes() if self.rules.same_programme else cohort)
        self.eligibility = Eligibility(cohort, self.rules, self.criteria.week)
        self.views = weighed(weights or Weights(), self.fusion)
        self._two_views = weighed(weights or Weights(), replace(self.fusion, kind="min"))
        self.size = len(cohort.mentees), len(cohort.mentors)
        self._soft = bool(set(self.rules.soft) & set(self.eligibility.codes))
        self._layers: list[Layer] = []
        self._views: list[Layer] = []
        self._held: Strip | None = None
        self._week = self.criteria.week

    def scores(self, mentees: Ints, mentors: Ints) -> Ints:
        """0..10,000 for pairs, whether or not a hard rule removes them."""
        values = self.criteria.values(mentees, mentors)
        views = [(values @ weights + 500) // 1000 for weights in self.views]
        return np.asarray(np.maximum(self._fused(views) - self._penalties(mentees, mentors), 0))

    def parts(self, mentees: Ints, mentors: Ints) -> Ints:
        """(pairs x PARTS) points that sum exactly to the score (largest remainders; at ties the earlier)."""
        values = self.criteria.values(mentees, mentors)
        views = [(values @ weights + 500) // 1000 for weights in self.views]
        fit = self._fused(views)
        points = values * np.sum(self.views, axis=0)
        points[:, CRITERIA.index("wishes")] += points[:, MEASURES.index("wished")]
        points = points[:, : len(CRITERIA)]
        whole = points.sum(axis=1)
        parts, rest = np.divmod(points * fit[:, None], np.maximum(whole, 1)[:, None])
        missing = np.where(whole > 0, fit - parts.sum(axis=1), 0)
        order = np.argsort(-rest, axis=1, kind="stable")
        given = np.arange(len(CRITERIA))[None, :] < missing[:, None]
        np.put_along_axis(parts, order, np.take_along_axis(parts, order, axis=1) + given, axis=1)
        lost = np.maximum(fit - self._penalties(mentees, mentors), 0) - fit
        return np.concatenate([parts, lost[:, None]], axis=1)

    def views_of_pairs(self, mentees: Ints, mentors: Ints) -> tuple[Ints, Ints]:
        """What each mentee of these pairs thinks of the mentor, and the mentor of them."""
        values, lost = self.criteria.values(mentees, mentors), self._penalties(mentees, mentors)
        mine, theirs = ((values @ view + 500) // 1000 for view in self._two_views)
        return np.maximum(mine - lost, 0), np.maximum(theirs - lost, 0)

    def shares_below(self, scores: ArrayLike) -> NDArray[np.float64]:
        """For each score the share of all pairs that no hard rule removes which score less. Looks through all of them once."""
        counts = np.zeros(FULL + 1, np.int64)
        for _some, strip in self.strips(np.arange(self.size[0])):
            counts += np.bincount(strip[strip > THRESHOLD].astype(np.int64), minlength=FULL + 1)
        below = np.concatenate([[0], np.cumsum(counts)])
        return np.asarray(below[np.asarray(scores, np.int64)] / max(below[-1], 1))

    def exists(self, mentees: Ints, mentors: Ints) -> Bools:
        """Which pairs no hard rule removes."""
        return self.eligibility.passes(mentees, mentors)

    def narrowed(self, columns: Ints) -> Table:
        """The same mentees with some of the mentors, for strips only."""
        narrow = copy(self)
        narrow.size = self.size[0], len(columns)
        if self._held is None:
            narrow._layers = [one.narrowed(columns) for one in self._prepared()]
            narrow._week = self._week.narrowed(columns)
        else:
            narrow._held = self._held[:, columns]
        return narrow

    def hold(self) -> None:
        """Score a small table once and for all, because it will be asked for again."""
        if self._held is None and 0 < self.size[0] * self.size[1] <= HELD_CELLS:
            held = np.empty(self.size, np.float32)
            for some, strip in self.strips(np.arange(self.size[0])):
                held[some[0] : some[-1] + 1] = strip
            self._held = held

    def strips(self, rows: Ints) -> Iterator[tuple[Ints, Strip]]:
        """The scores of some mentees with every mentor, a few rows at a time, below THRESHOLD where a pair is absent.

        A strip may be changed, but is only good until the next one.
        """
        if self._held is None:
            for some, strip, _slots in self.strips_with_slots(rows):
                yield some, strip
            return
        flat = max(STRIP_CELLS // max(self.size[1], 1), 1)
        for first in range(0, len(rows), flat):
            some = rows[first : first + flat]
            yield some, self._held[some]

    def strips_with_slots(self, rows: Ints) -> Iterator[tuple[Ints, Strip, NDArray[np.uint8] | None]]:
        """`strips` beside the shared slots, where anything depends on them."""
        for some, parts, slots in self._summed(rows, self._prepared()):
            yield some, self._rounded(parts), slots

    def _summed(self, rows: Ints, layers: list[Layer]) -> Iterator[tuple[Ints, list[Strip], NDArray[np.uint8] | None]]:
        """Thousandths of points per layer, a few rows at a time."""
        flat = max(STRIP_CELLS // max(self.size[1], 1), 1)
        tall = flat * min(max(SUMMED_ROWS // flat, 1), SUMMED_STRIPS)
        room = Room(min(flat, len(rows)) * self.size[1])
        timed = any(one.by_slots is not None for one in layers)
        for top in range(0, len(rows), tall):
            block = rows[top : top + tall]
            sums = [one.sums(block) for one in layers]
            for first in range(0, len(block), flat):
                some = block[first : first + flat]
                slots = self._week.table(some, room) if timed else None
                parts = [whole[first : first + flat] for whole in sums]
                for one, part in zip(layers, parts, strict=True):
                    one.finish(part, some, slots, room)
                yield some, parts, slots

    def views_of(self, rows: Ints) -> Iterator[tuple[Ints, Strip, Strip]]:
        """What each mentee thinks of every mentor, and the mentors of them: like `strips`, but before they are one."""
        if len(self.views) == 1 and np.array_equal(self._two_views[0], self._two_views[1]):
            for some, strip in self.strips(rows):
                yield some, strip, strip
            return
        self._views = self._views or self._mine_and_change()
        for some, (mine, theirs), _slots in self._summed(rows, self._views):
            theirs += mine
            for view in (mine, theirs):
                to_points(view)
                if self._soft:
                    np.copyto(view, np.float32(0), where=(view < 0) & (view > THRESHOLD))
            yield some, mine, theirs

    def _mine_and_change(self) -> list[Layer]:
        """The mentees' view with the rules, and what the mentors' view adds to it."""
        mine, theirs = self._two_views
        return [layer(self.criteria, mine, self.eligibility), layer(self.criteria, theirs - mine, None)]

    def open_strips(self, rows: Ints) -> Iterator[tuple[Ints, Strip]]:
        """`strips` as if there were no rules."""
        free = copy(self)
        free._soft, free._layers, free._held = False, self._made(self.views, None), None
        return free.strips(rows)

    def _rounded(self, parts: list[Strip]) -> Strip:
        """Thousandths to whole points, views to one score, soft rules kept from going below zero."""
        for part in parts:
            to_points(part)
        if len(parts) == 1:
            strip = parts[0]
        else:
            strip, *views = parts
            strip += self._fused([view.astype(np.int32) for view in views])
        if self._soft:
            np.copyto(strip, np.float32(0), where=(strip < 0) & (strip > THRESHOLD))
        return strip

    def _fused(self, views: list[Any]) -> Any:
        if len(views) == 1:
            return views[0]
        u, v = views
        if self.fusion.kind == "min":
            return np.minimum(u, v)
        if self.fusion.kind == "product":
            return u * v // FULL
        return 2 * u * v // np.maximum(u + v, 1)

    def _penalties(self, mentees: Ints, mentors: Ints) -> Ints:
        lost = np.zeros(len(mentees), np.int64)
        for code, points in self.rules.soft.items():
            if code in self.eligibility.codes:
                lost += points * self.eligibility.fails(code, mentees, mentors)
        return lost

    def _prepared(self) -> list[Layer]:
        """Layers are made when the first strip is asked for; questions about single pairs never need them."""
        if not self._layers:
            self._layers = self._made(self.views, self.eligibility)
        return self._layers

    def _made(self, views: tuple[Ints, ...], rules: Eligibility | None) -> list[Layer]:
        """One layer for the one score, or the rules and each side's view apart."""
        if len(views) == 1:
            return [layer(self.criteria, views[0], rules)]
        nothing = np.zeros(len(MEASURES), np.int64)
        return [layer(self.criteria, nothing, rules), *(layer(self.criteria, view, None) for view in views)]
