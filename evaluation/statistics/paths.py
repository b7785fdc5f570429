"""Path models: does X go with Y through M? Ordinary least squares per equation, products of paths, bootstrap by cluster.

Every mediator is regressed on x, the covariates and the mediators before it, y on all of them (models 4 and 6 of Hayes
2022). An indirect effect is the product of its paths, the total effect the direct one plus all indirect ones. Observational:
a path says "goes with", never "causes".
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evaluation.statistics.bootstrap import interval_of, resampled
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
    def kind(self) -> str:
        return "simple" if self.mediators == 1 else "serial"

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
    """Simple mediation (one mediator) or serial mediation (two or more, each before the next); `names`: x, mediators, y.

    Intervals by `draws` bootstrap samples of whole clusters (relationships; rows where none are named), `percentile` or
    `bca`, the same for the same seed. Missing data: listwise, a cluster of None included. n counts clusters; the note says
    "off" under 50 and "exploratory" under 150. Raises StatisticsError for too few, and for columns that are constant or
    follow from one another.
    """
    need(len(mediators), 1, "mediators")
    check_level(level)
    model = Model(len(covariates), len(mediators), column_names(names, len(covariates), len(mediators)))
    unit = "clusters" if clusters is not None else "rows"
    table, member, rule = table_of([*covariates, x, *mediators, y], clusters)
    n = int(member.max()) + 1 if len(member) else 0
    need(n, max(10, model.y + 2), f"complete {unit}")
    refuse_singular(table, model)
    products = cluster_products(table, member, n)
    (total, direct, through, *each), used = with_intervals(model, products, draws, seed, interval, level)
    return Mediation(
        measure="mediation",
        variant=f"{model.kind} mediation, least squares, product of paths, {interval} bootstrap by {unit}",
        value=through.value,
        low=through.low,
        high=through.high,
        level=level,
        n=n,
        missing=rule,
        note=notes(standing(n, unit), OBSERVATIONAL),
        rows=len(table),
        draws=draws,
        draws_used=used,
        seed=seed,
        total=total,
        direct=direct,
        indirect=tuple(each[: len(model.chains)]),
        paths=tuple(each[len(model.chains) :]),
        sensitivity=error_correlation(model, products.sum(axis=0)),
    )


def with_intervals(
    model: Model, products: Floats, draws: int, seed: int, interval: str, level: float
) -> tuple[list[Effect], int]:
    """Every effect with its bootstrap interval, in the order of `effects`, and how many draws could be used."""
    if interval not in (PERCENTILE, BCA):
        raise StatisticsError(f"The interval is percentile or bca, not {interval}.")
    need(draws, 100, "draws")
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
    spread = sampled.std(axis=0, ddof=1).tolist()
    found = zip(labels_of(model), value.tolist(), spread, low, high, strict=True)
    return [Effect(*each) for each in found], len(sampled)


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


def error_correlation(model: Model, products: Floats) -> float:
    """Partial correlation of the last mediator and y, given everything before both."""
    last, pair = model.y - 1, products[model.y - 1 :, model.y - 1 :]
    before, with_both = products[:last, :last], products[:last, last:]
    rest = pair - with_both.T @ np.linalg.solve(before, with_both)
    return float(rest[0, 1] / np.sqrt(rest[0, 0] * rest[1, 1]))
