"""Bootstrap of whole clusters for anything that is a function of summed products, and the limits from its draws."""

from collections.abc import Iterator
from statistics import NormalDist

import numpy as np

from evaluation.statistics.estimate import StatisticsError
from evaluation.statistics.scoring import Floats

BLOCK = 250


def resampled(products: Floats, draws: int, seed: int) -> Iterator[Floats]:
    """Summed products of `draws` bootstrap samples of clusters, in blocks."""
    rng, n, flat = np.random.default_rng(seed), len(products), products.reshape(len(products), -1)
    for begin in range(0, draws, BLOCK):
        size = min(BLOCK, draws - begin)
        drawn = rng.integers(0, n, (size, n)) + np.arange(size)[:, None] * n
        weights = np.bincount(drawn.ravel(), minlength=size * n).reshape(size, n).astype(float)
        yield (weights @ flat).reshape(size, *products.shape[1:])


def interval_of(sampled: Floats, value: Floats, left: Floats | None, level: float) -> tuple[list[float], list[float]]:
    """Percentile limits of every column, or BCa limits where the estimates without each cluster are given."""
    tails = np.array([(1.0 - level) / 2.0, (1.0 + level) / 2.0])
    if left is None:
        low, high = np.quantile(sampled, tails, axis=0)
        return low.tolist(), high.tolist()
    limits = []
    for place, own in enumerate(value):
        shares = bca_shares(sampled[:, place], float(own), left[:, place], tails)
        limits.append(np.quantile(sampled[:, place], shares))
    return [float(low) for low, _ in limits], [float(high) for _, high in limits]


def bca_shares(sampled: Floats, value: float, left: Floats, tails: Floats) -> Floats:
    """Which quantiles of the draws are the BCa limits (Efron 1987; Efron and Tibshirani 1993, eq. 14.10)."""
    normal = NormalDist()
    below = (np.sum(sampled < value) + 0.5 * np.sum(sampled == value)) / len(sampled)
    if not 0.0 < below < 1.0:
        raise StatisticsError("All bootstrap samples lie on one side of the estimate, so BCa limits do not exist.")
    bias, apart = normal.inv_cdf(float(below)), np.nanmean(left) - left[~np.isnan(left)]
    spread = float((apart**2).sum())
    acceleration = float((apart**3).sum()) / (6.0 * spread**1.5) if spread > 0 else 0.0
    moved = [bias + normal.inv_cdf(float(tail)) for tail in tails]
    return np.array([normal.cdf(bias + each / (1.0 - acceleration * each)) for each in moved])
