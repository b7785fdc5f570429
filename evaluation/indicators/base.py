"""What an indicator is: one small declared thing over the facts of a programme."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from django.utils.functional import Promise
from numpy.typing import ArrayLike

from evaluation.facts import Facts
from evaluation.statistics.events import Bools, Ints
from evaluation.statistics.rollup import NOT_MEASURED, TOO_EARLY
from evaluation.statistics.scoring import Floats, band, lin, log

Text = str | Promise
# A ratio is the binary logarithm of one side over the other.
Unit = Literal["share", "days", "hours", "ms", "number", "stars", "ratio", "points"]


@dataclass(frozen=True)
class Figures:
    """Raw figures, one per unit (relationship, person, or a single one for the programme), with their evidence.

    `missing` says why there is none, where `enough` is False. `people`: how many stand behind a programme's figure; None where
    it is not about people, and where they are those of the units themselves. `short`: fewer than half came to what it counts to.
    """

    raw: Floats
    enough: Bools
    numerator: Floats
    denominator: Floats
    missing: list[str]
    people: int | None = None
    short: bool = False


@dataclass(frozen=True)
class Indicator:
    """`per` R: one figure per relationship, P: per person, G: one for the programme. `anchors`: the raw figures at 0 and 100
    (four corners for a band). `means` is a sentence with %(value)s; in its place stands `evenly` where the figure, as it is
    shown, is `even` (that of no change or no difference), and `fewer` where fewer than half came to what it counts to. `how` says
    how it is computed. `why_not` says why there is nothing to compute yet (without `compute`), or why nothing is measured in some
    programmes. `of_person`: where `per` is R or G, one figure for each person besides, which enters no other; `how_of_person`
    tells that person how. `of_all`: what the programme's figure is the mean of, where that is not `compute`, because it must not
    follow single people. `version` is that of the formula; `anchors_version` 1: the anchors that come with the platform."""

    code: str
    component: str
    per: Literal["R", "P", "G"]
    levels: str
    name: Text
    means: Text = ""
    evenly: Text = ""
    even: float = 0.0
    fewer: Text = ""
    how: Text = ""
    unit: Unit = "share"
    kind: Literal["lin", "log", "band"] = "lin"
    anchors: tuple[float, ...] = (0.0, 1.0)
    minimum: Text = ""
    compute: Callable[[Facts], Figures] | None = None
    of_person: Callable[[Facts], Figures] | None = None
    how_of_person: Text = ""
    of_all: Callable[[Facts], Figures] | None = None
    why_not: Text = ""
    state: str = NOT_MEASURED
    weight: float = field(default=1.0)
    version: int = 1
    anchors_version: int = 1

    @property
    def is_computed(self) -> bool:
        """For templates, which would call `compute`."""
        return self.compute is not None

    def score(self, raw: Floats) -> Floats:
        """0 to 100 for each raw figure; NaN stays NaN."""
        if self.kind == "lin":
            return lin(raw, *self.anchors)
        if self.kind == "log":
            return log(raw, *self.anchors)
        return band(raw, *self.anchors)


def of_pairs(
    facts: Facts,
    raw: Floats,
    enough: Bools,
    numerator: ArrayLike | None = None,
    denominator: ArrayLike | None = None,
    *,
    may_come: bool = True,
) -> Figures:
    """One figure per relationship. Without enough: too early while it is open and more `may_come`, else not measured."""
    size = len(facts.pairs)
    missing = [NOT_MEASURED if over or not may_come else TOO_EARLY for over in facts.pairs.over]
    return Figures(
        np.where(enough, raw, np.nan),
        enough,
        np.full(size, np.nan) if numerator is None else np.asarray(numerator, dtype=float),
        np.full(size, np.nan) if denominator is None else np.asarray(denominator, dtype=float),
        missing,
    )


def of_people(numerator: Floats, denominator: Floats, raw: Floats, enough: Bools) -> Figures:
    """One figure per person."""
    return Figures(np.where(enough, raw, np.nan), enough, numerator, denominator, [TOO_EARLY] * len(raw))


def of_members(facts: Facts, numerator: Floats, denominator: Floats, raw: Floats, enough: Bools) -> Figures:
    """One figure per person, of what they do in their relationships. Without enough: not measured when all of these are over,
    else too early."""
    members, size = facts.members, len(facts.people)
    running = members.present & ~facts.pairs.over[members.pair]
    had, has = (np.bincount(each, minlength=size) > 0 for each in (members.enrolment, members.enrolment[running]))
    missing = [NOT_MEASURED if over else TOO_EARLY for over in had & ~has]
    return Figures(np.where(enough, raw, np.nan), enough, numerator, denominator, missing)


def by_person(facts: Facts, member: Ints, values: Floats | None = None) -> Floats:
    """How often each person's memberships are named, or the sum of their values."""
    return np.bincount(facts.members.enrolment[member], values, len(facts.people)).astype(float)


def of_programme(
    raw: float | None,
    enough: bool,
    numerator: float,
    denominator: float,
    *,
    people: int | None = None,
    may_come: bool = True,
    short: bool = False,
) -> Figures:
    """A single figure for the programme. Without enough: too early while more `may_come`, else not measured."""
    there = enough and raw is not None
    return Figures(
        np.array([raw if there else np.nan], dtype=float),
        np.array([there]),
        np.array([numerator], dtype=float),
        np.array([denominator], dtype=float),
        [TOO_EARLY if may_come else NOT_MEASURED],
        people,
        short,
    )


def people_in(facts: Facts, pairs: Bools) -> int:
    """How many people are or were in these relationships."""
    return len(np.unique(facts.members.person[pairs[facts.members.pair]]))


def ratio(numerator: ArrayLike, denominator: ArrayLike) -> Floats:
    """numerator / denominator; NaN where there is nothing to divide by."""
    top, bottom = np.asarray(numerator, dtype=float), np.asarray(denominator, dtype=float)
    shares: Floats = np.divide(top, bottom, out=np.full(top.shape, np.nan), where=bottom > 0)
    return shares
