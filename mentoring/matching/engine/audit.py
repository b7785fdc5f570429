"""One look at every pair after a run: what each rule removes, who ranks where, who would rather have each other."""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np

from .layers import THRESHOLD, Strip
from .people import Cohort, Ints
from .result import Blocking, RuleCost
from .settings import Rules
from .stable import TwoSided
from .table import Table

COUNTED = 200_000_000
"""Ranks are counted in tables of up to this many pairs."""
SHOWN = 50
"""Blocking pairs told by name."""
THRESHOLDS = 6
"""Pairs of one mentor ranked in the pass over all; mentors with more are ranked column by column."""
COLUMN_CELLS = 1 << 22


@dataclass(frozen=True, eq=False)
class RuleCount:
    """Per rule what it removes; per mentee and rule the mentors only that rule keeps away."""

    codes: tuple[str, ...]
    pairs: Ints
    alone: Ints
    eligible: Ints
    alone_of: Ints

    def costs(self, rules: Rules) -> tuple[RuleCost, ...]:
        """As rows of a report."""
        left = ((self.eligible == 0)[:, None] & (self.alone_of > 0)).sum(axis=0)
        return tuple(
            RuleCost(code, int(self.pairs[c]), int(self.alone[c]), int(left[c]), rules.soft.get(code, 0))
            for c, code in enumerate(self.codes)
        )


def count_rules(table: Table) -> RuleCount:
    """What each rule removes alone and with others."""
    n, m = table.size
    rules, week = table.eligibility, table.criteria.week
    pairs, alone_of = np.zeros(len(rules.codes), np.int64), np.zeros((n, len(rules.codes)), np.int64)
    eligible = np.zeros(n, np.int64)
    hard = [c for c, code in enumerate(rules.codes) if code in rules.hard]
    for some, slots in week.tables(np.arange(n)):
        masks = [mask for _, mask in rules.masks(some, slots)]
        failing = np.zeros((len(some), m), np.uint8)
        for c in hard:
            failing += masks[c]
        for c, mask in enumerate(masks):
            pairs[c] += np.count_nonzero(mask)
        for c in hard:
            alone_of[some, c] = (masks[c] & (failing == 1)).sum(axis=1, dtype=np.int32)
        eligible[some] = (failing == 0).sum(axis=1, dtype=np.int32)
    return RuleCount(rules.codes, pairs, alone_of.sum(axis=0), eligible, alone_of)


def rule_costs(cohort: Cohort, rules: Rules | None = None) -> tuple[RuleCost, ...]:
    """What each rule would remove, without a run."""
    table = Table(cohort, rules)
    return count_rules(table).costs(table.rules)


def rank(table: TwoSided, tail: Ints, head: Ints) -> tuple[Ints, Ints]:
    """The place of each pair among all that may be, for the mentee and for the mentor; 0 where pairs are too many."""
    n, m = table.size
    for_mentee, for_mentor = np.zeros(len(tail), np.int64), np.zeros(len(tail), np.int64)
    if n * m > COUNTED or not len(tail):
        return for_mentee, for_mentor
    own = table.scores(tail, head).astype(np.float32)
    turn, limits = _turns(head, own, m)
    better = np.zeros(limits.shape, np.int64)
    order = np.argsort(tail, kind="stable")
    for some, strip in table.strips(np.arange(n)):
        here = order[np.searchsorted(tail[order], some[0]) : np.searchsorted(tail[order], some[-1] + 1)]
        row = np.searchsorted(some, tail[here])
        for_mentee[here] = 1 + np.count_nonzero(strip[row] > own[here, None], axis=1)
        for k, limit in enumerate(limits):
            better[k] += (strip > limit).sum(axis=0, dtype=np.int32)
    few = turn < len(limits)
    for_mentor[few] = 1 + better[turn[few], head[few]]
    for column in np.array_split(np.unique(head[~few]), max(1, len(np.unique(head[~few])) * n // COLUMN_CELLS)):
        if len(column):
            _rank_columns(table, column, tail, head, own, for_mentor)
    return for_mentee, for_mentor


def _turns(head: Ints, own: Strip, mentors: int) -> tuple[Ints, Strip]:
    """Number the pairs of each mentor, and lay their scores beside each other: one row per number."""
    order = np.argsort(head, kind="stable")
    turn = np.zeros(len(head), np.int64)
    turn[order] = np.arange(len(head)) - np.searchsorted(head[order], head[order])
    rows = min(int(turn.max()) + 1, THRESHOLDS)
    limits = np.full((rows, mentors), np.inf, np.float32)
    few = turn < rows
    limits[turn[few], head[few]] = own[few]
    heavy = np.bincount(head, minlength=mentors)[head] > rows
    turn[heavy] = rows
    return turn, limits


def _rank_columns(table: TwoSided, columns: Ints, tail: Ints, head: Ints, own: Strip, ranks: Ints) -> None:
    whole = np.concatenate([strip.copy() for _, strip in table.narrowed(columns).strips(np.arange(table.size[0]))])
    whole.sort(axis=0)
    for place, column in enumerate(columns.tolist()):
        pairs = np.flatnonzero(head == column)
        ranks[pairs] = 1 + len(whole) - np.searchsorted(whole[:, place], own[pairs], side="right")


def blocking(table: TwoSided, tail: Ints, head: Ints, places: Ints, fixed: Ints) -> Blocking:
    """Pairs that may be and would both gain. `places` are all a mentor can fill by choice, `fixed` mentees by lock.

    A mentee without a mentor and a mentor with a free place gain from everybody.
    """
    n, m = table.size
    mine, theirs = table.views_of_pairs(tail, head)
    own = np.full(n, -1.0, np.float32)
    own[fixed] = np.inf
    worst = np.full(n, np.inf, np.float32)
    np.minimum.at(worst, tail, mine)
    own[tail] = worst[tail]
    least = np.full(m, np.inf, np.float32)
    np.minimum.at(least, head, theirs)
    load = np.bincount(head, minlength=m)
    least = np.where(load < places, -1, np.where(places > 0, least, np.inf)).astype(np.float32)
    count, best = 0, []
    for some, wish, view in table.views_of(np.arange(n)):
        both = (wish > own[some, None]) & (view > least) & (wish > THRESHOLD)
        found = int(np.count_nonzero(both))
        if not found:
            continue
        count += found
        row, column = np.nonzero(both)
        gain = wish[row, column] - own[some[row]].clip(min=0), view[row, column] - least[column].clip(min=0)
        top = np.argsort(-(gain[0] + gain[1]), kind="stable")[:SHOWN]
        best += [
            (-int(gain[0][k] + gain[1][k]), int(some[row[k]]), int(column[k]), int(gain[0][k]), int(gain[1][k]))
            for k in top
        ]
    shown = heapq.nsmallest(SHOWN, best)
    return Blocking(count, tuple((row, column, a, b) for _, row, column, a, b in shown))
