"""Slopes that one odd value does not bend."""

import numpy as np
from numpy.typing import NDArray


def theil_sen(values: NDArray[np.float64], at: NDArray[np.float64]) -> float:
    """The Theil-Sen slope: the median of the slopes of all pairs of points with different `at` (Sen 1968).

    In units of `values` per unit of `at`; NaN when no two points differ in `at`. The same number as
    `scipy.stats.theilslopes`, without the seconds that importing scipy.stats takes.
    """
    rise = values[:, None] - values[None, :]
    run = at[:, None] - at[None, :]
    ahead = run > 0
    return float(np.median(rise[ahead] / run[ahead])) if ahead.any() else float("nan")
