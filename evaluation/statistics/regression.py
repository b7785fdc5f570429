"""One equation by least squares whose errors may be unlike each other, or alike within a cluster."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtr, stdtrit

from evaluation.statistics.estimate import StatisticsError, check_level, complete_columns, named, need
from evaluation.statistics.scoring import Floats


@dataclass(frozen=True)
class Coefficient:
    """One predictor's part (in a Cox model a log hazard ratio), with the limits of its interval and the two-sided p."""

    name: str
    value: float
    se: float
    low: float
    high: float
    p: float


@dataclass(frozen=True)
class Regression:
    """`coefficients`: the constant first. `n`: rows; `clusters`: None where rows stand for themselves; `df` of the t."""

    variant: str
    coefficients: tuple[Coefficient, ...]
    n: int
    clusters: int | None
    df: int
    missing: str


def least_squares(
    y: ArrayLike,
    predictors: Sequence[ArrayLike],
    *,
    names: Sequence[str] | None = None,
    clusters: Sequence[Hashable | None] | None = None,
    level: float = 0.95,
) -> Regression:
    """y on the predictors and a constant.

    Standard errors: HC3 (MacKinnon and White 1985) with t of n - k; with `clusters` (one label per row) those of Liang and Zeger
    (1986) with the correction G/(G - 1) (n - 1)/(n - k) and t of G - 1. Missing data: listwise, a cluster of None included.
    Raises StatisticsError for fewer rows than coefficients + 2, under 10 clusters, and for predictors that are constant or
    follow from one another.
    """
    check_level(level)
    columns: list[ArrayLike] = [y, *predictors]
    if clusters is not None:
        place: dict[Hashable, int] = {}
        columns.append([np.nan if each is None else float(place.setdefault(each, len(place))) for each in clusters])
    table, rule = complete_columns(*columns)
    outcome, given = table[:, 0], table[:, 1 : 1 + len(predictors)]
    design = np.column_stack([np.ones(len(outcome)), given])
    n, k = design.shape
    need(n, k + 2)
    spread = given.std(axis=0)
    if (spread < 1e-12).any() or np.linalg.matrix_rank((given - given.mean(axis=0)) / spread, tol=1e-8) < k - 1:
        raise StatisticsError("A predictor does not vary, or follows from the others.")
    bread = np.linalg.inv(design.T @ design)
    values = bread @ design.T @ outcome
    rest = outcome - design @ values
    if clusters is None:
        count, df, variant = None, n - k, "least squares, HC3"
        middle = _alone(design, rest, bread)
    else:
        _labels, member = np.unique(table[:, -1], return_inverse=True)
        count = int(member.max()) + 1
        need(count, 10, "clusters")
        df, variant = count - 1, "least squares, errors by cluster (Liang and Zeger)"
        middle = _together(design, rest, member, count)
    errors: Floats = np.sqrt(np.maximum(np.diag(bread @ middle @ bread), 0.0))
    if (errors < 1e-12).any():
        raise StatisticsError("The equation fits without any error, so nothing can be said about its uncertainty.")
    t = float(stdtrit(df, (1.0 + level) / 2.0))
    labels = ("constant", *named(names, len(predictors), "predictor"))
    found = tuple(
        Coefficient(name, float(b), float(e), float(b - t * e), float(b + t * e), float(2.0 * stdtr(df, -abs(b / e))))
        for name, b, e in zip(labels, values, errors, strict=True)
    )
    return Regression(variant, found, n, count, df, rule)


def _alone(design: Floats, rest: Floats, bread: Floats) -> Floats:
    """What stands between the bread, each row by itself (HC3)."""
    leverage = np.einsum("ij,jk,ik->i", design, bread, design)
    weighted = design * (rest / np.maximum(1.0 - leverage, 1e-12))[:, None]
    middle: Floats = weighted.T @ weighted
    return middle


def _together(design: Floats, rest: Floats, member: Any, count: int) -> Floats:
    """The same with the rows of a cluster summed, corrected for few clusters."""
    n, k = design.shape
    sums = np.zeros((count, k))
    np.add.at(sums, member, design * rest[:, None])
    middle: Floats = sums.T @ sums * count / (count - 1) * (n - 1) / (n - k)
    return middle


def standardised(values: ArrayLike) -> Floats:
    """In standard deviations from the mean, what is missing left out. Raises StatisticsError where nothing varies."""
    given = np.asarray(values, dtype=float)
    sd = float(np.nanstd(given, ddof=1)) if (~np.isnan(given)).sum() > 1 else 0.0
    if sd < 1e-12:
        raise StatisticsError("Everybody has the same value, so nothing can go with it.")
    scaled: Floats = (given - np.nanmean(given)) / sd
    return scaled
