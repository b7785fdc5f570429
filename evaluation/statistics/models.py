"""Models fitted by statsmodels, the optional extra `stats`: growth in nested data, and hazards.

statsmodels is slow to import and not everybody needs it, so it is looked for only when a model is fitted.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from importlib import import_module
from math import exp, isfinite
from typing import Any
from warnings import catch_warnings, simplefilter

import numpy as np
from numpy.typing import ArrayLike

from evaluation.statistics.durations import checked
from evaluation.statistics.estimate import (
    Estimate,
    StatisticsError,
    around,
    left_out,
    named,
    need,
    notes,
    numbers,
    two_sided_p,
)
from evaluation.statistics.scoring import Floats

PROGRAMMES_FOR_RANDOM = 8
EVENTS_PER_PREDICTOR = 10
TIES = ("efron", "breslow")


class NotInstalled(StatisticsError):
    """This model needs an extra that is not installed here."""


@dataclass(frozen=True)
class Coefficient:
    """A fixed effect or a log hazard ratio with its Wald interval."""

    name: str
    value: float
    se: float
    low: float
    high: float
    p: float


@dataclass(frozen=True, kw_only=True)
class Growth(Estimate):
    """`value` is the slope per wave (of the first role where roles differ). `icc`: the share of all variance that lies
    between relationships, from the model without predictors."""

    rows: int
    programmes: str
    coefficients: tuple[Coefficient, ...]
    variances: dict[str, float]
    icc: float
    log_likelihood: float
    converged: bool


@dataclass(frozen=True, kw_only=True)
class Hazard(Estimate):
    """`value` is the hazard ratio of the first predictor, with its limits; `coefficients` are log hazard ratios."""

    events: int
    hazard_ratios: dict[str, float]
    coefficients: tuple[Coefficient, ...]
    log_likelihood: float


def statsmodels(module: str) -> Any:
    """A module of statsmodels. Raises NotInstalled with what to do where there is none."""
    try:
        return import_module(f"statsmodels.{module}")
    except ImportError as error:
        raise NotInstalled(
            "Mixed models and Cox regression need statsmodels, which is not installed here: pip install statsmodels."
        ) from error


def mixed_model(
    outcome: ArrayLike,
    wave: ArrayLike,
    relationship: Sequence[Hashable | None],
    *,
    role: Sequence[Hashable | None] | None = None,
    programme: Sequence[Hashable | None] | None = None,
    level: float = 0.95,
) -> Growth:
    """Growth over waves: wave x role, random intercept and slope for relationships, by full maximum likelihood.

    Programmes are a random intercept above the relationships when there are 8 or more (intercepts and slopes are then
    uncorrelated), otherwise fixed effects. Missing data: rows that lack something are left out; under maximum likelihood
    the rest is used whole, which is right when values are missing at random given the waves that are there. n counts
    relationships. Raises StatisticsError for under 10 relationships, for a single wave, and NotInstalled.
    """
    y, time = numbers(outcome), numbers(wave)
    factors = [relationship, *([role] if role is not None else []), *([programme] if programme is not None else [])]
    if len({len(y), len(time), *map(len, factors)}) != 1:
        raise StatisticsError("The columns have different lengths.")
    whole = ~np.isnan(y) & ~np.isnan(time)
    for factor in factors:
        whole &= np.array([each is not None for each in factor], dtype=bool)
    y, time = y[whole], time[whole]
    pair, sides, programmes = (kept(each, whole) for each in (relationship, role, programme))
    n = len(set(pair))
    need(n, 10, "relationships")
    if len(np.unique(time)) < 2:
        raise StatisticsError("All rows are of one wave, so there is no growth to see.")
    if y.std() < 1e-12:
        raise StatisticsError("The outcome is the same in every row, so there is no growth to see.")
    is_random = len(set(programmes)) >= PROGRAMMES_FOR_RANDOM
    design, names = fixed_part(time, sides, [] if is_random else programmes)
    mixed = statsmodels("regression.mixed_linear_model")
    fitted = fit(nested(mixed, y, design, time, pair, programmes if is_random else None))
    empty = fit(mixed.MixedLM(y, np.ones((len(y), 1)), groups=pair))
    variances, between = variances_of(fitted, is_random), float(empty.cov_re[0, 0])
    coefficients = wald(names, fitted.fe_params, fitted.bse_fe, level)
    slope = coefficients[names.index("wave")]
    converged = bool(fitted.converged) and isfinite(float(fitted.llf))
    return Growth(
        measure="mixed",
        variant="linear mixed model, random intercept and slope by relationship, full maximum likelihood, Wald intervals",
        value=slope.value,
        low=slope.low,
        high=slope.high,
        level=level,
        n=n,
        missing=left_out("complete rows, maximum likelihood under missing at random", int((~whole).sum()), len(whole)),
        note=notes(
            "" if converged else "the fit did not converge",
            "a variance is at its bound of 0" if min(variances.values()) < 1e-8 * float(y.var()) else "",
        ),
        rows=len(y),
        programmes="random" if is_random else ("fixed" if len(set(programmes)) > 1 else "one"),
        coefficients=coefficients,
        variances=variances,
        icc=between / (between + float(empty.scale)),
        log_likelihood=float(fitted.llf),
        converged=converged,
    )


def kept(factor: Sequence[Hashable | None] | None, whole: np.ndarray) -> list[str]:
    """The values of a factor in the rows that are used."""
    return [] if factor is None else [str(each) for each, keep in zip(factor, whole, strict=True) if keep]


def fixed_part(time: Floats, sides: Sequence[str], programmes: Sequence[str]) -> tuple[Floats, list[str]]:
    """Columns of the fixed effects: 1, wave, each further role alone and with wave, each further programme."""
    columns, names = [np.ones(len(time)), time], ["intercept", "wave"]
    for side in sorted(set(sides))[1:]:
        is_side = np.array([each == side for each in sides], dtype=float)
        columns += [is_side, is_side * time]
        names += [f"role {side}", f"wave x role {side}"]
    for programme in sorted(set(programmes))[1:]:
        columns.append(np.array([each == programme for each in programmes], dtype=float))
        names.append(f"programme {programme}")
    return np.column_stack(columns), names


def nested(
    mixed: Any, y: Floats, design: Floats, time: Floats, pair: Sequence[str], programmes: Sequence[str] | None
) -> Any:
    """The model: relationships as groups, or relationships within programmes as groups."""
    if programmes is None:
        return mixed.MixedLM(y, design, groups=pair, exog_re=np.column_stack([np.ones(len(y)), time]))
    components: dict[str, tuple[Floats, dict[str, Floats]]] = {
        "relationship": (np.ones(len(y)), {}),
        "slope": (time, {}),
    }
    labels: dict[str, dict[str, list[str]]] = {"relationship": {}, "slope": {}}
    for programme in sorted(set(programmes)):
        rows = [place for place, each in enumerate(programmes) if each == programme]
        inside = sorted({pair[place] for place in rows})
        member = np.array([[pair[place] == each for each in inside] for place in rows], dtype=float)
        for name, (weight, matrices) in components.items():
            matrices[programme] = member * weight[rows][:, None]
            labels[name][programme] = inside
    spec = mixed.VCSpec(
        list(components),
        [[labels[name][each] for each in sorted(set(programmes))] for name in components],
        [[matrices[each] for each in sorted(set(programmes))] for _, matrices in components.values()],
    )
    return mixed.MixedLM(y, design, groups=programmes, exog_re=np.ones((len(y), 1)), exog_vc=spec)


def fit(model: Any) -> Any:
    """Full maximum likelihood; statsmodels' warnings become the fields `converged` and `note`.

    Not by L-BFGS, which takes an infinite likelihood for its goal where the random slopes are nearly all explained.
    """
    with catch_warnings():
        simplefilter("ignore")
        return model.fit(reml=False, method=["bfgs", "cg", "powell"], maxiter=500)


def variances_of(fitted: Any, is_random: bool) -> dict[str, float]:
    """Variances of the random effects and of the error."""
    re = np.asarray(fitted.cov_re, dtype=float)
    if is_random:
        between = dict(zip(("relationship", "slope"), map(float, fitted.vcomp), strict=True))
        return {"programme": float(re[0, 0]), **between, "residual": float(fitted.scale)}
    return {"relationship": float(re[0, 0]), "slope": float(re[1, 1]), "residual": float(fitted.scale)}


def wald(names: Sequence[str], values: ArrayLike, errors: ArrayLike, level: float) -> tuple[Coefficient, ...]:
    """Coefficients with value -/+ z standard errors."""
    found = []
    for name, value, error in zip(names, numbers(values).tolist(), numbers(errors).tolist(), strict=True):
        low, high = around(value, error, level)
        found.append(Coefficient(name, value, error, low, high, two_sided_p(value / error)))
    return tuple(found)


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
    does, for a constant predictor, and NotInstalled.
    """
    if ties not in TIES:
        raise StatisticsError(f"Ties are handled by efron or breslow, not {ties}.")
    given = [numbers(column) for column in (times, ended, *predictors)]
    need(len(predictors), 1, "predictors")
    labels = named(names, len(predictors), "predictor")
    if len({len(column) for column in given}) != 1:
        raise StatisticsError("The columns have different lengths.")
    table = np.column_stack(given)
    whole = np.asarray(~np.isnan(table).any(axis=1))
    t, happened = checked(table[whole])
    x = table[whole, 2:]
    need(len(t), len(labels) + 2)
    if not happened.any():
        raise StatisticsError("Nothing has ended yet, so there is no hazard to compare.")
    for place in np.flatnonzero(x.std(axis=0) < 1e-12):
        raise StatisticsError(f"{labels[place]} has the same value in every row, so it cannot predict anything.")
    regression = statsmodels("duration.hazard_regression")
    with catch_warnings():
        simplefilter("ignore")
        fitted = regression.PHReg(t, x, status=happened.astype(int), ties=ties).fit()
    coefficients = wald(labels, fitted.params, fitted.bse, level)
    events, first = int(happened.sum()), coefficients[0]
    enough = events >= EVENTS_PER_PREDICTOR * len(labels)
    return Hazard(
        measure="cox",
        variant=f"Cox regression, {ties.capitalize()} ties, Wald interval",
        value=exp(first.value),
        low=exp(first.low),
        high=exp(first.high),
        level=level,
        n=len(t),
        missing=left_out("listwise", int((~whole).sum()), len(whole)),
        note="" if enough else f"too few: {events} ends for {len(labels)} predictors, 10 for each are wanted",
        events=events,
        hazard_ratios={each.name: exp(each.value) for each in coefficients},
        coefficients=coefficients,
        log_likelihood=float(fitted.llf),
    )
