"""Slopes that one odd value does not bend."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evaluation.statistics.estimate import Estimate, StatisticsError, complete_columns, need, normal_quantile


def theil_sen(values: NDArray[np.float64], at: NDArray[np.float64]) -> float:
    """The Theil-Sen slope: the median of the slopes of all pairs of points with different `at` (Sen 1968).

    In units of `values` per unit of `at`; NaN when no two points differ in `at`. The same number as
    `scipy.stats.theilslopes`, without the seconds that importing scipy.stats takes.
    """
    slopes = pair_slopes(values, at)
    return float(np.median(slopes)) if len(slopes) else float("nan")


def pair_slopes(values: NDArray[np.float64], at: NDArray[np.float64]) -> NDArray[np.float64]:
    """The slopes of all pairs of points with different `at`."""
    rise = values[:, None] - values[None, :]
    run = at[:, None] - at[None, :]
    ahead = run > 0
    slopes: NDArray[np.float64] = rise[ahead] / run[ahead]
    return slopes


@dataclass(frozen=True, kw_only=True)
class Slope(Estimate):
    """A slope per unit of time, with the line through the medians: median of values - slope x median of times."""

    intercept: float
    pairs: int


def slope(values: ArrayLike, at: ArrayLike, *, level: float = 0.95) -> Slope:
    """The Theil-Sen slope with the interval of Sen (1968) from Kendall's S, corrected for ties in values and in times.

    The intercept is that of Conover (1980). Missing data: listwise. Raises StatisticsError for under 3 complete rows and
    when no two points differ in time.
    """
    points, rule = complete_columns(values, at)
    n = len(points)
    need(n, 3)
    y, x = points[:, 0], points[:, 1]
    slopes = np.sort(pair_slopes(y, x))
    if not len(slopes):
        raise StatisticsError("All values are of one moment, so there is no slope.")
    value = float(np.median(slopes))
    spread = normal_quantile(level) * sqrt(max(kendall_variance(y, x), 0.0))
    low, high = round((len(slopes) - spread) / 2.0) - 1, round((len(slopes) + spread) / 2.0)
    return Slope(
        measure="theil-sen",
        variant="Theil-Sen slope, Sen (1968) interval with correction for ties",
        value=value,
        low=float(slopes[max(low, 0)]),
        high=float(slopes[min(high, len(slopes) - 1)]),
        level=level,
        n=n,
        missing=rule,
        intercept=float(np.median(y) - value * np.median(x)),
        pairs=len(slopes),
    )


def kendall_variance(y: NDArray[np.float64], x: NDArray[np.float64]) -> float:
    """Variance of Kendall's S without association, with ties (Kendall 1970; the formula of Sen 1968, eq. 2.6)."""

    def tied(values: NDArray[np.float64]) -> float:
        counts = np.unique(values, return_counts=True)[1].astype(float)
        return float((counts * (counts - 1.0) * (2.0 * counts + 5.0)).sum())

    n = len(y)
    return (n * (n - 1.0) * (2.0 * n + 5.0) - tied(x) - tied(y)) / 18.0
