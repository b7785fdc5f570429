"""What can be told about a finished run, computed when somebody asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .audit import RuleCount, blocking, count_rules, rank
from .outcome import Outcome, Task
from .people import Ints
from .reasons import reasons
from .result import Blocking, MentorLoad, RuleCost, Unmatched
from .settings import RULES
from .week import MINUTES_PER_SLOT
from .worth import FAR


@dataclass(frozen=True, eq=False)
class Share:
    """One table of a run with its outcome; its pairs are the locked ones, then those found."""

    task: Task
    outcome: Outcome

    @cached_property
    def tail(self) -> Ints:
        return np.concatenate([self.task.locked[0], self.outcome.tail])

    @cached_property
    def head(self) -> Ints:
        return np.concatenate([self.task.locked[1], self.outcome.head])

    @cached_property
    def scores(self) -> Ints:
        table, known = self.task.table, self.outcome.scores
        if known is None:
            return table.scores(self.tail, self.head)
        return np.concatenate([table.scores(*self.task.locked), known])

    @cached_property
    def rules(self) -> RuleCount:
        return count_rules(self.task.table)

    @cached_property
    def highest(self) -> Ints:
        """What one place fewer would cost at each mentor; 0 where the aim knows no prices."""
        if self.outcome.highest is None:
            return np.zeros(len(self.task.places), np.int64)
        found = self.outcome.highest()
        return np.where(found >= FAR, 0, found)

    @cached_property
    def lowest(self) -> Ints:
        """What one more place would bring at each mentor."""
        return np.where(self.outcome.prices >= FAR, 0, self.outcome.prices)


class Account:
    """Tells about a run in the order of its pairs."""

    def __init__(self, shares: list[Share]) -> None:
        self.shares = shares
        keys = [
            np.concatenate([np.zeros(0, np.int64), *(of(share) for share in shares)]) for of in (_mentees, _mentors)
        ]
        self.order = np.lexsort((keys[1], keys[0]))
        self.mentees, self.mentors = keys[0][self.order], keys[1][self.order]
        fixed = [np.arange(len(share.tail)) < len(share.task.locked[0]) for share in shares]
        self.locked = np.concatenate([np.zeros(0, np.bool_), *fixed])[self.order]

    def _ordered(self, tell: Callable[[Share], NDArray]) -> NDArray:
        return np.concatenate([tell(share) for share in self.shares])[self.order]

    def scores(self) -> Ints:
        return self._ordered(lambda share: share.scores)

    def left(self) -> Ints:
        """Keys of mentees without a mentor."""
        left = [np.delete(s.task.table.cohort.mentees.keys, s.tail) for s in self.shares]
        return np.sort(np.concatenate(left))

    def parts(self) -> NDArray[np.int64]:
        return self._ordered(lambda share: share.task.table.parts(share.tail, share.head))

    def overlap(self) -> Ints:
        slots = self._ordered(lambda share: share.task.table.criteria.week.slots(share.tail, share.head))
        return slots * MINUTES_PER_SLOT

    def ranks(self) -> tuple[Ints, Ints]:
        both = self._ordered(lambda s: np.stack(rank(s.task.table, s.tail, s.head), axis=1))
        return both[:, 0], both[:, 1]

    def broken(self) -> tuple[tuple[str, ...], ...]:
        return self._codes(lambda share: share.task.table.eligibility.broken(share.tail, share.head))

    def unknown(self) -> tuple[tuple[str, ...], ...]:
        def missing(share: Share) -> dict[str, NDArray[np.bool_]]:
            rules = share.task.table.eligibility
            return {code: rules.unknown(code, share.tail, share.head) for code in rules.codes}

        return self._codes(missing)

    def _codes(self, tell: Callable[[Share], dict[str, NDArray[np.bool_]]]) -> tuple[tuple[str, ...], ...]:
        found: list[tuple[str, ...]] = []
        for share in self.shares:
            own: list[tuple[str, ...]] = [()] * len(share.tail)
            for code, mask in tell(share).items():
                for pair in np.flatnonzero(mask).tolist():
                    own[pair] = (*own[pair], code)
            found += own
        return tuple(found[pair] for pair in self.order.tolist())

    def rules(self) -> tuple[RuleCost, ...]:
        found: dict[str, RuleCost] = {}
        for share in self.shares:
            for cost in share.rules.costs(share.task.table.rules):
                old = found.get(cost.code, RuleCost(cost.code, 0, 0, 0))
                found[cost.code] = RuleCost(
                    cost.code,
                    old.pairs + cost.pairs,
                    old.pairs_alone + cost.pairs_alone,
                    old.mentees_left + cost.mentees_left,
                    cost.soft,
                )
        return tuple(found[code] for code in RULES if code in found)

    def load(self) -> tuple[MentorLoad, ...]:
        rows = []
        for share in self.shares:
            worth, mentors = share.task.worth, share.task.table.cohort.mentors
            filled = np.bincount(share.head, minlength=len(mentors))
            more, fewer = ([worth.told(int(price)) for price in prices] for prices in (share.lowest, share.highest))
            told = zip(mentors.keys.tolist(), filled.tolist(), mentors.places.tolist(), more, fewer, strict=True)
            rows += [MentorLoad(key, has, places, *one, *other) for key, has, places, one, other in told]
        return tuple(sorted(rows, key=lambda row: row.mentor))

    def blocking(self) -> Blocking:
        count, pairs = 0, []
        for share in self.shares:
            table, task = share.task.table, share.task
            found = blocking(table, share.outcome.tail, share.outcome.head, task.places, task.locked[0])
            mentees, mentors = table.cohort.mentees.keys, table.cohort.mentors.keys
            count += found.count
            pairs += [(int(mentees[row]), int(mentors[column]), a, b) for row, column, a, b in found.pairs]
        pairs.sort(key=lambda pair: (-pair[2] - pair[3], pair[0], pair[1]))
        return Blocking(count, tuple(pairs[:50]))

    def unmatched(self) -> tuple[Unmatched, ...]:
        rows = []
        for share in self.shares:
            left = np.setdiff1d(np.arange(share.task.table.size[0]), share.tail)
            rows += reasons(share.task.table, left, share.highest, share.task.worth)
        return tuple(sorted(rows, key=lambda row: row.mentee))


def _mentees(share: Share) -> Ints:
    return share.task.table.cohort.mentees.keys[share.tail]


def _mentors(share: Share) -> Ints:
    return share.task.table.cohort.mentors.keys[share.head]
