"""A finished run as it stands: who has whom and what places are worth. Enough to ask it again long afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

from .result import MentorLoad, Result
from .settings import Aim, Objective
from .worth import Band, Scale


@dataclass(frozen=True, eq=False)
class Standing:
    """Pairs and prices by key."""

    pairs: tuple[tuple[int, int], ...]
    loads: dict[int, MentorLoad]
    aim: Aim
    band: Band | None = None
    """`Certificate.band` of the run."""

    @classmethod
    def of(
        cls,
        pairs: Iterable[tuple[int, int]],
        load: Iterable[MentorLoad | Mapping[str, Any]] = (),
        objective: Objective | Aim = Objective.MOST,
        band: Band | None = None,
    ) -> Self:
        """From what a stored run keeps: (mentee, mentor) pairs and the rows of `report()["load"]`."""
        rows = [row if isinstance(row, MentorLoad) else MentorLoad(**row) for row in load]
        return cls(tuple(sorted(pairs)), {row.mentor: row for row in rows}, Aim.of(objective), band)

    @classmethod
    def from_result(cls, result: Result, objective: Objective | Aim = Objective.MOST) -> Self:
        """From a run just finished."""
        pairs = zip(result.mentees.tolist(), result.mentors.tolist(), strict=True)
        return cls.of(pairs, result.load, objective, result.certificate.band)

    @cached_property
    def _mentors(self) -> dict[int, tuple[int, ...]]:
        return _grouped(self.pairs)

    @cached_property
    def _mentees(self) -> dict[int, tuple[int, ...]]:
        return _grouped((mentor, mentee) for mentee, mentor in self.pairs)

    @cached_property
    def scale(self) -> Scale:
        """How scores and prices compare."""
        return Scale.of_aim(self.aim, self.band)

    def mentors_of(self, mentee: int) -> tuple[int, ...]:
        return self._mentors.get(mentee, ())

    def mentees_of(self, mentor: int) -> tuple[int, ...]:
        return self._mentees.get(mentor, ())

    def free_places(self, mentor: int) -> int:
        """Places left after the run; 0 for a mentor the run did not know."""
        row = self.loads.get(mentor)
        return max(row.places - len(self.mentees_of(mentor)), 0) if row else 0

    def one_more(self, mentor: int) -> int:
        """What one more place with this mentor would bring to those in the run (the lowest price)."""
        row = self.loads.get(mentor)
        return self.scale.back(row.one_more_people, row.one_more_points) if row else 0

    def to_win(self, mentor: int) -> int:
        """What somebody's worth must beat to win a place with this mentor (the highest price)."""
        row = self.loads.get(mentor)
        return self.scale.back(row.one_fewer_people, row.one_fewer_points) if row else 0


def _grouped(pairs: Iterable[tuple[int, int]]) -> dict[int, tuple[int, ...]]:
    found: dict[int, list[int]] = {}
    for one, other in pairs:
        found.setdefault(one, []).append(other)
    return {one: tuple(others) for one, others in found.items()}


def help_most(standing: Standing, top: int = 5) -> tuple[MentorLoad, ...]:
    """Where one more place would help most, by people and then points: whom to ask, and whom to look for more of."""
    rows = [row for row in standing.loads.values() if row.one_more_people or row.one_more_points]
    rows.sort(key=lambda row: (-row.one_more_people, -row.one_more_points, row.mentor))
    return tuple(rows[:top])
