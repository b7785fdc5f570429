"""Growth over waves of measurement, within relationships within programmes."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any
from warnings import catch_warnings, simplefilter

import numpy as np
from numpy.typing import ArrayLike

from evaluation.statistics.estimate import Estimate, StatisticsError, left_out, need, notes, numbers
from evaluation.statistics.extra import statsmodels, wald
from evaluation.statistics.regression import Coefficient
from evaluation.statistics.scoring import Floats

PROGRAMMES_FOR_RANDOM = 8


@dataclass(frozen=True, kw_only=True)
class Growth(Estimate):
    """`value` is the slope per wave (of the first role where roles differ). `icc`: the share of all variance that lies
    between relationships, from the model without predictors. `correlation`: of intercepts and slopes, where it is fitted."""

    rows: int
    programmes: str
    coefficients: tuple[Coefficient, ...]
    variances: dict[str, float]
    correlation: float | None
    icc: float
    log_likelihood: float
    converged: bool


@dataclass(frozen=True)
class Waves:
    """The rows that lack nothing: `pair` names relationships (within their programme); `sides` and `programmes` are empty
    where they were not given."""

    outcome: Floats
    wave: Floats
    pair: list[str]
    sides: list[str]
    programmes: list[str]
    rule: str


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
    given = waves_of(outcome, wave, relationship, role, programme)
    is_random = len(set(given.programmes)) >= PROGRAMMES_FOR_RANDOM
    mixed = statsmodels("regression.mixed_linear_model")
    design, names = fixed_part(given.wave, given.sides, [] if is_random else given.programmes)
    fitted = fit(nested(mixed, given, design, is_random))
    empty = fit(mixed.MixedLM(given.outcome, np.ones((len(design), 1)), groups=given.pair))
    variances, between = variances_of(fitted, is_random), float(empty.cov_re[0, 0])
    coefficients = wald(names, fitted.fe_params, fitted.bse_fe, level)
    slope, converged = coefficients[1], bool(fitted.converged) and isfinite(float(fitted.llf))
    return Growth(
        measure="mixed",
        variant="linear mixed model, random intercept and slope by relationship, full maximum likelihood, Wald intervals",
        value=slope.value,
        low=slope.low,
        high=slope.high,
        level=level,
        n=len(set(given.pair)),
        missing=given.rule,
        note=notes("" if converged else "the fit did not converge", at_bound(fitted, variances)),
        rows=len(design),
        programmes="random" if is_random else ("fixed" if len(set(given.programmes)) > 1 else "one"),
        coefficients=coefficients,
        variances=variances,
        correlation=None if is_random else correlation_of(np.asarray(fitted.cov_re, dtype=float)),
        icc=between / (between + float(empty.scale)),
        log_likelihood=float(fitted.llf),
        converged=converged,
    )


def waves_of(
    outcome: ArrayLike,
    wave: ArrayLike,
    relationship: Sequence[Hashable | None],
    role: Sequence[Hashable | None] | None,
    programme: Sequence[Hashable | None] | None,
) -> Waves:
    """Rows that lack nothing; refuses what cannot show growth."""
    y, time = numbers(outcome), numbers(wave)
    factors = [factor for factor in (relationship, role, programme) if factor is not None]
    if len({len(y), len(time), *map(len, factors)}) != 1:
        raise StatisticsError("The columns have different lengths.")
    whole = ~np.isnan(y) & ~np.isnan(time)
    for factor in factors:
        whole &= np.array([each is not None for each in factor], dtype=bool)
    y, time = y[whole], time[whole]
    pair, sides, programmes = (kept(each, whole) for each in (relationship, role, programme))
    if programmes:
        pair = [f"{above} / {own}" for above, own in zip(programmes, pair, strict=True)]
    need(len(set(pair)), 10, "relationships")
    if len(np.unique(time)) < 2:
        raise StatisticsError("All rows are of one wave, so there is no growth to see.")
    if y.std() < 1e-12:
        raise StatisticsError("The outcome is the same in every row, so there is no growth to see.")
    rule = left_out("complete rows, maximum likelihood under missing at random", int((~whole).sum()), len(whole))
    return Waves(y, time, pair, sides, programmes, rule)


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


def nested(mixed: Any, given: Waves, design: Floats, is_random: bool) -> Any:
    """The model: relationships as groups, or relationships within programmes as groups."""
    y, time, pair, programmes = given.outcome, given.wave, given.pair, given.programmes
    if not is_random:
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
        try:
            return model.fit(reml=False, method=["bfgs", "cg", "powell"], maxiter=500)
        except (np.linalg.LinAlgError, ValueError) as error:
            raise StatisticsError(
                "The model cannot be fitted: some of its columns follow exactly from others."
            ) from error


def variances_of(fitted: Any, is_random: bool) -> dict[str, float]:
    """Variances of the random effects and of the error."""
    re = np.asarray(fitted.cov_re, dtype=float)
    if is_random:
        between = dict(zip(("relationship", "slope"), map(float, fitted.vcomp), strict=True))
        return {"programme": float(re[0, 0]), **between, "residual": float(fitted.scale)}
    return {"relationship": float(re[0, 0]), "slope": float(re[1, 1]), "residual": float(fitted.scale)}


def correlation_of(covariance: Floats) -> float | None:
    """Of random intercepts and slopes; None where one of them does not vary."""
    spread = float(np.sqrt(covariance[0, 0] * covariance[1, 1]))
    return float(covariance[0, 1]) / spread if spread > 0 else None


def at_bound(fitted: Any, variances: dict[str, float]) -> str:
    """The note that the random effects are fewer than the model says: a variance of 0, or intercepts that tell the slopes."""
    smallest, largest = np.linalg.eigvalsh(np.asarray(fitted.cov_re, dtype=float))[[0, -1]]
    if min(variances.values()) < 1e-6 * max(variances.values()) or smallest < 1e-6 * largest:
        return "a variance or correlation of the random effects is at its bound"
    return ""
