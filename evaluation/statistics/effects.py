"""Standardised differences: how large a change or a difference is, in standard deviations."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike

from evaluation.statistics.estimate import (
    Estimate,
    StatisticsError,
    around,
    complete_columns,
    gate,
    left_out,
    need,
    numbers,
)

PAIRS_FOR_EFFECT = 20


@dataclass(frozen=True, kw_only=True)
class PairedEffect(Estimate):
    """Change of the same people. `d` is before the small-sample correction `j`, `sd` what the difference is divided by;
    `se` belongs to `value`."""

    d: float
    j: float
    se: float
    mean_difference: float
    sd: float
    r: float | None


@dataclass(frozen=True, kw_only=True)
class GroupEffect(Estimate):
    """The first group minus the second. `sd` is pooled over both."""

    d: float
    j: float
    se: float
    mean_difference: float
    sd: float
    n_first: int
    n_second: int


def correction(df: float) -> float:
    """Hedges' J = 1 - 3/(4 df - 1), against the upward bias of d in small samples (Hedges 1981)."""
    return 1.0 - 3.0 / (4.0 * df - 1.0)


def paired_g(before: ArrayLike, after: ArrayLike, *, level: float = 0.95) -> PairedEffect:
    """Hedges' g of a change, after minus before, in standard deviations within a wave; see `paired_g_of`.

    Missing data: listwise (only people with both). Raises StatisticsError for under 3 pairs and where before, after or
    the change has no spread.
    """
    difference, sd, r, n, rule = changes(before, after)
    return paired_g_of(difference, sd, r, n, missing=rule, level=level)


def paired_g_of(
    mean_difference: float,
    sd_difference: float,
    r: float,
    n: int,
    *,
    missing: str = "pairs as given",
    level: float = 0.95,
) -> PairedEffect:
    """g = J d, d = mean difference / S_within, S_within = S_difference / sqrt(2 (1 - r)), J = 1 - 3/(4 df - 1), df = n - 1.

    Variance of d: (1/n + d^2/2n) 2 (1 - r) (Borenstein et al. 2009, ch. 4). Comparable with g between groups; for the
    change in units of its own spread see `g_z`. Under 20 pairs the note says "too few".
    """
    need(n, 3, "pairs")
    if sd_difference <= 0 or not -1.0 < r < 1.0:
        raise StatisticsError("Everybody changed by the same amount, so the change has no spread to be measured in.")
    sd, j = sd_difference / sqrt(2.0 * (1.0 - r)), correction(n - 1)
    d = mean_difference / sd
    se = j * sqrt((1.0 / n + d * d / (2.0 * n)) * 2.0 * (1.0 - r))
    low, high = around(j * d, se, level)
    return PairedEffect(
        measure="paired-g",
        variant="Hedges' g, d = mean difference / S_within, S_within = S_difference / sqrt(2(1-r)), J = 1 - 3/(4df-1)",
        value=j * d,
        low=low,
        high=high,
        level=level,
        n=n,
        missing=missing,
        note=gate(n, PAIRS_FOR_EFFECT, "pairs"),
        d=d,
        j=j,
        se=se,
        mean_difference=mean_difference,
        sd=sd,
        r=r,
    )


def g_z(before: ArrayLike, after: ArrayLike, *, level: float = 0.95) -> PairedEffect:
    """Hedges' g_z of a change, after minus before, in standard deviations of the change; see `g_z_of`.

    Missing data: listwise. Raises StatisticsError as `paired_g` does.
    """
    difference, sd, r, n, rule = changes(before, after)
    return g_z_of(difference, sd, n, r=r, missing=rule, level=level)


def g_z_of(
    mean_difference: float,
    sd_difference: float,
    n: int,
    *,
    r: float | None = None,
    missing: str = "pairs as given",
    level: float = 0.95,
) -> PairedEffect:
    """g_z = J d_z, d_z = mean difference / S_difference, J = 1 - 3/(4 df - 1), df = n - 1 (Lakens 2013).

    Not comparable with g between groups. Variance of d_z: 1/n + d_z^2/2n (Hedges and Olkin 1985). Under 20 pairs the note
    says "too few".
    """
    need(n, 3, "pairs")
    if sd_difference <= 0:
        raise StatisticsError("Everybody changed by the same amount, so the change has no spread to be measured in.")
    j, d = correction(n - 1), mean_difference / sd_difference
    se = j * sqrt(1.0 / n + d * d / (2.0 * n))
    low, high = around(j * d, se, level)
    return PairedEffect(
        measure="g-z",
        variant="Hedges' g_z, d_z = mean difference / S_difference, J = 1 - 3/(4df-1)",
        value=j * d,
        low=low,
        high=high,
        level=level,
        n=n,
        missing=missing,
        note=gate(n, PAIRS_FOR_EFFECT, "pairs"),
        d=d,
        j=j,
        se=se,
        mean_difference=mean_difference,
        sd=sd_difference,
        r=r,
    )


def changes(before: ArrayLike, after: ArrayLike) -> tuple[float, float, float, int, str]:
    """Mean and spread of the change, the correlation of before and after, the number of pairs, what was left out."""
    pairs, rule = complete_columns(before, after)
    n = len(pairs)
    need(n, 3, "pairs")
    if (pairs.std(axis=0) < 1e-12).any():
        raise StatisticsError("Everybody has the same value before or after, so the change cannot be standardised.")
    change = pairs[:, 1] - pairs[:, 0]
    sd = float(change.std(ddof=1))
    if sd < 1e-12:
        raise StatisticsError("Everybody changed by the same amount, so the change has no spread to be measured in.")
    return float(change.mean()), sd, float(np.asarray(np.corrcoef(pairs, rowvar=False))[0, 1]), n, rule


def independent_g(first: ArrayLike, second: ArrayLike, *, level: float = 0.95) -> GroupEffect:
    """Hedges' g of two groups, the first minus the second; see `independent_g_of`.

    Missing data: people without a value are left out. Raises StatisticsError for under 2 people in a group and for no
    spread within the groups.
    """
    groups = [numbers(first), numbers(second)]
    kept = [group[~np.isnan(group)] for group in groups]
    for group in kept:
        need(len(group), 2, "people in each group")
    (m1, m2), (s1, s2) = ([float(g.mean()) for g in kept], [float(g.std(ddof=1)) for g in kept])
    size, all_of = sum(map(len, kept)), sum(map(len, groups))
    rule = left_out("complete cases", all_of - size, all_of)
    return independent_g_of(m1, s1, len(kept[0]), m2, s2, len(kept[1]), missing=rule, level=level)


def independent_g_of(
    mean1: float,
    sd1: float,
    n1: int,
    mean2: float,
    sd2: float,
    n2: int,
    *,
    missing: str = "groups as given",
    level: float = 0.95,
) -> GroupEffect:
    """g = J d, d = (mean1 - mean2) / pooled standard deviation, df = n1 + n2 - 2.

    Variance of d: (n1 + n2)/(n1 n2) + d^2 / 2(n1 + n2) (Borenstein et al. 2009, ch. 4). Under 20 people in either group
    the note says "too few".
    """
    need(min(n1, n2), 2, "people in each group")
    df = n1 + n2 - 2
    sd = sqrt(((n1 - 1) * sd1**2 + (n2 - 1) * sd2**2) / df)
    if sd < 1e-12:
        raise StatisticsError(
            "Within the groups everybody has the same value, so the difference cannot be standardised."
        )
    j, d = correction(df), (mean1 - mean2) / sd
    se = j * sqrt((n1 + n2) / (n1 * n2) + d * d / (2.0 * (n1 + n2)))
    low, high = around(j * d, se, level)
    return GroupEffect(
        measure="independent-g",
        variant="Hedges' g, pooled standard deviation, J = 1 - 3/(4df-1)",
        value=j * d,
        low=low,
        high=high,
        level=level,
        n=n1 + n2,
        missing=missing,
        note=gate(min(n1, n2), PAIRS_FOR_EFFECT, "people in the smaller group"),
        d=d,
        j=j,
        se=se,
        mean_difference=mean1 - mean2,
        sd=sd,
        n_first=n1,
        n_second=n2,
    )
