"""Many tests at once: p-values adjusted so that chance alone does not make findings."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from evaluation.statistics.estimate import Estimate, StatisticsError, left_out, named, need, numbers
from evaluation.statistics.scoring import Floats


@dataclass(frozen=True)
class Tested:
    """One of the tests: its own p-value, the adjusted one, and whether it is a finding at the level that was asked for."""

    name: str
    p: float | None
    adjusted: float | None
    rejected: bool


@dataclass(frozen=True, kw_only=True)
class Adjusted(Estimate):
    """`value` counts the rejected hypotheses among `n` tests run; `at` is the family-wise or false discovery rate."""

    at: float
    tests: tuple[Tested, ...]


def holm(p_values: ArrayLike, *, at: float = 0.05, names: Sequence[str] | None = None) -> Adjusted:
    """Holm's step-down adjustment (Holm 1979): the family-wise error rate, valid under any dependence.

    The i-th smallest of m p-values times m - i + 1, made monotone and at most 1. For pre-registered primary outcomes.
    Missing data: a test without a p-value is left out of m. Raises StatisticsError for p-values outside 0 to 1.
    """
    return adjusted("holm", "Holm (1979), family-wise error rate", step_down, p_values, at, names)


def benjamini_hochberg(p_values: ArrayLike, *, at: float = 0.05, names: Sequence[str] | None = None) -> Adjusted:
    """Benjamini and Hochberg's step-up adjustment (1995): the false discovery rate, for independent or positively
    dependent tests.

    The i-th smallest of m p-values times m / i, made monotone from above. For whatever was not pre-registered. Missing
    data and errors as in `holm`.
    """
    return adjusted(
        "benjamini-hochberg", "Benjamini-Hochberg (1995), false discovery rate", step_up, p_values, at, names
    )


def step_down(ordered: Floats) -> Floats:
    m = len(ordered)
    return np.minimum(np.maximum.accumulate(ordered * (m - np.arange(m))), 1.0)


def step_up(ordered: Floats) -> Floats:
    m = len(ordered)
    scaled = ordered * m / np.arange(1, m + 1)
    return np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)


def adjusted(
    measure: str,
    variant: str,
    steps: Callable[[Floats], Floats],
    p_values: ArrayLike,
    at: float,
    names: Sequence[str] | None,
) -> Adjusted:
    """Adjust from the smallest to the largest and give everything back in the order it came."""
    given = numbers(p_values)
    labels = named(names, len(given), "test")
    there = ~np.isnan(given)
    run = given[there]
    need(len(run), 1, "p-values")
    if ((run < 0) | (run > 1)).any():
        raise StatisticsError("A p-value lies between 0 and 1; there are others.")
    order = np.argsort(run, kind="stable")
    found = np.full(len(given), np.nan)
    found[np.flatnonzero(there)[order]] = steps(run[order])
    rejected = there & (found <= at)
    return Adjusted(
        measure=measure,
        variant=variant,
        value=int(rejected.sum()),
        n=len(run),
        missing=left_out("tests without a p-value", int((~there).sum()), len(given)),
        at=at,
        tests=tuple(
            Tested(*each) for each in zip(labels, given.tolist(), found.tolist(), rejected.tolist(), strict=True)
        ),
    )
