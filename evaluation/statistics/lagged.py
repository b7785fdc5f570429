"""Cross-lagged panel model of two observed variables: does the one at a wave go with the other at the next, what was before held
equal? Observational: "goes with", never "causes"."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from evaluation.statistics.estimate import Estimate, StatisticsError, need, notes, numbers
from evaluation.statistics.paths import OBSERVATIONAL, standing
from evaluation.statistics.regression import Coefficient, Regression, least_squares, standardised
from evaluation.statistics.scoring import Floats

BETWEEN = "what differs between people and what changes within them are not told apart (Hamaker et al. 2015)"


@dataclass(frozen=True)
class Step:
    """From one wave to the next, each equation by itself: the paths across, and how far each variable stays as it was."""

    before: int
    rows: int
    across: Coefficient
    back: Coefficient
    stays_second: Coefficient
    stays_first: Coefficient


@dataclass(frozen=True, kw_only=True)
class CrossLagged(Estimate):
    """`value` is the path from the first variable to the second over all steps together, `back` the one from the second to the
    first; standard deviations per standard deviation. n counts clusters."""

    p: float
    back: Coefficient
    stays_first: Coefficient
    stays_second: Coefficient
    rows: int
    steps: tuple[Step, ...]


def cross_lagged(
    first: ArrayLike,
    second: ArrayLike,
    *,
    clusters: Sequence[Hashable | None] | None = None,
    names: tuple[str, str] = ("X", "Y"),
    level: float = 0.95,
) -> CrossLagged:
    """`first`, `second`: people x waves in their order, NaN for missing; two waves or more.

    Each variable in standard deviations of its wave; by least squares second(t+1) on first(t) and second(t), and first(t+1) on
    second(t) and first(t), for every step, and over all steps together with a constant for each (Kenny 1975; Finkel 1995).
    Intervals from errors clustered by `clusters` (relationships; people where none are named), t of clusters - 1. Missing
    data: listwise in each equation. The note says "off" under 50 clusters and "exploratory" under 150. Raises StatisticsError
    for one wave, under 10 clusters, and where a variable does not vary.
    """
    one, other = (numbers(each, dimensions=2) for each in (first, second))
    if one.shape != other.shape:
        raise StatisticsError("Both variables need the same people and the same waves.")
    need(one.shape[1], 2, "waves")
    member: list[Hashable | None] = list(range(len(one))) if clusters is None else list(clusters)
    x, y = (np.column_stack([standardised(column) for column in each.T]) for each in (one, other))
    names_of = (f"{names[0]} before", f"{names[1]} before")
    ways = [_both(x, y, [t], member, names_of, level) for t in range(x.shape[1] - 1)]
    across, back = _both(x, y, list(range(x.shape[1] - 1)), member, names_of, level)
    n = min(across.clusters or 0, back.clusters or 0)
    way = across.coefficients[1]
    return CrossLagged(
        measure="cross-lagged",
        variant="two observed variables, standardised within waves, least squares per equation, errors by cluster",
        value=way.value,
        low=way.low,
        high=way.high,
        level=level,
        n=n,
        missing=across.missing,
        note=notes(standing(n, "clusters"), OBSERVATIONAL, BETWEEN),
        p=way.p,
        back=back.coefficients[2],
        stays_first=back.coefficients[1],
        stays_second=across.coefficients[2],
        rows=min(across.n, back.n),
        steps=tuple(_step(t, *both) for t, both in enumerate(ways)),
    )


def _both(
    x: Floats, y: Floats, steps: list[int], member: list[Hashable | None], names: tuple[str, str], level: float
) -> tuple[Regression, Regression]:
    """The two equations over these steps, each with its own constant."""
    before_x, before_y, after_x, after_y = (
        np.concatenate([each[:, t + later] for t in steps]) for later in (0, 1) for each in (x, y)
    )
    own = [np.repeat([float(t == other) for other in steps], len(x)) for t in steps[1:]]
    labels, rows = [*names, *(f"step {t + 1}" for t in steps[1:])], member * len(steps)
    first, second = (
        least_squares(after, [before_x, before_y, *own], names=labels, clusters=rows, level=level)
        for after in (after_y, after_x)
    )
    return first, second


def _step(before: int, across: Regression, back: Regression) -> Step:
    return Step(
        before=before,
        rows=min(across.n, back.n),
        across=across.coefficients[1],
        back=back.coefficients[2],
        stays_second=across.coefficients[2],
        stays_first=back.coefficients[1],
    )
