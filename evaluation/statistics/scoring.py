"""How a raw figure becomes a score from 0 to 100, and answers become a component score. NaN means: no figure.

Every function takes one number or an array and keeps its shape.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

SCALE_MIN, SCALE_MAX = 1, 5
GAP_FLAG = 25.0


def lin(x: ArrayLike, low: float, high: float) -> Floats:
    """clip(100 (x - low) / (high - low), 0, 100): 0 at `low`, 100 at `high`; lower is better where low > high."""
    return np.clip(100.0 * (np.asarray(x, dtype=float) - low) / (high - low), 0.0, 100.0)


def log(x: ArrayLike, low: float, high: float) -> Floats:
    """clip(100 (ln low - ln x) / (ln low - ln high), 0, 100) for waiting times; x is floored at `high` (= 100)."""
    floored = np.maximum(np.asarray(x, dtype=float), high)
    score: Floats = np.clip(100.0 * (np.log(low) - np.log(floored)) / (np.log(low) - np.log(high)), 0.0, 100.0)
    return score


def band(x: ArrayLike, a: float, b: float, c: float, d: float) -> Floats:
    """A trapezoid: 100 from `b` to `c`, falling to 0 at `a` and at `d`."""
    values = np.asarray(x, dtype=float)
    rising = (values - a) / (b - a)
    falling = (d - values) / (d - c)
    return np.clip(100.0 * np.minimum(rising, falling), 0.0, 100.0)


def reverse(answer: int) -> int:
    """What a reversed item counts: 6 - r on the scale from 1 to 5."""
    return SCALE_MIN + SCALE_MAX - answer


def item_score(answers: Sequence[int | None], reversed_items: Sequence[bool], min_valid: int = 2) -> float | None:
    """Component score from its items: (mean - 1) x 25 over what was answered.

    `answers` are raw, 1 to 5; None or a missing code (below 1) is no answer. None when fewer than `min_valid` (for a form
    with a single item: 1) were answered. Person-mean proration: good for a live picture, biased for research.
    """
    valid = [
        reverse(answer) if is_reversed else answer
        for answer, is_reversed in zip(answers, reversed_items, strict=True)
        if answer is not None and answer >= SCALE_MIN
    ]
    if not valid or len(valid) < min(min_valid, len(answers)):
        return None
    return (sum(valid) / len(valid) - SCALE_MIN) * 100.0 / (SCALE_MAX - SCALE_MIN)


def scale_score(
    answers: Sequence[int | None],
    reversed_items: Sequence[bool],
    *,
    low: int,
    high: int,
    method: str = "mean",
    min_valid: int = 1,
) -> float | None:
    """Score of a scale in its own units: the mean of what was answered on `low` to `high` (reversed items as low + high - r),
    or with `method` "sum" that mean times the number of items.

    Missing data (None, codes below `low`): person-mean proration; None when fewer than `min_valid` (for a shorter scale: all
    of its items) were answered.
    """
    valid = [
        low + high - answer if is_reversed else answer
        for answer, is_reversed in zip(answers, reversed_items, strict=True)
        if answer is not None and answer >= low
    ]
    if not valid or len(valid) < min(min_valid, len(answers)):
        return None
    return sum(valid) / len(valid) * (len(answers) if method == "sum" else 1)


def straight_lined(answers: Sequence[int], at_least: int = 12) -> bool:
    """The same raw answer to every item of a form of 12 or more, reversed ones included."""
    return len(answers) >= at_least and len(set(answers)) == 1


def goal_attainment(ratings: Sequence[int], weights: Sequence[float] | None = None, p: float = 0.3) -> float | None:
    """Goal attainment T (Kiresuk and Sherman 1968): 50 + 10 sum(w x) / sqrt((1-p) sum w^2 + p (sum w)^2).

    `ratings` from -2 to 2, 0 = as hoped; `p` the assumed correlation of goals. None without a rating.
    """
    if not len(ratings):
        return None
    w = np.ones(len(ratings)) if weights is None else np.asarray(weights, dtype=float)
    x = np.asarray(ratings, dtype=float)
    return float(50.0 + 10.0 * (w @ x) / np.sqrt((1.0 - p) * (w @ w) + p * w.sum() ** 2))


def goal_attainments(total: Floats, count: Floats, p: float = 0.3) -> Floats:
    """`goal_attainment` of many at once, from the sum and the number of their ratings, all of one weight; NaN without any."""
    spread = np.sqrt((1.0 - p) * count + p * count**2)
    t: Floats = np.divide(10.0 * total, spread, out=np.full(np.shape(count), np.nan), where=spread > 0) + 50.0
    return t


def gap(behaviour: float | None, perception: float | None) -> float | None:
    """Behaviour minus perception in points; None unless both were measured. Over 25 either way is a perception gap."""
    return None if behaviour is None or perception is None else behaviour - perception
