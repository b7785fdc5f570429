"""Discrete-time hazards: in which week something ends, from rows of one unit and one week each; and how well that predicts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit

from evaluation.statistics.estimate import StatisticsError, need
from evaluation.statistics.rollup import draws
from evaluation.statistics.scoring import Floats

STEPS, CLOSE, CHUNK = 60, 1e-10, 50


@dataclass(frozen=True)
class DiscreteHazard:
    """The chance of an end within a week: logit = intercept + sum of coefficient x (predictor - mean) / sd."""

    names: tuple[str, ...]
    means: tuple[float, ...]
    sds: tuple[float, ...]
    intercept: float
    coefficients: tuple[float, ...]

    def predict(self, x: ArrayLike) -> Floats:
        """The hazard of each row (rows x predictors)."""
        given = (np.asarray(x, dtype=float) - np.array(self.means)) / np.array(self.sds)
        hazards: Floats = expit(self.intercept + given @ np.array(self.coefficients))
        return hazards


@dataclass(frozen=True)
class Bin:
    """One step of a calibration: of `n` rows, how many were expected to end and how many did."""

    n: int
    expected: float
    observed: int


def fit_hazard(x: ArrayLike, ended: ArrayLike, names: Sequence[str], *, penalty: float = 1.0) -> DiscreteHazard:
    """Logistic regression on person-weeks (Cox 1972; Singer and Willett 1993) by Newton's method, with a ridge `penalty` on the
    standardised coefficients (0: plain maximum likelihood), which keeps them finite when a predictor tells every end.

    Rows must be complete. Raises StatisticsError for too few rows, a constant predictor, and when nothing or all has ended.
    """
    table, y = np.asarray(x, dtype=float), np.asarray(ended, dtype=float)
    need(len(y), len(names) + 2, "person-weeks")
    if not 0 < y.sum() < len(y):
        raise StatisticsError("Hazards need some weeks in which something ended and some in which it did not.")
    means, sds = table.mean(axis=0), table.std(axis=0)
    if (sds < 1e-12).any():
        constant = names[int(np.argmin(sds))]
        raise StatisticsError(f"{constant} has the same value in every row, so it cannot predict anything.")
    design = np.column_stack((np.ones(len(y)), (table - means) / sds))
    shrink = np.diag([0.0, *[penalty] * len(names)])
    weights = np.zeros(design.shape[1])
    weights[0] = np.log(y.mean() / (1.0 - y.mean()))
    for _ in range(STEPS):
        p = expit(design @ weights)
        slope = design.T @ (y - p) - shrink @ weights
        curve = (design.T * (p * (1.0 - p))) @ design + shrink
        step = np.linalg.lstsq(curve, slope, rcond=None)[0]
        weights = weights + np.clip(step, -5.0, 5.0)
        if np.abs(step).max() < CLOSE:
            break
    return DiscreteHazard(
        tuple(names), tuple(means.tolist()), tuple(sds.tolist()), float(weights[0]), tuple(weights[1:].tolist())
    )


def auc(scores: ArrayLike, ended: ArrayLike, weights: ArrayLike | None = None) -> float | None:
    """The chance that a row that ended scores higher than one that did not, ties counting half (Mann and Whitney 1947; Hanley
    and McNeil 1982); None where one of the two kinds is missing."""
    by = np.ones(len(np.asarray(scores))) if weights is None else np.asarray(weights, dtype=float)
    return _auc(*_ranked(scores), np.asarray(ended, dtype=bool), by)


def _ranked(scores: ArrayLike) -> tuple[NDArray[np.int64], int]:
    values, place = np.unique(np.asarray(scores, dtype=float), return_inverse=True)
    return place, len(values)


def _auc(place: NDArray[np.int64], size: int, ended: NDArray[np.bool_], by: Floats) -> float | None:
    with_end = np.bincount(place, by * ended, size)
    without = np.bincount(place, by * ~ended, size)
    pairs = with_end.sum() * without.sum()
    if pairs <= 0:
        return None
    below = np.cumsum(without) - without / 2.0
    return float((with_end * below).sum() / pairs)


def auc_gain(
    new: ArrayLike, old: ArrayLike, ended: ArrayLike, units: ArrayLike, *, times: int = 1000, seed: int = 1
) -> tuple[float, float] | None:
    """95 % percentile bootstrap interval of AUC(new) - AUC(old) on the same rows, resampling whole units (relationships); None
    where fewer than half of the draws have both kinds of rows."""
    y = np.asarray(ended, dtype=bool)
    _, unit = np.unique(np.asarray(units), return_inverse=True)
    first, second = _ranked(new), _ranked(old)
    gains = []
    for chunk in range(times // CHUNK):
        for drawn in draws(int(unit.max()) + 1, CHUNK, seed + chunk):
            by = drawn[unit]
            one, other = _auc(*first, y, by), _auc(*second, y, by)
            if one is not None and other is not None:
                gains.append(one - other)
    if 2 * len(gains) < times:
        return None
    low, high = np.quantile(gains, [0.025, 0.975])
    return float(low), float(high)


def brier(p: ArrayLike, ended: ArrayLike) -> float:
    """Mean squared difference between chance and what happened (Brier 1950); lower is better."""
    return float(np.mean((np.asarray(p, dtype=float) - np.asarray(ended, dtype=float)) ** 2))


def calibration(p: ArrayLike, ended: ArrayLike, bins: int = 5) -> list[Bin]:
    """Rows from the lowest to the highest chance in groups of the same size: ends expected and observed."""
    chances, y = np.asarray(p, dtype=float), np.asarray(ended, dtype=float)
    order = np.argsort(chances, kind="stable")
    return [
        Bin(len(part), float(chances[part].sum()), int(y[part].sum()))
        for part in np.array_split(order, bins)
        if len(part)
    ]


@dataclass(frozen=True)
class Found:
    """Of units that ended and of those that did not, how many were ever flagged before."""

    flagged_ended: int
    ended: int
    flagged_others: int
    others: int

    @property
    def sensitivity(self) -> float | None:
        return self.flagged_ended / self.ended if self.ended else None

    @property
    def specificity(self) -> float | None:
        return 1.0 - self.flagged_others / self.others if self.others else None

    def as_dict(self) -> dict[str, Any]:
        return {**self.__dict__, "sensitivity": self.sensitivity, "specificity": self.specificity}


def found(flags: ArrayLike, ended: ArrayLike, units: ArrayLike) -> Found:
    """Rows to units: flagged if any of its rows is, ended if its last is."""
    names, unit = np.unique(np.asarray(units), return_inverse=True)
    flagged = np.bincount(unit, np.asarray(flags, dtype=float), len(names)) > 0
    over = np.bincount(unit, np.asarray(ended, dtype=float), len(names)) > 0
    return Found(int((flagged & over).sum()), int(over.sum()), int((flagged & ~over).sum()), int((~over).sum()))
