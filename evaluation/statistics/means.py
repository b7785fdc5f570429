"""Tests of means whose p-values are adjusted for their number. The size of a difference is in `effects`."""

from math import sqrt

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtr

from evaluation.statistics.effects import changes
from evaluation.statistics.estimate import StatisticsError, need, numbers


def paired_p(before: ArrayLike, after: ArrayLike) -> float:
    """Two-sided p of Student's t for a change of the same people, n - 1 degrees of freedom. Missing data: listwise. Raises
    StatisticsError as `paired_g` does."""
    difference, sd, _r, n, _rule = changes(before, after)
    return float(2.0 * stdtr(n - 1, -abs(difference) / (sd / sqrt(n))))


def welch_p(first: ArrayLike, second: ArrayLike) -> float:
    """Two-sided p of Welch's t for two groups of unlike spread (Welch 1947). Missing data: left out. Raises StatisticsError for
    under 2 people in a group and where neither group varies."""
    groups = [each[~np.isnan(each)] for each in (numbers(first), numbers(second))]
    for group in groups:
        need(len(group), 2, "people in each group")
    parts = [float(group.var(ddof=1)) / len(group) for group in groups]
    if sum(parts) < 1e-24:
        raise StatisticsError("Within the groups everybody has the same value, so the difference cannot be tested.")
    df = sum(parts) ** 2 / sum(part**2 / (len(group) - 1) for part, group in zip(parts, groups, strict=True))
    t = float(groups[0].mean() - groups[1].mean()) / sqrt(sum(parts))
    return float(2.0 * stdtr(df, -abs(t)))
