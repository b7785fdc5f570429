"""The people of one matching run as arrays: no objects per person, no framework, usable alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

SLOTS = 336
"""Half-hours of one week, Monday 00:00 UTC first."""
WORDS = 6
"""336 bits in 64-bit words, the last one a quarter full."""
TOP_LEVEL = 5
"""The highest level a skill can be offered or wanted at."""
TOP_ANSWER = 4
"""Closed questions of a profile are answered on a scale from 0 to 4."""
NO_ANSWER = 255
"""A question of the profile that somebody left out."""
UNKNOWN = -1
"""A label, field, step or figure nobody gave: never a penalty, always the neutral value."""

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

LABELS = ("field", "seniority", "programme", "institution", "unit", "gender", "wants_gender", "pace", "feedback")
"""One whole number per person, UNKNOWN when left out."""
TABLES = ("skills", "kinds", "fluency", "profile", "interests")
"""One row of small numbers per person."""


def pack_weeks(weeks: ArrayLike) -> NDArray[np.uint64]:
    """Bits (people x 336, true where free) as (people x 6) words; an empty week means the person has not answered."""
    bits = np.asarray(weeks, dtype=bool).reshape(-1, SLOTS)
    padded = np.zeros((len(bits), WORDS * 64), dtype=np.uint8)
    padded[:, :SLOTS] = bits
    return np.packbits(padded, axis=1, bitorder="little").view("<u8").astype(np.uint64)


def _pairs(rows: ArrayLike, width: int) -> Ints:
    """Rows of keys as a sorted (n x width) array without repeats, so that the order they arrived in cannot matter."""
    found = np.asarray(rows, dtype=np.int64).reshape(-1, width)
    if len(found) < 2:
        return found
    for _ in range(2):
        step = np.diff(found, axis=0)
        first = (step != 0).argmax(axis=1)
        if (np.take_along_axis(step, first[:, None], axis=1) > 0).all():
            return found
        found = found[np.lexsort(found.T[::-1])]
        found = found[np.append(True, (np.diff(found, axis=0) != 0).any(axis=1))]
    return found


@dataclass(frozen=True, eq=False, kw_only=True)
class People:
    """One side of a cohort; row r of every array is one person. Make it with `People.of`."""

    keys: Ints
    skills: NDArray[np.uint8]
    """People x concepts: level offered (mentors) or wanted (mentees), 1..5, 0 where not named."""
    kinds: NDArray[np.uint8]
    """People x kinds of help, 0..5: help asked for, or strengths one wishes to give; no columns = read from skills."""
    languages: NDArray[np.uint64]
    """One bit per language; 0 = not answered."""
    fluency: NDArray[np.uint8]
    """People x languages, 1..6 for A1..C2, 0 = not said (counts as able); no columns = nobody was asked."""
    week: NDArray[np.uint64]
    """People x 6 words of free half-hours; all zero = not answered."""
    field: Ints
    """Row in `Cohort.field_parent`."""
    seniority: Ints
    """Steps on the programme's own ladder (student 0 .. professor)."""
    programme: Ints
    institution: Ints
    unit: Ints
    """Laboratory or team."""
    gender: Ints
    wants_gender: Ints
    """Only for `Rules.gender`; no score ever sees them."""
    profile: NDArray[np.uint8]
    """People x closed questions, 0..4, NO_ANSWER where left out."""
    interests: NDArray[np.uint8]
    """People x things somebody is or likes, 0 or 1."""
    channels: NDArray[np.uint64]
    """One bit per way to keep in touch (chat, video, asynchronous); 0 = not answered."""
    pace: Ints
    """How fast one answers: 0 the same day .. 3 within a week."""
    feedback: Ints
    """0..10,000, see `shrunk`."""
    waited: Ints
    """Days a mentee has waited."""
    places: Ints
    """People this mentor can still take; 1 for a mentee."""
    least: Ints
    """How many of the places should be filled before anything else (`Aim.quotas`)."""
    open: Bools
    """False for a person who is paused, full or has left."""
    cleared: Bools
    """False for a mentor who is not trained or cleared yet."""
    flagged: Bools
    """True for a person with an open safeguarding case: takes part in no pair."""
    texts: tuple[str, ...]
    """Goals (mentees) or what one offers (mentors), in free words; empty = not answered."""

    @classmethod
    def of(
        cls, keys: ArrayLike, *, concepts: int = 0, texts: Sequence[str] | None = None, **given: ArrayLike
    ) -> People:
        """Every array that is left out means "not answered" (places: 1, open and cleared: yes).

        Raises ValueError for an unknown name, a wrong length or levels out of range.
        """
        ids = np.asarray(keys, dtype=np.int64).reshape(-1)
        n = len(ids)
        if strange := given.keys() - {f.name for f in fields(cls)}:
            raise ValueError(f"People have no {', '.join(sorted(strange))}.")

        def filled(name: str, default: int | bool, dtype: Any) -> NDArray[Any]:
            return np.asarray(given[name], dtype).reshape(n) if name in given else np.full(n, default, dtype)

        arrays: dict[str, Any] = {name: filled(name, UNKNOWN, np.int64) for name in LABELS}
        for name in TABLES:
            width = concepts if name == "skills" else 0
            table = np.asarray(given.get(name, np.zeros((n, width))), np.uint8)
            arrays[name] = table if table.ndim == 2 else table.reshape(n, table.size // n if n else width)
        for name in ("languages", "channels"):
            arrays[name] = filled(name, 0, np.uint64)
        for name, default in (("places", 1), ("least", 0), ("waited", 0)):
            arrays[name] = filled(name, default, np.int64).clip(min=0)
        for name, usual in (("open", True), ("cleared", True), ("flagged", False)):
            arrays[name] = filled(name, usual, np.bool_)
        arrays["week"] = np.asarray(given.get("week", np.zeros((n, WORDS))), np.uint64).reshape(n, WORDS)
        people = cls(keys=ids, texts=tuple(texts) if texts is not None else ("",) * n, **arrays)
        if any(len(getattr(people, f.name)) != n for f in fields(cls)):
            raise ValueError("Every array needs one row per person.")
        return people

    def __len__(self) -> int:
        return len(self.keys)

    @cached_property
    def has_texts(self) -> bool:
        """Whether anybody wrote anything."""
        return any(self.texts)

    def taken(self, order: Ints) -> People:
        """The same people in another order, or some of them."""
        if len(order) == len(self) and (order == np.arange(len(self))).all():
            return self
        arrays = {f.name: getattr(self, f.name)[order] for f in fields(self) if f.name != "texts"}
        texts = tuple(self.texts[row] for row in order.tolist()) if self.has_texts else ("",) * len(order)
        return replace(self, **arrays, texts=texts)


def _no_pairs() -> Ints:
    return np.zeros((0, 2), np.int64)


def _no_wishes() -> Ints:
    return np.zeros((0, 3), np.int64)


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
    must_have: Ints = field(default_factory=_no_pairs)
    """(mentee, concept) that a mentee cannot do without."""
    locked: Ints = field(default_factory=_no_pairs)
    """Pairs the coordinator has fixed before the run."""
    frozen: Ints = field(default_factory=_no_pairs)
    """Pairs that stand already: they keep their places, whatever the rules say now."""
    current: Ints = field(default_factory=_no_pairs)
    """Pairs of the run before, for `Aim.keep`."""
    mentee_wishes: Ints = field(default_factory=_no_wishes)
    """(mentee, mentor, rank 1..5) as the mentees ranked them; ties are allowed. For whom the cohort or the programme does not
    have a wish counts as none."""
    mentor_wishes: Ints = field(default_factory=_no_wishes)
    """(mentee, mentor, rank 1..5) as the mentors ranked them."""

    def __post_init__(self) -> None:
        for side in (self.mentees, self.mentors):
            if len(np.unique(side.keys)) != len(side):
                raise ValueError("Two people of one side have the same key.")
            if max(side.skills.max(initial=0), side.kinds.max(initial=0)) > TOP_LEVEL:
                raise ValueError(f"Levels of skills go from 0 to {TOP_LEVEL}.")
            if side.field.max(initial=UNKNOWN) >= len(self.field_parent):
                raise ValueError("A field is not in the tree of fields.")
            if ((side.profile > TOP_ANSWER) & (side.profile != NO_ANSWER)).any():
                raise ValueError(f"Answers of a profile go from 0 to {TOP_ANSWER}.")
        for name, what in (("skills", "list of concepts"), ("profile", "questions"), ("interests", "interests")):
            if getattr(self.mentees, name).shape[1] != getattr(self.mentors, name).shape[1]:
                raise ValueError(f"Mentees and mentors must use the same {what}.")
        if len(self.concept_category) != self.mentees.skills.shape[1]:
            raise ValueError("Every concept needs its category.")
        for name, width in PAIRS.items():
            object.__setattr__(self, name, _pairs(getattr(self, name), width))
        object.__setattr__(self, "forbidden", {code: _pairs(rows, 2) for code, rows in sorted(self.forbidden.items())})

    def arranged(self, seed: int | None = None) -> Cohort:
        """People sorted by key, or, with a seed, in the one order this seed gives: how ties are drawn."""
        mentees, mentors = (_arrangement(side.keys, seed) for side in (self.mentees, self.mentors))
        if all((np.diff(order) == 1).all() for order in (mentees, mentors)):
            return self
        return replace(self, mentees=self.mentees.taken(mentees), mentors=self.mentors.taken(mentors))

    def without_far_wishes(self) -> Cohort:
        """Without wishes for people of another programme. Where pairs stay within one these count as no wish at all,
        as one for somebody who is not in the cohort does: nobody stands lower for having asked for what cannot be.
        """
        kept = {}
        one = all((side.programme == UNKNOWN).all() for side in (self.mentees, self.mentors))
        for name in () if one else ("mentee_wishes", "mentor_wishes"):
            wishes = getattr(self, name)
            rows = rows_of(self.mentees.keys, wishes[:, 0]), rows_of(self.mentors.keys, wishes[:, 1])
            here = (rows[0] != UNKNOWN) & (rows[1] != UNKNOWN)
            homes = self.mentees.programme[rows[0][here]], self.mentors.programme[rows[1][here]]
            near = (homes[0] == homes[1]) | (homes[0] == UNKNOWN) | (homes[1] == UNKNOWN)
            if not near.all():
                kept[name] = wishes[here][near]
        return replace(self, **kept) if kept else self

    def divided(self, seed: int | None = None) -> Iterator[Cohort]:
        """One cohort per programme, each `arranged`; only for cohorts where everybody has a programme."""
        both = [np.unique(side.programme, return_inverse=True) for side in (self.mentees, self.mentors)]
        labels = np.union1d(both[0][0], both[1][0])
        place = [np.searchsorted(labels, own)[inverse] for own, inverse in both]
        rows = []
        for side, own in zip((self.mentees, self.mentors), place, strict=True):
            order = _arrangement(side.keys, seed)
            order = order[np.argsort(own[order], kind="stable")]
            rows.append(np.split(order, np.cumsum(np.bincount(own, minlength=len(labels)))[:-1]))
        tables = {name: getattr(self, name) for name in PAIRS} | self.forbidden
        split: dict[str, list[Ints]] = {}
        for name, pairs in tables.items():
            home = rows_of(self.mentees.keys, pairs[:, 0]) if len(pairs) else np.zeros(0, np.int64)
            known = home != UNKNOWN
            owner = place[0][home[known]]
            order = np.argsort(owner, kind="stable")
            split[name] = np.split(pairs[known][order], np.cumsum(np.bincount(owner, minlength=len(labels)))[:-1])
        for k in range(len(labels)):
            yield replace(
                self,
                mentees=self.mentees.taken(rows[0][k]),
                mentors=self.mentors.taken(rows[1][k]),
                forbidden={code: split[code][k] for code in self.forbidden},
                **{name: split[name][k] for name in PAIRS},
            )


PAIRS = {"must_have": 2, "locked": 2, "frozen": 2, "current": 2, "mentee_wishes": 3, "mentor_wishes": 3}
"""The lists of pairs of a cohort and their widths."""


def _arrangement(keys: Ints, seed: int | None) -> Ints:
    rank = keys if seed is None else _mixed(keys, seed)
    return np.lexsort((keys, rank))


def _mixed(keys: Ints, seed: int) -> NDArray[np.uint64]:
    """Keys scattered by a seed, the same on every platform (splitmix64; Steele, Lea and Flood 2014)."""
    start = (seed * 0x9E3779B97F4A7C15 + 0x9E3779B97F4A7C15) % 2**64
    z = keys.astype(np.uint64) + np.uint64(start)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def ordered(keys: Ints) -> Ints:
    """A stable argsort of whole numbers from 0 on, 16 bits at a time: numpy counts those instead of comparing them."""
    order = np.arange(len(keys))
    for shift in range(0, max(int(keys.max(initial=0)).bit_length(), 1), 16):
        part = (keys[order] >> shift & 0xFFFF).astype(np.uint16)
        order = order[np.argsort(part, kind="stable")]
    return order


def rows_of(keys: Ints, wanted: Ints) -> Ints:
    """The row of each wanted key, UNKNOWN where nobody has it."""
    if not len(keys) or not len(wanted):
        return np.full(len(wanted), UNKNOWN, np.int64)
    order = np.argsort(keys, kind="stable")
    found = order[np.searchsorted(keys, wanted, sorter=order).clip(max=len(keys) - 1)]
    return np.where(keys[found] == wanted, found, UNKNOWN)
