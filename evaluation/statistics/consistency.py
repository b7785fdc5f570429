"""Internal consistency of a scale by every measure that its number of items allows."""

import numpy as np
from numpy.typing import ArrayLike

from evaluation.statistics.estimate import Estimate, StatisticsError, numbers
from evaluation.statistics.factor import omega
from evaluation.statistics.reliability import PEOPLE_FOR_RELIABILITY, alpha, spearman_brown


def consistency(items: ArrayLike, *, level: float = 0.95, with_omega: bool = True) -> tuple[Estimate, ...] | int:
    """Alpha with Feldt's interval and, unless `with_omega` is False, omega; of two items Spearman-Brown. `items`: people x items,
    NaN for missing, reversed items already reversed.

    Under 30 complete rows only how many there are. Empty for under 2 items and where nothing can be computed, as when
    everybody answered an item the same. Missing data: listwise.
    """
    table = numbers(items, dimensions=2)
    complete = int((~np.isnan(table)).all(axis=1).sum())
    if complete < PEOPLE_FOR_RELIABILITY:
        return complete
    if table.shape[1] < 2:
        return ()
    found: list[Estimate] = []
    more = (omega,) if with_omega else ()
    measures = (alpha, *more) if table.shape[1] > 2 else (_of_two,)
    for measure in measures:
        try:
            found.append(measure(table, level=level))
        except StatisticsError:
            continue
    return tuple(found)


def _of_two(table: ArrayLike, *, level: float) -> Estimate:
    first, second = np.asarray(table, dtype=float).T
    return spearman_brown(first, second, level=level)
