"""Path models: does X go with Y through M? Ordinary least squares per equation, products of paths, bootstrap by cluster.

Observational: a path says "goes with", never "causes".
"""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evaluation.statistics.estimate import (
    Estimate,
    StatisticsError,
    check_level,
    left_out,
    need,
    notes,
    numbers,
)
from evaluation.statistics.scoring import Floats

CLUSTERS_AT_ALL, CLUSTERS_TO_CONFIRM = 50, 150
OBSERVATIONAL = "observational: associated with, never caused by"
PERCENTILE, BCA = "percentile", "bca"
BLOCK = 250
SINGULAR = 1e-10


@dataclass(frozen=True)
class Effect:
    """A path or a product of paths with its bootstrap interval; `se` is the standard deviation of the draws."""

    name: str
    value: float
    se: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Mediation(Estimate):
    """`value` is the total indirect effect. `sensitivity`: the correlation of the errors of the last mediator and the
    outcome, as an unmeasured common cause would leave it, that would bring the last path to 0 (for one mediator: Imai,
    Keele and Yamamoto 2010)."""

    rows: int
    draws: int
    draws_used: int
    seed: int
    total: Effect
    direct: Effect
    indirect: tuple[Effect, ...]
    paths: tuple[Effect, ...]
    sensitivity: float


@dataclass(frozen=True)
class Model:
    """Places of the columns in the table: 1 (a constant), covariates, x, mediators in their order, y."""

    covariates: int
    mediators: int
    names: tuple[str, ...]

    @property
    def x(self) -> int:
        return 1 + self.covariates

    @property
    def y(self) -> int:
        return self.x + self.mediators + 1

    @property
    def chains(self) -> list[tuple[int, ...]]:
        """Every way from x to y through one or more mediators, in the order of their length."""
        between = range(self.x + 1, self.y)
        return [
            (self.x, *chosen, self.y) for size in range(1, self.mediators + 1) for chosen in combinations(between, size)
        ]

    @property
    def arrows(self) -> list[tuple[int, int]]:
        """Every path between x, the mediators and y, from and to."""
        return [(a, b) for b in range(self.x + 1, self.y + 1) for a in range(self.x, b)]

    def spelt(self, chain: tuple[int, ...]) -> str:
        return " -> ".join(self.names[place] for place in chain)


def mediation(
    x: ArrayLike,
    mediators: Sequence[ArrayLike],
    y: ArrayLike,
    *,
    clusters: Sequence[Hashable | None] | None = None,
    covariates: Sequence[ArrayLike] = (),
    names: Sequence[str] | None = None,
    draws: int = 5000,
    interval: str = PERCENTILE,
    seed: int = 1,
    level: float = 0.95,
) -> Mediation:
    """Simple mediation (one mediator) or serial mediation (two or more, each before the next).

    Every mediator is regressed on x, the covariates and the mediators before it, y on all of them (ordinary least squares;
    models 4 and 6 of Hayes 2022). An indirect effect is the product of its paths, the total effect the direct one plus all
    indirect ones. Intervals: `percentile`, or `bca` (bias-corrected and accelerated, Efron 1987, acceleration by leaving
    out one cluster at a time), over `draws` bootstrap samples of whole clusters (relationships; rows where none are named),
    the same for the same seed. `names`: of x, the mediators and y. Missing data: listwise, a cluster of None included.
    n counts clusters; the note says "off" under 50 and "exploratory" under 150. Raises StatisticsError for too few rows and
    for columns that are constant or follow from one another.
    """
    if interval not in (PERCENTILE, BCA):
        raise StatisticsError(f"The interval is percentile or bca, not {interval}.")
    need(len(mediators), 1, "mediators")
    need(draws, 100, "draws")
    check_level(level)
    model = Model(len(covariates), len(mediators), column_names(names, len(covariates), len(mediators)))
    table, member, rule = table_of([*covariates, x, *mediators, y], clusters)
    n = int(member.max()) + 1 if len(member) else 0
    need(n, max(10, model.y + 2), "complete clusters" if clusters is not None else "complete rows")
    refuse_singular(table, model)
    products = cluster_products(table, member, n)
    whole = products.sum(axis=0)
    value = effects(model, whole[None])[0]
    sampled = np.concatenate([effects(model, drawn) for drawn in resampled(products, draws, seed)])
    sampled = sampled[~np.isnan(sampled).any(axis=1)]
    if len(sampled) < draws / 2:
        raise StatisticsError(
            "More than half of the bootstrap samples could not be computed: the data vary too little."
        )
    left = effects(model, whole - products) if interval == BCA else None
    low, high = interval_of(sampled, value, left, level)
    found = [
        Effect(*each)
        for each in zip(labels_of(model), value.tolist(), sampled.std(axis=0, ddof=1).tolist(), low, high, strict=True)
    ]
    chains, kind = len(model.chains), "simple" if len(mediators) == 1 else "serial"
    unit = "clusters" if clusters is not None else "rows"
    return Mediation(
        measure="mediation",
        variant=f"{kind} mediation, least squares, product of paths, {interval} bootstrap by {unit}",
        value=found[2].value,
        low=found[2].low,
        high=found[2].high,
        level=level,
        n=n,
        missing=rule,
        note=notes(standing(n, unit), OBSERVATIONAL),
        rows=len(table),
        draws=draws,
        draws_used=len(sampled),
        seed=seed,
        total=found[0],
        direct=found[1],
        indirect=tuple(found[3 : 3 + chains]),
        paths=tuple(found[3 + chains :]),
        sensitivity=error_correlation(model, whole),
    )


def standing(n: int, unit: str) -> str:
    """What a path model of so many relationships may be used for."""
    if n < CLUSTERS_AT_ALL:
        return f"off: {n} {unit}, at least {CLUSTERS_AT_ALL} are wanted"
    return "" if n >= CLUSTERS_TO_CONFIRM else f"exploratory: under {CLUSTERS_TO_CONFIRM} {unit}"


def column_names(names: Sequence[str] | None, covariates: int, mediators: int) -> tuple[str, ...]:
    given = tuple(names) if names is not None else ("X", *(f"M{i}" for i in range(1, mediators + 1)), "Y")
    if len(given) != mediators + 2:
        raise StatisticsError("Give a name for x, for each mediator and for y.")
    return ("1", *(f"covariate {i}" for i in range(1, covariates + 1)), *given)


def labels_of(model: Model) -> list[str]:
    """In the order of `effects`."""
    chains = [model.spelt(chain) for chain in model.chains]
    return ["total", "direct", "total indirect", *chains, *(model.spelt(arrow) for arrow in model.arrows)]


def table_of(
    columns: Sequence[ArrayLike], clusters: Sequence[Hashable | None] | None
) -> tuple[Floats, NDArray[np.int64], str]:
    """Complete rows with a leading 1, the place of each row's cluster, and what was left out."""
    given = [numbers(column) for column in columns]
    lengths = {len(column) for column in given} | ({len(clusters)} if clusters is not None else set())
    if len(lengths) != 1:
        raise StatisticsError("The columns have different lengths.")
    stacked = np.column_stack([np.ones(len(given[0])), *given])
    whole = np.asarray(~np.isnan(stacked).any(axis=1))
    if clusters is not None:
        whole &= np.array([each is not None for each in clusters], dtype=bool)
        places: dict[Hashable, int] = {}
        kept = [places.setdefault(each, len(places)) for each, keep in zip(clusters, whole, strict=True) if keep]
        member = np.array(kept, dtype=np.int64)
    else:
        member = np.arange(int(whole.sum()))
    return stacked[whole], member, left_out("listwise", int((~whole).sum()), len(whole))


def refuse_singular(table: Floats, model: Model) -> None:
    """Constant columns and predictors that follow from others leave no path to be estimated."""
    spread = table[:, 1:].std(axis=0)
    for place in np.flatnonzero(spread <= 1e-12 * np.maximum(np.abs(table[:, 1:]).max(axis=0), 1.0)):
        raise StatisticsError(
            f"{model.names[place + 1]} has the same value in every row, so no path can lead to or from it."
        )
    scaled = (table[:, 1:] - table[:, 1:].mean(axis=0)) / spread
    if np.linalg.eigvalsh(scaled[:, :-1].T @ scaled[:, :-1] / len(table))[0] < SINGULAR:
        raise StatisticsError("Some of the columns follow exactly from others, so their paths cannot be told apart.")


def cluster_products(table: Floats, member: NDArray[np.int64], n: int) -> Floats:
    """Sums of squares and products of the columns within every cluster (clusters x columns x columns).

    Every path is a function of their sum, so a bootstrap sample is a weighted sum and needs no look at the rows. The columns
    are centred first, which changes no slope and keeps the sums exact.
    """
    centred = table.copy()
    centred[:, 1:] -= centred[:, 1:].mean(axis=0)
    found = np.zeros((n, table.shape[1], table.shape[1]))
    np.add.at(found, member, centred[:, :, None] * centred[:, None, :])
    return found


def resampled(products: Floats, draws: int, seed: int) -> Iterator[Floats]:
    """Summed products of `draws` bootstrap samples of clusters, in blocks."""
    rng, n, flat = np.random.default_rng(seed), len(products), products.reshape(len(products), -1)
    for begin in range(0, draws, BLOCK):
        size = min(BLOCK, draws - begin)
        drawn = rng.integers(0, n, (size, n)) + np.arange(size)[:, None] * n
        weights = np.bincount(drawn.ravel(), minlength=size * n).reshape(size, n).astype(float)
        yield (weights @ flat).reshape(size, *products.shape[1:])


def effects(model: Model, products: Floats) -> Floats:
    """Total, direct, total indirect, each indirect effect, each path: one row for each matrix of summed products."""
    path = {}
    for to in range(model.x + 1, model.y + 1):
        slopes = regression(products, to)
        path.update({(start, to): slopes[:, start] for start in range(model.x, to)})
    indirect = [np.prod([path[step] for step in pairwise(chain)], axis=0) for chain in model.chains]
    direct, through = path[model.x, model.y], np.sum(indirect, axis=0)
    return np.column_stack([direct + through, direct, through, *indirect, *(path[arrow] for arrow in model.arrows)])


def regression(products: Floats, to: int) -> Floats:
    """Least-squares coefficients of column `to` on all columns before it; NaN where they cannot be told apart."""
    left, right = products[:, :to, :to], products[:, :to, to]
    scale = np.sqrt(np.einsum("bii->bi", left))
    with np.errstate(divide="ignore", invalid="ignore"):
        scaled = left / (scale[:, :, None] * scale[:, None, :])
    usable = np.isfinite(scaled).all(axis=(1, 2))
    usable[usable] = np.linalg.eigvalsh(scaled[usable])[:, 0] > SINGULAR
    found = np.full(right.shape, np.nan)
    found[usable] = (
        np.linalg.solve(scaled[usable], (right[usable] / scale[usable])[:, :, None])[:, :, 0] / scale[usable]
    )
    return found


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


def error_correlation(model: Model, products: Floats) -> float:
    """Partial correlation of the last mediator and y, given everything before both."""
    last, pair = model.y - 1, products[model.y - 1 :, model.y - 1 :]
    before, with_both = products[:last, :last], products[:last, last:]
    rest = pair - with_both.T @ np.linalg.solve(before, with_both)
    return float(rest[0, 1] / np.sqrt(rest[0, 0] * rest[1, 1]))
