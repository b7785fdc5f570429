"""From indicators to components, categories and stages, with the five states. NaN means: not scored.

The last axis is what is rolled up; leading axes (bootstrap draws, say) pass through.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evaluation.statistics.scoring import Floats

SCORED = "scored"
TOO_EARLY = "too_early"
NOT_MEASURED = "not_measured"
NOT_APPLICABLE = "not_applicable"
SUPPRESSED = "suppressed"

COMPONENTS_FOR_CATEGORY = 2
NO_WIDTH = 1e-9


def weighted_mean(scores: ArrayLike, weights: ArrayLike) -> Floats:
    """Mean over the last axis of what is scored; NaN where nothing is."""
    values, by = np.asarray(scores, dtype=float), np.asarray(weights, dtype=float)
    there = ~np.isnan(values)
    total = (there * by).sum(axis=-1)
    summed = (np.where(there, values, 0.0) * by).sum(axis=-1)
    mean: Floats = np.divide(summed, total, out=np.full(np.shape(total), np.nan), where=total > 0)
    return mean


def behaviour(scores: ArrayLike, weights: ArrayLike, applicable: ArrayLike) -> Floats:
    """Behaviour facet of a component: weighted mean of the scored indicators, if at least half of the weight that applies
    is scored."""
    values, by, applies = np.asarray(scores, dtype=float), np.asarray(weights, dtype=float), np.asarray(applicable)
    asked = (by * applies).sum(axis=-1)
    scored = (~np.isnan(values) * by * applies).sum(axis=-1)
    enough = (scored > 0) & (2 * scored >= asked)
    return np.where(enough, weighted_mean(values, by * applies), np.nan)


def mean_of(parts: ArrayLike, at_least: int = 1) -> Floats:
    """Plain mean over the last axis of what is scored, if at least `at_least` parts are."""
    values = np.asarray(parts, dtype=float)
    enough = (~np.isnan(values)).sum(axis=-1) >= at_least
    return np.where(enough, weighted_mean(values, np.ones(values.shape[-1])), np.nan)


def state_of(parts: Iterable[str], is_scored: bool) -> str:
    """The state of a whole from the states of its parts; why there is no number, if there is none."""
    if is_scored:
        return SCORED
    states = set(parts)
    if not states or states == {NOT_APPLICABLE}:
        return NOT_APPLICABLE if states else NOT_MEASURED
    for state in (TOO_EARLY, SUPPRESSED):
        if state in states:
            return state
    return NOT_MEASURED


def first_break(scores: Iterable[float | None], target: float = 60.0) -> int | None:
    """The place (from 0) of the earliest stage under target; None when none is."""
    return next((place for place, score in enumerate(scores) if score is not None and score < target), None)


def priority(score: float | None, coverage: float, weight: float = 1.0, target: float = 60.0) -> float:
    """How much an upstream component is worth looking at first: (target - score)+ x weight x coverage (0 to 1). Under 0 where
    more of it goes with less of the outcome (a negative path): then it comes last."""
    return 0.0 if score is None else max(target - score, 0.0) * weight * coverage


def draws(units: int, times: int, seed: int) -> NDArray[np.float64]:
    """Bootstrap weights (times x units): how often each unit was drawn, with replacement; the same for the same seed."""
    rng = np.random.default_rng(seed)
    weights = np.empty((times, units))
    for row in range(times):
        weights[row] = np.bincount(rng.integers(0, units, units), minlength=units)
    return weights


def resampled_means(weights: Floats, scores: Floats) -> Floats:
    """Means (draws x columns) of `scores` (units x columns) under each draw; NaN where a draw met no scored unit."""
    there = ~np.isnan(scores)
    total = weights @ there.astype(float)
    summed = weights @ np.where(there, scores, 0.0)
    means: Floats = np.divide(summed, total, out=np.full(total.shape, np.nan), where=total > 0)
    return means


def interval(values: ArrayLike, level: float = 0.95) -> tuple[float, float] | None:
    """Percentile interval of bootstrap values, NaN left out; None when fewer than half of the draws gave one, or
    when all are alike: where nothing varies, drawing again says nothing about how sure a figure is."""
    given = np.asarray(values, dtype=float)
    kept = given[~np.isnan(given)]
    if len(kept) * 2 < len(given) or not len(kept):
        return None
    low, high = np.quantile(kept, [(1 - level) / 2, (1 + level) / 2])
    return (float(low), float(high)) if high - low > NO_WIDTH else None


def bootstrap_mean(values: ArrayLike, *, times: int = 1000, seed: int = 1) -> tuple[float, float] | None:
    """95 % percentile bootstrap interval of a mean, resampling units (relationships). None under two units."""
    kept = np.asarray(values, dtype=float)
    kept = kept[~np.isnan(kept)]
    if len(kept) < 2:
        return None
    return interval(resampled_means(draws(len(kept), times, seed), kept[:, None])[:, 0])
