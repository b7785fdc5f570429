"""When a figure about people may be shown. Pure Python: no rows, no names of ours.

Three rules, and what they are for:

- A figure stands for `K` people or more; free text and tables of sensitive groups for `K_SENSITIVE`.
- The remainder: what a total leaves over when everything shown is subtracted stands for as many, or for nobody.
- Between two reports of the same slice as many people have changed, or nobody. Answers enter in batches (`Batches`): each
  batch brings at least `k` people whose answers are in no earlier report. So in any sum of published figures the last
  batch alone leaves `k` people standing, and nobody's answer can be worked out, however many reports are compared.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

K = 5
K_SENSITIVE = 10

Unit = TypeVar("Unit", bound=Hashable)
Value = TypeVar("Value")


def hidden(people: Sequence[int], k: int = K) -> frozenset[int]:
    """The places of the cells that are not shown beside their total.

    A cell below `k` people is hidden; an empty one is nobody's and may be shown. If what is hidden stands for fewer than `k`
    people together, or is one cell alone (which the total would give away), the next-smallest goes too.
    """
    away = {place for place, n in enumerate(people) if 0 < n < k}
    rest = sorted((n, place) for place, n in enumerate(people) if n >= k)
    while away and (len(away) == 1 or sum(people[place] for place in away) < k) and rest:
        away.add(rest.pop(0)[1])
    return frozenset(away)


def shown(people: Sequence[int], k: int = K) -> list[int | None]:
    """The counts of a one-way table as they may be published beside their total; None where hidden."""
    away = hidden(people, k)
    return [None if place in away else n for place, n in enumerate(people)]


def may_compare(before: int, now: int, k: int = K) -> bool:
    """Whether the change of a figure between two reports may be named: as many people as before, or `k` more or fewer."""
    return before == now or abs(now - before) >= k


def comparable(people: Sequence[int | None], k: int = K) -> list[bool]:
    """Which figures of one slice over time may be shown beside each other: from the oldest on, one is shown if it may be compared
    with every one that is shown before it. So no two of them can be subtracted to tell of fewer than `k`, and what was once
    shown stays so. `people` behind each; None where there is no figure."""
    kept: list[int] = []
    answer = []
    for n in people:
        may = n is not None and all(may_compare(each, n, k) for each in kept)
        answer.append(may)
        if may and n is not None:
            kept.append(n)
    return answer


@dataclass
class Batches(Generic[Unit, Value]):
    """What has been let into one published slice: each unit's newest value, `k` people at a time.

    The same news in the same order is let in at the same places, so nothing needs to be remembered between two reports.
    """

    k: int = K
    inside: dict[Unit, Value] = field(default_factory=dict)
    people: set[int] = field(default_factory=set)
    waiting: dict[Unit, Value] = field(default_factory=dict)
    waiting_people: set[int] = field(default_factory=set)

    def add(self, unit: Unit, person: int, value: Value) -> None:
        """News of `person` about `unit`, in the order in which it came."""
        self.waiting[unit] = value
        self.waiting_people.add(person)
        if len(self.waiting_people) >= self.k:
            self.inside.update(self.waiting)
            self.people |= self.waiting_people
            self.waiting.clear()
            self.waiting_people.clear()

    @property
    def is_empty(self) -> bool:
        """Whether nobody has said anything, let in or not."""
        return not self.inside and not self.waiting
