"""Contact before and after somebody saw to a relationship: counted, set side by side, never a cause and an effect."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from evaluation.facts import DAY, Facts
from evaluation.models import COMPARED, LEAST_COMPARED


@dataclass(frozen=True)
class BeforeAfter:
    """On how many of so many days (24 hours each, counted from the act) there was contact both ways; 0 days: not comparable."""

    days: int
    before: int = 0
    after: int = 0


def before_and_after(facts: Facts, acts: Iterable[tuple[int, datetime]]) -> Iterator[BeforeAfter | None]:
    """For each act (relationship id, moment) the days with two-way contact before and after it; None of a relationship that the
    facts do not know. As many days on both sides: 14, or as many as the relationship had lived. Where it rested or ended in
    them, or had lived for less than a week, nothing is compared."""
    unit, at = facts.two_way
    order = np.lexsort((at, unit))
    unit, at = unit[order], at[order]
    for pk, moment in acts:
        place = facts.pairs.place.get(pk)
        yield None if place is None else _around(facts, place, moment.timestamp(), at[unit.searchsorted(place):
                                                  unit.searchsorted(place, "right")])  # fmt: skip


def _around(facts: Facts, place: int, act: float, contacts: np.ndarray) -> BeforeAfter:
    days = int(min(COMPARED.total_seconds(), act - facts.pairs.start[place]) // DAY)
    first, last = act - days * DAY, act + days * DAY
    pair = np.array([place, place])
    began, ended = facts.lived(pair, np.array([first, last]))
    if days < LEAST_COMPARED.days or facts.pairs.end[place] < last or ended - began < last - first - 1:
        return BeforeAfter(0)
    day = np.unique((contacts[(contacts >= first) & (contacts < last)] - act) // DAY)
    return BeforeAfter(days, int((day < 0).sum()), int((day >= 0).sum()))
