"""What makes things end sooner: Cox regression."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp
from typing import Any
from warnings import catch_warnings, simplefilter

import numpy as np
from numpy.typing import ArrayLike

from evaluation.statistics.durations import checked
from evaluation.statistics.estimate import Estimate, StatisticsError, complete_columns, gate, named, need
from evaluation.statistics.extra import statsmodels, wald
from evaluation.statistics.regression import Coefficient
from evaluation.statistics.scoring import Floats

EVENTS_PER_PREDICTOR = 10
TIES = ("efron", "breslow")
UNBOUNDED = 10.0  # standard error of a log hazard ratio, per standard deviation, that only a limitless one has


@dataclass(frozen=True, kw_only=True)
class Hazard(Estimate):
    """`value` is the hazard ratio of the first predictor, with its limits; `coefficients` are log hazard ratios."""

    events: int
    hazard_ratios: dict[str, float]
    coefficients: tuple[Coefficient, ...]
    log_likelihood: float


def cox(
    times: ArrayLike,
    ended: ArrayLike,
    predictors: Sequence[ArrayLike],
    *,
    names: Sequence[str] | None = None,
    ties: str = "efron",
    level: float = 0.95,
) -> Hazard:
    """Cox regression (Cox 1972) with Efron's or Breslow's way with ties; Wald intervals of the hazard ratios.

    Missing data: listwise. Under 10 ends per predictor the note says "too few". Raises StatisticsError as `durations`
    does, for a constant predictor and for predictors that follow from one another, and NotInstalled.
    """
    if ties not in TIES:
        raise StatisticsError(f"Ties are handled by efron or breslow, not {ties}.")
    need(len(predictors), 1, "predictors")
    labels = named(names, len(predictors), "predictor")
    table, rule = complete_columns(times, ended, *predictors)
    t, happened = checked(table)
    need(len(t), len(labels) + 2)
    if not happened.any():
        raise StatisticsError("Nothing has ended yet, so there is no hazard to compare.")
    refuse_unusable(table[:, 2:], labels)
    fitted = fit(t, table[:, 2:], happened, ties)
    coefficients, events = wald(labels, fitted.params, fitted.bse, level), int(happened.sum())
    first = coefficients[0]
    return Hazard(
        measure="cox",
        variant=f"Cox regression, {ties.capitalize()} ties, Wald interval",
        value=exp(first.value),
        low=exp(first.low),
        high=exp(first.high),
        level=level,
        n=len(t),
        missing=rule,
        note=gate(events, EVENTS_PER_PREDICTOR * len(labels), f"ends for {len(labels)} predictor(s)"),
        events=events,
        hazard_ratios={each.name: exp(each.value) for each in coefficients},
        coefficients=coefficients,
        log_likelihood=float(fitted.llf),
    )


def refuse_unusable(x: Floats, labels: Sequence[str]) -> None:
    """Predictors that are constant or follow from one another predict nothing of their own."""
    for place in np.flatnonzero(x.std(axis=0) < 1e-12).tolist():
        raise StatisticsError(f"{labels[place]} has the same value in every row, so it cannot predict anything.")
    if np.linalg.matrix_rank((x - x.mean(axis=0)) / x.std(axis=0)) < x.shape[1]:
        raise StatisticsError("Some predictors follow exactly from others, so their hazards cannot be told apart.")


def fit(t: Floats, x: Floats, happened: np.ndarray, ties: str) -> Any:
    """The fitted regression; refused where a predictor tells every end, so that its hazard has no limit."""
    regression = statsmodels("duration.hazard_regression")
    with catch_warnings():
        simplefilter("ignore")
        fitted = regression.PHReg(t, x, status=happened.astype(int), ties=ties).fit()
    if not np.isfinite(fitted.bse).all() or (fitted.bse * x.std(axis=0) > UNBOUNDED).any():
        raise StatisticsError("A predictor tells exactly who ends first, so its hazard ratio has no limit.")
    return fitted
