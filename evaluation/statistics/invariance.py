"""Does a statement work alike in two languages? Mantel's test of each item, and whether the items load alike.

This is not a multi-group confirmatory factor analysis: it finds single statements that stand out and a factor of another
shape. Where it finds none, that is not a proof that means may be compared.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc

from evaluation.statistics.estimate import (
    Estimate,
    StatisticsError,
    left_out,
    named,
    need,
    notes,
    numbers,
)
from evaluation.statistics.factor import one_factor
from evaluation.statistics.multiplicity import benjamini_hochberg
from evaluation.statistics.reliability import correlation_of, refuse_constant
from evaluation.statistics.scoring import Floats

PEOPLE_PER_GROUP, PEOPLE_TO_CONFIRM = 100, 200
MODERATE, LARGE = 0.17, 0.25
"""|SMD / SD| from which a difference of an item is called moderate and large (Educational Testing Service; Zwick, Thayer and
Mazzeo 1997)."""
ALIKE, FAIR = 0.95, 0.85
"""Congruence from which two factors are the same, or fairly similar (Lorenzo-Seva and ten Berge 2006)."""
STRATA = 5


@dataclass(frozen=True)
class ItemDifference:
    """`difference`: of the second group against people of the first who stand alike on the other items, in standard deviations
    of the item. `size`: A negligible, B moderate, C large."""

    name: str
    chi2: float
    p: float
    adjusted: float
    difference: float
    size: str


@dataclass(frozen=True, kw_only=True)
class Invariance(Estimate):
    """`value` counts the items of size B or C. `congruence` of the two factors; None under three items."""

    items: tuple[ItemDifference, ...]
    congruence: float | None
    n_first: int
    n_second: int


def invariance(
    first: ArrayLike, second: ArrayLike, *, names: Sequence[str] | None = None, at: float = 0.05
) -> Invariance:
    """Differential item functioning by Mantel's test for ordered answers (Mantel 1963) within five strata of the mean of the
    other items, with the standardised mean difference of Dorans and Schmitt (1991) and the classes of ETS; p-values adjusted by
    Benjamini and Hochberg. Beside it Tucker's congruence of the loadings of one factor, fitted in each group.

    Rows are people, columns items, reversed ones turned already. Missing data: listwise. Under 200 people in a group the note
    says "exploratory", under 100 "off". Raises StatisticsError for under 2 items and under 20 people in a group.
    """
    groups = [numbers(each, dimensions=2) for each in (first, second)]
    k = groups[0].shape[1]
    if groups[1].shape[1] != k:
        raise StatisticsError("Both groups need the same items.")
    need(k, 2, "items")
    whole = [each[~np.isnan(each).any(axis=1)] for each in groups]
    sizes = [len(each) for each in whole]
    need(min(sizes), 20, "people in each group")
    labels = named(names, k, "item")
    every, is_second = np.vstack(whole), np.repeat([False, True], sizes)
    found = [_item(every, place, is_second) for place in range(k)]
    adjusted = benjamini_hochberg([p for _chi2, p, _difference in found], at=at, names=labels).tests
    items = tuple(
        ItemDifference(label, chi2, p, float(row.adjusted or 0.0), difference, _size(row.rejected, difference))
        for label, (chi2, p, difference), row in zip(labels, found, adjusted, strict=True)
    )
    of = sum(len(each) for each in groups)
    return Invariance(
        measure="invariance",
        variant="Mantel (1963) within five strata of the other items, SMD / SD, classes of ETS; Tucker's congruence",
        value=sum(each.size != "A" for each in items),
        n=sum(sizes),
        missing=left_out("listwise", of - sum(sizes), of),
        note=notes(_standing(min(sizes)), "not a multi-group factor analysis"),
        items=items,
        congruence=congruence(*whole, names=labels) if k >= 3 else None,
        n_first=sizes[0],
        n_second=sizes[1],
    )


def _standing(n: int) -> str:
    if n < PEOPLE_PER_GROUP:
        return f"off: {n} people in the smaller group, at least {PEOPLE_PER_GROUP} are wanted"
    return "" if n >= PEOPLE_TO_CONFIRM else f"exploratory: under {PEOPLE_TO_CONFIRM} people in the smaller group"


def _size(is_finding: bool, difference: float) -> str:
    if not is_finding or abs(difference) <= MODERATE:
        return "A"
    return "B" if abs(difference) <= LARGE else "C"


def _item(every: Floats, place: int, is_second: NDArray[np.bool_]) -> tuple[float, float, float]:
    """Mantel's chi-square, its p, and SMD / SD of one item."""
    answers, rest = every[:, place], np.delete(every, place, axis=1).mean(axis=1)
    strata = np.digitize(rest, np.unique(np.quantile(rest, np.arange(1, STRATA) / STRATA)))
    chi2, p = mantel(answers, is_second, strata)
    return chi2, p, standardised_difference(answers, is_second, strata)


def mantel(answers: ArrayLike, is_second: ArrayLike, strata: ArrayLike) -> tuple[float, float]:
    """Mantel's (1963) chi-square with one degree of freedom, without continuity correction, and its p: do the two groups give
    other answers within strata? For two answers it is the statistic of Mantel and Haenszel. Raises StatisticsError where no
    stratum has both groups and two answers."""
    values, second, of = numbers(answers), np.asarray(is_second, dtype=bool), np.asarray(strata)
    excess = variance = 0.0
    for each in np.unique(of):
        here, member = values[of == each], second[of == each]
        n, n2 = len(here), int(member.sum())
        if n < 2 or not 0 < n2 < n:
            continue
        excess += float(here[member].sum()) - n2 * float(here.mean())
        variance += n2 * (n - n2) / n * float(here.var(ddof=1))
    if variance <= 0:
        raise StatisticsError("In no stratum are there both groups and more than one answer.")
    chi2 = excess**2 / variance
    return chi2, float(chdtrc(1, chi2))


def standardised_difference(answers: ArrayLike, is_second: ArrayLike, strata: ArrayLike) -> float:
    """Mean of the second group less that of the first, stratum by stratum, weighted by the second group, over the standard
    deviation of all (Dorans and Schmitt 1991). 0 where everybody answers the same."""
    values, second, of = numbers(answers), np.asarray(is_second, dtype=bool), np.asarray(strata)
    total = weight = 0.0
    for each in np.unique(of):
        here, member = values[of == each], second[of == each]
        n2 = int(member.sum())
        if 0 < n2 < len(here):
            total += n2 * float(here[member].mean() - here[~member].mean())
            weight += n2
    sd = float(values.std(ddof=1))
    return total / weight / sd if weight and sd > 0 else 0.0


def congruence(first: Floats, second: Floats, *, names: Sequence[str]) -> float:
    """Tucker's coefficient of congruence: the cosine between the loadings of one factor in each group (Tucker 1951)."""
    one, other = (_loadings(each, names) for each in (first, second))
    return float(one @ other / sqrt(float(one @ one) * float(other @ other)))


def _loadings(rows: Floats, names: Sequence[str]) -> Floats:
    covariance = np.cov(rows, rowvar=False)
    refuse_constant(np.diag(covariance), tuple(names))
    return one_factor(correlation_of(covariance))[0]
