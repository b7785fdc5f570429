"""Does a condition change how strongly X goes with Y? One product term, bootstrap by cluster."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from evaluation.statistics.bootstrap import interval_of, resampled
from evaluation.statistics.estimate import Estimate, StatisticsError, check_level, need, notes
from evaluation.statistics.paths import (
    OBSERVATIONAL,
    Model,
    cluster_products,
    refuse_singular,
    regression,
    standing,
    table_of,
)


@dataclass(frozen=True, kw_only=True)
class Moderation(Estimate):
    """`value` is the coefficient of the product of the centred x and condition."""

    rows: int
    draws: int
    draws_used: int
    seed: int


def moderation(
    x: ArrayLike,
    condition: ArrayLike,
    y: ArrayLike,
    *,
    clusters: Sequence[Hashable | None] | None = None,
    names: Sequence[str] = ("X", "Z", "Y"),
    draws: int = 5000,
    seed: int = 1,
    level: float = 0.95,
) -> Moderation:
    """y on x, the condition and their product by least squares, both centred first (Aiken and West 1991; model 1 of Hayes 2022).

    Percentile interval of `draws` bootstrap samples of whole clusters. Missing data: listwise. The note says "off" under 50
    clusters and "exploratory" under 150. Raises StatisticsError as `mediation` does.
    """
    check_level(level)
    unit = "clusters" if clusters is not None else "rows"
    plain, member, rule = table_of([x, condition, y], clusters)
    n = int(member.max()) + 1 if len(member) else 0
    need(n, 10, f"complete {unit}")
    centred = plain[:, 1:3] - plain[:, 1:3].mean(axis=0)
    table = np.column_stack([plain[:, 0], centred, centred.prod(axis=1), plain[:, 3]])
    refuse_singular(table, Model(1, 1, ("1", names[0], names[1], f"{names[0]} x {names[1]}", names[2])))
    products = cluster_products(table, member, n)
    value = regression(products.sum(axis=0)[None], 4)[:, 3]
    sampled = np.concatenate([regression(drawn, 4)[:, 3:] for drawn in resampled(products, draws, seed)])
    sampled = sampled[~np.isnan(sampled).any(axis=1)]
    if len(sampled) < draws / 2:
        raise StatisticsError(
            "More than half of the bootstrap samples could not be computed: the data vary too little."
        )
    low, high = interval_of(sampled, value, None, level)
    return Moderation(
        measure="moderation",
        variant=f"product of centred predictors, least squares, percentile bootstrap by {unit}",
        value=float(value[0]),
        low=low[0],
        high=high[0],
        level=level,
        n=n,
        missing=rule,
        note=notes(standing(n, unit), OBSERVATIONAL),
        rows=len(table),
        draws=draws,
        draws_used=len(sampled),
        seed=seed,
    )
