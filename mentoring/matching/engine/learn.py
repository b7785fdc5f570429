"""Suggested weights from what became of earlier pairs: logistic regression, shrunk towards the weights in use.

No criterion may count against a pair (coefficients are not negative), and no attribute of a person is an input: only
how well two people fitted on each criterion.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from .settings import CRITERIA, Refused, Weights, shares

NEEDED = 50
"""Closed relationships without which nothing is suggested."""
RIDGE = 25.0
"""Pairs' worth of trust in the weights in use."""
FOLDS = 5
BINS = 5

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Bin:
    """Pairs with about the same chance by the model, and how many of them went well."""

    pairs: int
    expected: float
    went_well: float


@dataclass(frozen=True)
class Suggestion:
    """Weights to consider, and how far to trust them. Nothing changes until a coordinator accepts them.

    auc         how often a pair that went well ranks above one that did not, on pairs the fit has not seen (0.5: chance)
    auc_before  the same with the weights in use
    calibration chances against what happened, on pairs the fit has not seen
    """

    weights: Weights
    before: Weights
    closed: int
    went_well: int
    auc: float
    auc_before: float
    calibration: tuple[Bin, ...]

    @property
    def better(self) -> bool:
        """Whether the suggestion tells good pairs apart better than the weights in use."""
        return self.auc > self.auc_before


def suggest_weights(values: ArrayLike, went_well: ArrayLike, before: Weights | None = None) -> Suggestion:
    """Weights that would have told good pairs from others.

    `values` are (closed relationships x CRITERIA), 0..10,000 each (`criterion_values`), `went_well` their outcomes as
    0 or 1. Raises Refused("too_few_closed") below NEEDED and Refused("outcomes_all_alike") when there is nothing to
    tell apart.
    """
    table, good = np.asarray(values, np.float64).reshape(-1, len(CRITERIA)) / 10_000, np.asarray(went_well, np.float64)
    before = before or Weights()
    if len(good) < NEEDED:
        raise Refused("too_few_closed", found=len(good), needed=NEEDED)
    if len(table) != len(good):
        raise ValueError("Every relationship needs one outcome.")
    if good.min() == good.max():
        raise Refused("outcomes_all_alike")
    prior = np.array(before.values(), np.float64) / 100
    chance, turn = np.zeros(len(good)), _folds(good)
    for fold in range(FOLDS):
        seen = turn != fold
        base, slopes = _fitted(table[seen], good[seen], prior)
        chance[~seen] = _sigmoid(base + table[~seen] @ slopes)
    _, slopes = _fitted(table, good, prior)
    parts = np.rint(slopes / max(slopes.sum(), 1e-12) * 1_000_000).astype(int).tolist()
    weights = Weights(**dict(zip(CRITERIA, shares(parts, 100), strict=True))) if sum(parts) else before
    return Suggestion(
        weights=weights,
        before=before,
        closed=len(good),
        went_well=int(good.sum()),
        auc=auc(chance, good),
        auc_before=auc(table @ prior, good),
        calibration=_calibration(chance, good),
    )


def criterion_values(parts: Sequence[Mapping[str, int]], weights: Weights) -> NDArray[np.float64]:
    """(pairs x CRITERIA) values, 0..10,000, from contributions kept with pairs; the middle where nothing was counted."""
    shown = np.array([[row.get(name, 0) for name in CRITERIA] for row in parts], np.float64).reshape(-1, len(CRITERIA))
    weight = np.array(weights.values(), np.float64)
    return np.where(weight > 0, np.minimum(shown * 100 / np.maximum(weight, 1), 10_000), 5_000)


def auc(score: ArrayLike, good: ArrayLike) -> float:
    """How often a pair that went well scores above one that did not; ties count half."""
    marks = np.asarray(good, np.bool_)
    yes, no = int(marks.sum()), int((~marks).sum())
    if not yes or not no:
        return 0.5
    _, place, together = np.unique(np.asarray(score), return_inverse=True, return_counts=True)
    ranks = (np.cumsum(together) - (together - 1) / 2)[place]  # as scipy.stats.rankdata, which takes long to import
    return round(float((ranks[marks].sum() - yes * (yes + 1) / 2) / (yes * no)), 4)


def proxies(values: ArrayLike, groups: Mapping[str, ArrayLike], limit: float = 0.15) -> dict[str, dict[str, float]]:
    """Criteria that tell a protected group from the others, by name of the group: AUC where it lies far from chance.

    A criterion listed here carries a protected attribute in disguise; look at it before giving it more weight.
    """
    table = np.asarray(values, np.float64).reshape(-1, len(CRITERIA))
    found = {}
    for name, member in groups.items():
        told = {criterion: auc(table[:, k], member) for k, criterion in enumerate(CRITERIA)}
        found[name] = {criterion: value for criterion, value in told.items() if abs(value - 0.5) > limit}
    return {name: told for name, told in found.items() if told}


def _folds(good: Floats) -> NDArray[np.int64]:
    """Each fold gets its share of either outcome; the same split every time."""
    turn = np.zeros(len(good), np.int64)
    for outcome in (0, 1):
        rows = np.flatnonzero(good == outcome)
        turn[rows] = np.arange(len(rows)) % FOLDS
    return turn


def _fitted(table: Floats, good: Floats, prior: Floats) -> tuple[float, Floats]:
    """Intercept and slopes: first how much the weights in use matter at all, then where the data disagree with them."""
    plain = scipy.optimize.minimize(
        _loss,
        [0.0, 1.0],
        (table @ prior[:, None], good, np.zeros(1), 1e-3),
        "L-BFGS-B",
        jac=True,
        bounds=[(None, None), (0, None)],
    )
    strength = max(float(plain.x[1]), 1.0)
    start = np.append(plain.x[0], prior * strength)
    bounds = [(None, None)] + [(0, None)] * len(prior)
    found = scipy.optimize.minimize(
        _loss, start, (table, good, prior * strength, RIDGE / 10), "L-BFGS-B", jac=True, bounds=bounds
    )
    return float(found.x[0]), np.asarray(found.x[1:], np.float64)


def _loss(x: Floats, table: Floats, good: Floats, prior: Floats, ridge: float) -> tuple[float, Floats]:
    """Penalised log loss and its gradient."""
    line = x[0] + table @ x[1:]
    away = x[1:] - prior
    loss = np.logaddexp(0, line).sum() - good @ line + ridge / 2 * float(away @ away)
    rest = _sigmoid(line) - good
    return float(loss), np.append(rest.sum(), table.T @ rest + ridge * away)


def _sigmoid(line: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(line, -50, 50))), np.float64)


def _calibration(chance: Floats, good: Floats) -> tuple[Bin, ...]:
    order = np.argsort(chance, kind="stable")
    return tuple(
        Bin(len(rows), round(float(chance[rows].mean()), 4), round(float(good[rows].mean()), 4))
        for rows in np.array_split(order, BINS)
    )
