"""Do two coders, or one person twice, say the same? Categories may be numbers or words."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import sqrt
from typing import TypeGuard

import numpy as np
from scipy.special import stdtrit

from evaluation.statistics.estimate import (
    NOT_ASKED,
    Estimate,
    StatisticsError,
    around,
    check_level,
    left_out,
    need,
    numbers,
    two_sided_p,
)
from evaluation.statistics.proportions import Proportion, wilson
from evaluation.statistics.scoring import Floats

Category = str | float
Answer = Category | None
WEIGHTS = ("none", "linear", "quadratic")


def percent_agreement(agreed: int, n: int, *, missing: str = NOT_ASKED, level: float = 0.95) -> Proportion:
    """The share of answers that agree, with the Wilson interval (Wilson 1927); no correction for chance.

    Missing data: counts have none; `missing` says what was left out where the counts came from. Raises StatisticsError
    unless 0 <= agreed <= n and n >= 1.
    """
    return replace(
        wilson(agreed, n, level=level),
        measure="agreement",
        variant="percent agreement, Wilson score interval",
        missing=missing,
    )


def agreement_of(first: Sequence[Answer], second: Sequence[Answer], *, level: float = 0.95) -> Proportion:
    """Percent agreement of two codings of the same things. Missing data (None or NaN): listwise."""
    pairs, rule = answered_by_both(first, second)
    return percent_agreement(sum(a == b for a, b in pairs), len(pairs), missing=rule, level=level)


@dataclass(frozen=True, kw_only=True)
class Kappa(Estimate):
    """Kappa with its whole table: `table[i][j]` counts what the first put into category i and the second into j.

    `agreement`, `expected`: (weighted) shares observed and expected by chance; `p` of no agreement beyond chance.
    """

    agreement: float
    expected: float
    p: float
    categories: tuple[Category, ...]
    table: tuple[tuple[int, ...], ...]


def kappa(
    first: Sequence[Answer],
    second: Sequence[Answer],
    *,
    weights: str = "none",
    categories: Sequence[Category] | None = None,
    level: float = 0.95,
) -> Kappa:
    """Cohen's kappa (Cohen 1960), or weighted kappa (Cohen 1968) with `weights` "linear" or "quadratic".

    Weights of agreement by the places i, j of k ordered categories: 1 - |i-j|/(k-1) or 1 - (i-j)^2/(k-1)^2. Categories
    are those that occur, in ascending order; name all of them, in order, where some were never used. Standard errors by
    Fleiss, Cohen and Everitt (1969). Missing data (None or NaN): listwise. Raises StatisticsError for under 2 complete
    rows, for one category alone, for an unknown category, and for weights over words whose order was not given.
    """
    pairs, rule = answered_by_both(first, second)
    need(len(pairs), 2)
    order = in_order(pairs, categories, weights)
    place = {category: at for at, category in enumerate(order)}
    if unknown := next((each for pair in pairs for each in pair if each not in place), None):
        raise StatisticsError(f"“{unknown}” is not among the categories that were named.")
    counts = np.zeros((len(order), len(order)), dtype=int)
    for a, b in pairs:
        counts[place[a], place[b]] += 1
    return kappa_of_table(counts, weights=weights, categories=order, missing=rule, level=level)


def kappa_of_table(
    counts: Sequence[Sequence[int]] | np.ndarray,
    *,
    weights: str = "none",
    categories: Sequence[Category] | None = None,
    missing: str = NOT_ASKED,
    level: float = 0.95,
) -> Kappa:
    """Kappa from a square table of counts; see `kappa`."""
    table = whole_counts(counts)
    k, n = len(table), int(table.sum())
    if table.shape != (k, k) or not n:
        raise StatisticsError("Kappa needs a square table of counts, the same categories down and across.")
    shares, by = table / n, weights_of_agreement(k, weights)
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    observed, expected = float((by * shares).sum()), float((by * np.outer(rows, columns)).sum())
    if 1.0 - expected < 1e-12:
        raise StatisticsError("Both always chose the same category, so agreement beyond chance cannot be told.")
    value = (observed - expected) / (1.0 - expected)
    error, null_error = kappa_errors(shares, by, value, n)
    low, high = around(value, error, level)
    name = "Cohen's kappa" if weights == "none" else f"weighted kappa, {weights} weights"
    return Kappa(
        measure="kappa",
        variant=f"{name}, interval by Fleiss, Cohen and Everitt (1969)",
        value=value,
        low=max(low, -1.0),
        high=min(high, 1.0),
        level=level,
        n=n,
        missing=missing,
        agreement=observed,
        expected=expected,
        p=two_sided_p(value / null_error) if null_error > 0 else float("nan"),
        categories=tuple(categories) if categories is not None else tuple(range(1, k + 1)),
        table=tuple(tuple(int(cell) for cell in row) for row in table),
    )


def whole_counts(counts: Sequence[Sequence[int]] | np.ndarray) -> Floats:
    """A table of counts; refuses what nobody can have counted."""
    table = numbers(counts, dimensions=2)
    if np.isnan(table).any() or (table < 0).any() or (table != np.round(table)).any():
        raise StatisticsError("Counts are whole numbers, 0 or more, and none may be missing.")
    return table


def weights_of_agreement(k: int, weights: str) -> Floats:
    """k x k weights, 1 on the diagonal."""
    if weights not in WEIGHTS:
        raise StatisticsError(f"Weights are none, linear or quadratic, not {weights}.")
    if weights == "none" or k < 2:
        return np.eye(k)
    apart = np.abs(np.subtract.outer(np.arange(k), np.arange(k))) / (k - 1)
    given: Floats = 1.0 - (apart if weights == "linear" else apart**2)
    return given


def kappa_errors(shares: Floats, by: Floats, value: float, n: int) -> tuple[float, float]:
    """Large-sample standard errors of kappa, and under no agreement beyond chance (Fleiss, Cohen and Everitt 1969)."""
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    expected = float((by * np.outer(rows, columns)).sum())
    mean = (by @ columns)[:, None] + (rows @ by)[None, :]
    spread = float((shares * (by - mean * (1.0 - value)) ** 2).sum()) - (value - expected * (1.0 - value)) ** 2
    null = float((np.outer(rows, columns) * (by - mean) ** 2).sum()) - expected**2
    scale = (1.0 - expected) * sqrt(n)
    return sqrt(max(spread, 0.0)) / scale, sqrt(max(null, 0.0)) / scale


@dataclass(frozen=True, kw_only=True)
class Fleiss(Estimate):
    """Fleiss' kappa; `by_category` is the kappa of each category against all others (NaN where it was never used)."""

    raters: int
    agreement: float
    expected: float
    p: float
    categories: tuple[Category, ...]
    by_category: tuple[float, ...]


def fleiss(
    counts: Sequence[Sequence[int]] | np.ndarray,
    *,
    categories: Sequence[Category] | None = None,
    missing: str = NOT_ASKED,
    level: float = 0.95,
) -> Fleiss:
    """Fleiss' kappa (Fleiss 1971) from a table subjects x categories that counts the raters.

    Every subject has the same number of raters, who need not be the same people. The test of no agreement is that of Fleiss,
    Nee and Landis (1979); the interval allows for the sampling of subjects (Gwet 2008, t with n-1 degrees of freedom).
    Missing data: counts have none (`fleiss_of_ratings` leaves out subjects that somebody did not rate). Raises
    StatisticsError for under 2 subjects, raters or used categories, and for unequal numbers of raters.
    """
    table = whole_counts(counts)
    need(len(table), 2, "subjects")
    raters = table.sum(axis=1)
    if (raters != raters[0]).any():
        raise StatisticsError("Every subject needs the same number of ratings.")
    n, m = len(table), float(raters[0])
    need(int(m), 2, "raters")
    check_level(level)
    used = table.sum(axis=0) / (n * m)
    by_subject = ((table**2).sum(axis=1) - m) / (m * (m - 1.0))
    observed, expected = float(by_subject.mean()), float((used**2).sum())
    if 1.0 - expected < 1e-12:
        raise StatisticsError("Everybody always chose the same category, so agreement beyond chance cannot be told.")
    value = (observed - expected) / (1.0 - expected)
    chance = table @ used / m
    single = (by_subject - expected - 2.0 * (1.0 - value) * (chance - expected)) / (1.0 - expected)
    error = sqrt(float(((single - value) ** 2).sum()) / (n * (n - 1.0)))
    spread = float(stdtrit(n - 1, (1.0 + level) / 2.0)) * error
    null, each = fleiss_null(table, used)
    return Fleiss(
        measure="fleiss",
        variant="Fleiss' kappa (1971), interval by Gwet (2008) over subjects",
        value=value,
        low=max(value - spread, -1.0),
        high=min(value + spread, 1.0),
        level=level,
        n=n,
        missing=missing,
        raters=int(m),
        agreement=observed,
        expected=expected,
        p=two_sided_p(value / null),
        categories=tuple(categories) if categories is not None else tuple(range(1, table.shape[1] + 1)),
        by_category=tuple(each.tolist()),
    )


def fleiss_null(table: Floats, used: Floats) -> tuple[float, Floats]:
    """Standard error under no agreement beyond chance (Fleiss, Nee and Landis 1979), and the kappa of each category."""
    n, m, mixed = len(table), table[0].sum(), used * (1.0 - used)
    null = sqrt(2.0 * (mixed.sum() ** 2 - (mixed * (1.0 - 2.0 * used)).sum())) / (mixed.sum() * sqrt(n * m * (m - 1.0)))
    with np.errstate(invalid="ignore", divide="ignore"):
        each: Floats = 1.0 - (table * (m - table)).sum(axis=0) / (n * m * (m - 1.0) * mixed)
    return null, each


def fleiss_of_ratings(ratings: Sequence[Sequence[Answer]], *, level: float = 0.95) -> Fleiss:
    """Fleiss' kappa from subjects x raters. Missing data (None or NaN): subjects that somebody did not rate are left out."""
    whole = [[each for each in row if is_there(each)] for row in ratings if all(is_there(each) for each in row)]
    need(len(whole), 2, "subjects that everybody rated")
    order = sorted({each for row in whole for each in row}, key=sort_key)
    counts = np.array([[row.count(category) for category in order] for row in whole])
    rule = left_out("listwise", len(ratings) - len(whole), len(ratings))
    return fleiss(counts, categories=order, missing=rule, level=level)


def is_there(answer: Answer) -> TypeGuard[Category]:
    """Neither None nor NaN (which alone differs from itself)."""
    return answer is not None and answer == answer


def sort_key(category: Category) -> tuple[bool, float, str]:
    """Numbers first, ascending; then words."""
    return (True, 0.0, category) if isinstance(category, str) else (False, float(category), "")


def answered_by_both(first: Sequence[Answer], second: Sequence[Answer]) -> tuple[list[tuple[Category, Category]], str]:
    """Pairs in which neither is missing, and the sentence on what was left out."""
    if len(first) != len(second):
        raise StatisticsError("The two columns have different lengths.")
    pairs = [(a, b) for a, b in zip(first, second, strict=True) if is_there(a) and is_there(b)]
    need(len(pairs), 1)
    return pairs, left_out("listwise", len(first) - len(pairs), len(first))


def in_order(
    pairs: Sequence[tuple[Category, Category]], categories: Sequence[Category] | None, weights: str
) -> list[Category]:
    """The categories in their order: as named, or those that occur."""
    if categories is not None:
        if len(set(categories)) != len(categories):
            raise StatisticsError("A category was named twice.")
        return list(categories)
    found = sorted({each for pair in pairs for each in pair}, key=sort_key)
    if weights != "none" and any(isinstance(each, str) for each in found):
        raise StatisticsError("Weighted kappa needs an order: name the categories from the lowest to the highest.")
    return found
