"""The figures of a run report: spread, load, worst pairs, shortages, and fairness between named groups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .people import UNKNOWN, Cohort, Ints, rows_of
from .result import Blocking, MentorLoad, Result
from .standing import Standing, help_most

SMALLEST_GROUP = 5
"""Groups with fewer people are not told: a figure about them would be a figure about somebody."""
WORST_SHOWN = 10
PERCENTILES = (0, 5, 25, 50, 75, 95, 100)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How far a group may lie from all before the report flags it."""

    rate: float = 10.0
    """Percentage points of the share matched."""
    score: float = 5.0
    """Points of 100 of the mean score."""
    wait: float = 14.0
    """Days of the mean wait."""


@dataclass(frozen=True)
class GroupFigures:
    """One group of a fairness table; for a suppressed one only its label."""

    label: int | str
    people: int | None = None
    matched: int | None = None
    rate: float | None = None
    """Per cent matched."""
    score: float | None = None
    """Mean score of those matched, 0..100; None when nobody is."""
    wait: float | None = None
    """Mean days waited; None where nobody told."""
    flags: tuple[str, ...] = ()
    """Which of "rate", "score", "wait" lie beyond their limit, to the group's disadvantage."""
    suppressed: bool = False


@dataclass(frozen=True)
class Shortage:
    """A field (row of the tree, its root) in which mentees wait and no place is left."""

    field: int
    unmatched: int
    places_left: int


@dataclass(frozen=True)
class RunReport:
    """Everything a coordinator reads about a run, ready for JSON."""

    total: int
    worth: int
    bound: int
    proven: bool
    mentees: int
    matched: int
    mean: float | None
    percentiles: dict[int, float]
    """Per cent of pairs -> score they do not exceed, 0..100."""
    gini: float
    """0 when all pairs fit equally well, near 1 when one has everything."""
    worst: tuple[tuple[int, int, int], ...]
    """(mentee, mentor, score) of the ten lowest."""
    load: dict[int, int]
    """Mentees of one mentor -> how many mentors have so many."""
    load_gini: float
    """The same over the share of their places that mentors fill."""
    blocking: Blocking
    shortages: tuple[Shortage, ...]
    help_most: tuple[MentorLoad, ...]
    fairness: dict[str, tuple[GroupFigures, ...]] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


def run_report(
    cohort: Cohort, result: Result, *, groups: Mapping[str, ArrayLike] | None = None, limits: Limits | None = None
) -> RunReport:
    """The report of a run. `groups` maps a name to rows (mentee key, label); who is in no row counts to nobody's group.

    Groups never enter a score; they are read here only, and those under SMALLEST_GROUP people are suppressed.
    """
    fit = np.sort(result.scores)
    ranked = [float(fit[min(len(fit) - 1, -(-p * len(fit) // 100))]) / 100 for p in PERCENTILES] if len(fit) else []
    order = np.lexsort((result.mentors, result.mentees, result.scores))[:WORST_SHOWN]
    filled = np.array([row.filled for row in result.load], np.int64)
    share = np.array([row.filled / row.places for row in result.load if row.places], np.float64)
    counts, many = np.unique(filled, return_counts=True)
    pairs = zip(result.mentees.tolist(), result.mentors.tolist(), strict=True)
    return RunReport(
        total=result.total,
        worth=result.certificate.worth,
        bound=result.certificate.bound,
        proven=result.certificate.proven,
        mentees=len(cohort.mentees),
        matched=result.matched,
        mean=result.mean,
        percentiles=dict(zip(PERCENTILES, ranked, strict=False)),
        gini=gini(result.scores),
        worst=tuple((int(result.mentees[p]), int(result.mentors[p]), int(result.scores[p])) for p in order),
        load=dict(zip(counts.tolist(), many.tolist(), strict=True)),
        load_gini=gini(share),
        blocking=result.blocking,
        shortages=_shortages(cohort, result),
        help_most=help_most(Standing.of(pairs, result.load)),
        fairness={
            name: fairness(cohort, result, rows, limits or Limits()) for name, rows in sorted((groups or {}).items())
        },
    )


def gini(values: ArrayLike) -> float:
    """Gini coefficient of non-negative values; 0 where there is nothing to share."""
    shares = np.sort(np.asarray(values, np.float64))
    if not len(shares) or not shares.sum():
        return 0.0
    place = np.arange(1, len(shares) + 1)
    return round(float((2 * place - len(shares) - 1) @ shares / (len(shares) * shares.sum())), 6)


def fairness(cohort: Cohort, result: Result, rows: ArrayLike, limits: Limits) -> tuple[GroupFigures, ...]:
    """One row for everybody ("all"), then one per label: who is matched, how well, and how long they have waited."""
    labelled = np.asarray(rows, np.int64).reshape(-1, 2)
    where = rows_of(cohort.mentees.keys, labelled[:, 0])
    label = np.full(len(cohort.mentees), UNKNOWN)
    label[where[where != UNKNOWN]] = labelled[where != UNKNOWN, 1]
    told = np.zeros(len(label), np.bool_)
    told[where[where != UNKNOWN]] = True
    score = np.full(len(label), np.nan)
    pair = rows_of(cohort.mentees.keys, result.mentees)
    count = np.bincount(pair, minlength=len(label))
    has = count > 0
    score[has] = np.bincount(pair, result.scores, len(label))[has] / count[has] / 100
    everybody = _figures("all", np.ones(len(label), np.bool_), score, cohort.mentees.waited)
    found = [everybody]
    hidden = _hidden(label[told], len(label))
    for one in np.unique(label[told]).tolist():
        inside = told & (label == one)
        if one in hidden:
            found.append(GroupFigures(one, suppressed=True))
        else:
            figures = _figures(one, inside, score, cohort.mentees.waited)
            found.append(GroupFigures(**{**vars(figures), "flags": _flags(figures, everybody, limits)}))
    return tuple(found)


def _hidden(labels: Ints, everybody: int) -> set[int]:
    """Groups that are not told: those too small, and as many of the next as it takes to keep anybody from working out
    a small rest (small groups and people without a group) by subtracting the others from all."""
    names, sizes = np.unique(labels, return_counts=True)
    order = np.argsort(sizes, kind="stable")
    names, sizes = names[order].tolist(), sizes[order].tolist()
    hidden = {name for name, size in zip(names, sizes, strict=True) if size < SMALLEST_GROUP}
    for name, size in zip(names, sizes, strict=True):
        shown = sum(size for name, size in zip(names, sizes, strict=True) if name not in hidden)
        if not 0 < everybody - shown < SMALLEST_GROUP:
            break
        if size >= SMALLEST_GROUP:
            hidden.add(name)
    return hidden


def _figures(label: int | str, inside: NDArray[np.bool_], score: NDArray[np.float64], waited: Ints) -> GroupFigures:
    people, has = int(inside.sum()), inside & ~np.isnan(score)
    return GroupFigures(
        label=label,
        people=people,
        matched=int(has.sum()),
        rate=round(100 * float(has.sum()) / people, 2) if people else None,
        score=round(float(score[has].mean()), 2) if has.any() else None,
        wait=round(float(waited[inside].mean()), 2) if people and waited.any() else None,
    )


def _flags(group: GroupFigures, everybody: GroupFigures, limits: Limits) -> tuple[str, ...]:
    def behind(name: str, sign: int) -> bool:
        own, other = getattr(group, name), getattr(everybody, name)
        return own is not None and other is not None and sign * (other - own) > getattr(limits, name)

    return tuple(name for name, sign in (("rate", 1), ("score", 1), ("wait", -1)) if behind(name, sign))


def _shortages(cohort: Cohort, result: Result) -> tuple[Shortage, ...]:
    """Fields (by their root) with mentees left and fewer free places than these, the worst first."""
    roots = _roots(cohort.field_parent)

    def by_root(field_: Ints, amount: Ints) -> Ints:
        known = field_ != UNKNOWN
        return np.bincount(roots[field_[known]], amount[known], len(roots)).astype(np.int64)

    left = np.isin(cohort.mentees.keys, result.left) & cohort.mentees.open
    load = np.bincount(rows_of(cohort.mentors.keys, result.mentors), minlength=len(cohort.mentors))
    free = np.where(cohort.mentors.open, cohort.mentors.places - load, 0).clip(min=0)
    waiting, places = by_root(cohort.mentees.field, left.astype(np.int64)), by_root(cohort.mentors.field, free)
    short = np.flatnonzero(waiting > places)
    order = short[np.argsort(places[short] - waiting[short], kind="stable")]
    return tuple(Shortage(int(f), int(waiting[f]), int(places[f])) for f in order)


def _roots(parent: Ints) -> Ints:
    """The root of each field."""
    roots = np.arange(len(parent))
    for _ in range(len(parent)):
        above = np.where(parent[roots] == UNKNOWN, roots, parent[roots])
        if np.array_equal(above, roots):
            break
        roots = above
    return roots
