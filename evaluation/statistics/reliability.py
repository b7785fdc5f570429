"""Internal consistency: do the items of a scale speak of one thing?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import fdtri

from evaluation.statistics.estimate import (
    Estimate,
    StatisticsError,
    check_level,
    complete_columns,
    complete_rows,
    gate,
    left_out,
    named,
    need,
    normal_quantile,
    notes,
    numbers,
)
from evaluation.statistics.scoring import Floats

PEOPLE_FOR_RELIABILITY = 30
LISTWISE, PAIRWISE = "listwise", "pairwise"


@dataclass(frozen=True)
class Item:
    """One item in its scale: `item_rest_r` is its correlation with the sum of the others."""

    name: str
    mean: float
    sd: float
    item_rest_r: float
    alpha_if_deleted: float | None


@dataclass(frozen=True, kw_only=True)
class Alpha(Estimate):
    """Cronbach's alpha; `standardised` from the mean correlation of the items."""

    standardised: float
    items: tuple[Item, ...]


def alpha(
    items: ArrayLike, *, names: Sequence[str] | None = None, missing: str = LISTWISE, level: float = 0.95
) -> Alpha:
    """Cronbach's alpha from the covariances of the items (raw alpha), with the interval of Feldt (1965).

    `items`: people x items, NaN for missing, reversed items already reversed. alpha = k/(k-1) (1 - sum of variances /
    variance of the sum) (Cronbach 1951); 1 - (1 - alpha) F with n-1 and (n-1)(k-1) degrees of freedom gives the limits.
    Missing data: `listwise` (default) leaves out people who lack an item; `pairwise` takes each covariance over the people
    who answered both items, and n is the smallest such number. Under 30 people the note says "too few".
    Raises StatisticsError for under 2 items or 3 people and for an item that everybody answered the same.
    """
    given = numbers(items, dimensions=2)
    labels = named(names, given.shape[1], "item")
    need(given.shape[1], 2, "items")
    if missing == PAIRWISE:
        people = int((~np.isnan(given)).any(axis=1).sum())
        covariance, n = pairwise_covariance(given)
        rule = left_out("pairwise", len(given) - people, len(given)) + f", n is the smallest of the pairs (of {people})"
    elif missing == LISTWISE:
        given, rule = complete_rows(given)
        n = len(given)
        need(n, 3)
        covariance = np.cov(given, rowvar=False)
    else:
        raise StatisticsError(f"The rule for missing data is listwise or pairwise, not {missing}.")
    refuse_constant(np.diag(covariance), labels)
    if not covariance.sum() > 1e-12 * np.trace(covariance):
        raise StatisticsError("The items cancel each other out: their sum does not vary. One may need reversing.")
    value = alpha_of(covariance)
    low, high = feldt(value, n, given.shape[1], level)
    each = item_statistics(given, covariance, labels)
    against = [item.name for item in each if item.item_rest_r < 0]
    runs_against = f"runs against the other items, is it reversed? {', '.join(against)}" if against else ""
    return Alpha(
        measure="alpha",
        variant="Cronbach's raw alpha (covariances), Feldt interval",
        value=value,
        low=low,
        high=high,
        level=level,
        n=n,
        missing=rule,
        note=notes(gate(n, PEOPLE_FOR_RELIABILITY, "people"), runs_against),
        standardised=alpha_of(correlation_of(covariance)),
        items=each,
    )


def alpha_of(covariance: Floats) -> float:
    """Alpha from the covariance matrix of the items."""
    k = len(covariance)
    return float(k / (k - 1) * (1.0 - np.trace(covariance) / covariance.sum()))


def feldt(value: float, n: int, k: int, level: float) -> tuple[float, float]:
    """Limits of alpha from n people and k items (Feldt 1965; Feldt, Woodruff and Salih 1987)."""
    check_level(level)
    tail, between, within = (1.0 - level) / 2.0, n - 1, (n - 1) * (k - 1)
    return (
        float(1.0 - (1.0 - value) * fdtri(between, within, 1.0 - tail)),
        float(1.0 - (1.0 - value) * fdtri(between, within, tail)),
    )


def correlation_of(covariance: Floats) -> Floats:
    sd = np.sqrt(np.diag(covariance))
    scaled: Floats = covariance / np.outer(sd, sd)
    return scaled


def pairwise_covariance(given: Floats) -> tuple[Floats, int]:
    """Covariances, each over the people who have both values, and the smallest number of such people."""
    there = (~np.isnan(given)).astype(float)
    together = there.T @ there
    need(int(together.min()), 3, "people who answered each pair of items")
    centred = np.where(there > 0, given - np.nanmean(given, axis=0), 0.0)
    sums = centred.T @ there
    covariance: Floats = (centred.T @ centred - sums * sums.T / together) / (together - 1.0)
    return covariance, int(together.min())


def item_statistics(given: Floats, covariance: Floats, labels: Sequence[str]) -> tuple[Item, ...]:
    """Mean, spread, correlation with the rest of the scale, and alpha without it, for every item."""
    total, found = covariance.sum(), []
    for place, label in enumerate(labels):
        rest = np.delete(np.arange(len(labels)), place)
        variance, with_rest = covariance[place, place], covariance[place, rest].sum()
        rest_variance = total - variance - 2.0 * with_rest
        found.append(
            Item(
                name=label,
                mean=float(np.nanmean(given[:, place])),
                sd=float(np.sqrt(variance)),
                item_rest_r=float(with_rest / np.sqrt(variance * rest_variance)) if rest_variance > 0 else float("nan"),
                alpha_if_deleted=alpha_of(covariance[np.ix_(rest, rest)]) if len(rest) > 1 else None,
            )
        )
    return tuple(found)


def refuse_constant(variances: Floats, labels: Sequence[str]) -> None:
    """An item that everybody answered the same says nothing about how people differ."""
    for variance, label in zip(variances, labels, strict=True):
        if not variance > 1e-12:
            raise StatisticsError(f"Everybody has the same value in {label}, so nothing can be said about consistency.")


@dataclass(frozen=True, kw_only=True)
class SpearmanBrown(Estimate):
    """The reliability of two halves or two items together; `r` is their correlation."""

    r: float


def spearman_brown(first: ArrayLike, second: ArrayLike, *, level: float = 0.95) -> SpearmanBrown:
    """Reliability of a scale of two items: 2r/(1+r) (Spearman 1910, Brown 1910; for two items Eisinga et al. 2013).

    The limits are those of r by Fisher's z, put through the same formula. Missing data: listwise. Under 30 people the note
    says "too few". Raises StatisticsError for under 4 complete rows, a constant item, and r = -1.
    """
    both, rule = complete_columns(first, second)
    n = len(both)
    need(n, 4)
    covariance = np.cov(both, rowvar=False)
    refuse_constant(np.diag(covariance), ("the first item", "the second item"))
    r = float(np.clip(correlation_of(covariance)[0, 1], -1.0, 1.0))
    if r <= -1.0 + 1e-12:
        raise StatisticsError("The two items are exact opposites: one of them needs reversing.")
    spread = normal_quantile(level) / np.sqrt(n - 3)
    z = np.arctanh(min(r, 1.0 - 1e-15))
    low, value, high = (float(2.0 * each / (1.0 + each)) for each in (np.tanh(z - spread), r, np.tanh(z + spread)))
    return SpearmanBrown(
        measure="spearman-brown",
        variant="Spearman-Brown for two items, Fisher z interval of r",
        value=value,
        low=low,
        high=high,
        level=level,
        n=n,
        missing=rule,
        note=gate(n, PEOPLE_FOR_RELIABILITY, "people"),
        r=r,
    )
