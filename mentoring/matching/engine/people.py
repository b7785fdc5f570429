"""The people of one matching run as arrays: no objects per person, no framework, usable alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

SLOTS = 336
"""Half-hours of one week, Monday 00:00 UTC first."""
WORDS = 6
"""336 bits in 64-bit words, the last one a quarter full."""
TOP_LEVEL = 5
"""The highest level a skill can be offered or wanted at."""
UNKNOWN = -1
"""A field or seniority nobody gave: never a penalty, always the neutral value."""

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


def pack_weeks(weeks: ArrayLike) -> NDArray[np.uint64]:
    """Bits (people x 336, true where free) as (people x 6) words; an empty week means the person has not answered."""
    bits = np.asarray(weeks, dtype=bool).reshape(-1, SLOTS)
    padded = np.zeros((len(bits), WORDS * 64), dtype=np.uint8)
    padded[:, :SLOTS] = bits
    return np.packbits(padded, axis=1, bitorder="little").view("<u8").astype(np.uint64)


def _pairs(rows: ArrayLike, width: int) -> Ints:
    """Rows of keys as a sorted (n x width) array, so that the order they arrived in cannot matter."""
    found = np.asarray(rows, dtype=np.int64).reshape(-1, width)
    return np.unique(found, axis=0)


@dataclass(frozen=True, eq=False, kw_only=True)
class People:
    """One side of a cohort; row r of every array is one person. Make it with `People.of`."""

    keys: Ints
    skills: NDArray[np.uint8]
    """People x concepts: level offered (mentors) or wanted (mentees), 1..5, 0 where not named."""
    languages: NDArray[np.uint64]
    """One bit per language; 0 = not answered."""
    week: NDArray[np.uint64]
    """People x 6 words of free half-hours; all zero = not answered."""
    field: Ints
    """Row in `Cohort.field_parent`, or UNKNOWN."""
    seniority: Ints
    """Steps on the programme's own ladder (student 0 .. professor), or UNKNOWN."""
    places: Ints
    """People this mentor can still take; 1 for a mentee."""
    open: Bools
    """False for a paused, suspended or not yet cleared person."""
    texts: tuple[str, ...]
    """Goals (mentees) or what one offers (mentors), in free words; empty = not answered."""

    @classmethod
    def of(
        cls,
        keys: ArrayLike,
        *,
        skills: ArrayLike | None = None,
        concepts: int = 0,
        languages: ArrayLike | None = None,
        week: ArrayLike | None = None,
        field: ArrayLike | None = None,
        seniority: ArrayLike | None = None,
        places: ArrayLike | None = None,
        open: ArrayLike | None = None,
        texts: Sequence[str] | None = None,
    ) -> People:
        """Every array that is left out means "not answered" (places: 1, open: yes)."""
        ids = np.asarray(keys, dtype=np.int64).reshape(-1)
        n = len(ids)

        def filled(given: ArrayLike | None, default: int | bool, dtype: Any) -> NDArray[Any]:
            return np.full(n, default, dtype) if given is None else np.asarray(given, dtype).reshape(n)

        no_week = np.zeros((n, WORDS), np.uint64)
        levels = np.zeros((n, concepts), np.uint8) if skills is None else np.asarray(skills, np.uint8)
        return cls(
            keys=ids,
            skills=levels if levels.ndim == 2 else levels.reshape(n, concepts),
            languages=filled(languages, 0, np.uint64),
            week=no_week if week is None else np.asarray(week, np.uint64).reshape(n, WORDS),
            field=filled(field, UNKNOWN, np.int64),
            seniority=filled(seniority, UNKNOWN, np.int64),
            places=filled(places, 1, np.int64),
            open=filled(open, True, np.bool_),
            texts=tuple(texts) if texts is not None else ("",) * n,
        )

    def __len__(self) -> int:
        return len(self.keys)

    def taken(self, order: Ints) -> People:
        """The same people in another order."""
        arrays = {f.name: getattr(self, f.name)[order] for f in fields(self) if f.name != "texts"}
        return replace(self, **arrays, texts=tuple(self.texts[row] for row in order))


@dataclass(frozen=True, eq=False, kw_only=True)
class Cohort:
    """Everything one run looks at. Pairs are keys, always (mentee, mentor), so their order never depends on rows."""

    mentees: People
    mentors: People
    concept_category: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    """For each concept, its kind of help (0..6, the seven categories of the model)."""
    field_parent: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    """The tree of study fields: for each field its parent's row, UNKNOWN at the roots."""
    forbidden: dict[str, Ints] = field(default_factory=dict)
    """Rule code ("never", "blocked", "conflict", "previous") -> pairs it forbids."""
    locked: Ints = field(default_factory=lambda: np.zeros((0, 2), np.int64))
    """Pairs the coordinator has fixed before the run."""
    mentee_wishes: Ints = field(default_factory=lambda: np.zeros((0, 3), np.int64))
    """(mentee, mentor, rank 1..5) as the mentees ranked them."""
    mentor_wishes: Ints = field(default_factory=lambda: np.zeros((0, 3), np.int64))
    """(mentee, mentor, rank 1..5) as the mentors ranked them."""

    def __post_init__(self) -> None:
        for side in (self.mentees, self.mentors):
            if len(np.unique(side.keys)) != len(side):
                raise ValueError("Two people of one side have the same key.")
            if side.skills.size and side.skills.max() > TOP_LEVEL:
                raise ValueError(f"Levels of skills go from 0 to {TOP_LEVEL}.")
            if side.field.size and side.field.max() >= len(self.field_parent):
                raise ValueError("A field is not in the tree of fields.")
        if self.mentees.skills.shape[1] != self.mentors.skills.shape[1]:
            raise ValueError("Mentees and mentors must use the same list of concepts.")
        for name, width in (("locked", 2), ("mentee_wishes", 3), ("mentor_wishes", 3)):
            object.__setattr__(self, name, _pairs(getattr(self, name), width))
        object.__setattr__(self, "forbidden", {code: _pairs(rows, 2) for code, rows in sorted(self.forbidden.items())})
        if len(self.concept_category) != self.mentees.skills.shape[1]:
            raise ValueError("Every concept needs its category.")

    def arranged(self, seed: int | None = None) -> Cohort:
        """People sorted by key, or, with a seed, in the one order this seed gives: how ties are drawn."""

        def order(keys: Ints) -> Ints:
            rank = keys if seed is None else _mixed(keys, seed)
            return np.lexsort((keys, rank))

        return replace(
            self,
            mentees=self.mentees.taken(order(self.mentees.keys)),
            mentors=self.mentors.taken(order(self.mentors.keys)),
        )


def _mixed(keys: Ints, seed: int) -> NDArray[np.uint64]:
    """Keys scattered by a seed, the same on every platform (splitmix64; Steele, Lea and Flood 2014)."""
    start = (seed * 0x9E3779B97F4A7C15 + 0x9E3779B97F4A7C15) % 2**64
    z = keys.astype(np.uint64) + np.uint64(start)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def rows_of(keys: Ints, wanted: Ints) -> Ints:
    """The row of each wanted key, UNKNOWN where nobody has it."""
    if not len(keys):
        return np.full(len(wanted), UNKNOWN, np.int64)
    order = np.argsort(keys, kind="stable")
    found = order[np.searchsorted(keys, wanted, sorter=order).clip(max=len(keys) - 1)]
    return np.where(keys[found] == wanted, found, UNKNOWN)
