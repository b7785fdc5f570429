"""McDonald's omega from one common factor, fitted by maximum likelihood."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike
from scipy.special import chdtrc

from evaluation.statistics.estimate import Estimate, StatisticsError, around, complete_rows, gate, named, need, notes
from evaluation.statistics.reliability import PEOPLE_FOR_RELIABILITY, correlation_of, refuse_constant
from evaluation.statistics.scoring import Floats

SMALLEST_UNIQUENESS = 0.005


@dataclass(frozen=True, kw_only=True)
class Omega(Estimate):
    """Omega total with the solution it rests on. Loadings and uniquenesses are those of standardised items, in the order of
    `items`; chi2, df and p say how well one factor fits (None where three items leave nothing to test)."""

    items: tuple[str, ...]
    loadings: tuple[float, ...]
    uniquenesses: tuple[float, ...]
    chi2: float | None
    df: int
    p: float | None


def omega(items: ArrayLike, *, names: Sequence[str] | None = None, level: float = 0.95) -> Omega:
    """McDonald's omega total (McDonald 1999): (sum of loadings)^2 / ((sum of loadings)^2 + sum of uniquenesses).

    One factor by maximum likelihood on the covariances, variance of the factor 1, uncorrelated uniquenesses, each at least
    .005 of its item's variance (as `factanal` of R does); an item at that bound is named in the note (Heywood case). The
    interval is Wald's, by the delta method on the expected information (Raykov 2002). Missing data: listwise. Under 30
    people the note says "too few". Raises StatisticsError for under 3 items (see `spearman_brown` for two), for fewer
    people than items + 2, for an item that everybody answered the same, and for items that determine each other.
    """
    complete, rule = complete_rows(items)
    n, k = complete.shape
    labels = named(names, k, "item")
    if k < 3:
        raise StatisticsError(f"A factor needs at least 3 items; there are {k} (for two, take Spearman-Brown).")
    need(n, k + 2)
    covariance = np.cov(complete, rowvar=False)
    refuse_constant(np.diag(covariance), labels)
    correlation = correlation_of(covariance)
    loadings, uniquenesses, misfit = one_factor(correlation)
    sd, df = np.sqrt(np.diag(covariance)), k * (k - 3) // 2
    value, error = omega_of(loadings * sd, uniquenesses * sd**2, n)
    low, high = around(value, error, level)
    chi2 = (n - 1) * misfit
    bound = [label for label, own in zip(labels, uniquenesses, strict=True) if own < SMALLEST_UNIQUENESS * 1.001]
    opposed = [label for label, loading in zip(labels, loadings, strict=True) if loading < 0]
    return Omega(
        measure="omega",
        variant="McDonald's omega total, one factor by maximum likelihood on covariances, Wald interval (delta method)",
        value=value,
        low=max(low, 0.0),
        high=min(high, 1.0),
        level=level,
        n=n,
        missing=rule,
        note=notes(
            gate(n, PEOPLE_FOR_RELIABILITY, "people"),
            f"uniqueness at its bound of {SMALLEST_UNIQUENESS}: {', '.join(bound)}" if bound else "",
            f"loads against the other items, is it reversed? {', '.join(opposed)}" if opposed else "",
        ),
        items=labels,
        loadings=tuple(loadings.tolist()),
        uniquenesses=tuple(uniquenesses.tolist()),
        chi2=chi2 if df else None,
        df=df,
        p=float(chdtrc(df, chi2)) if df else None,
    )


def one_factor(correlation: Floats) -> tuple[Floats, Floats, float]:
    """Loadings, uniquenesses and the misfit log|Sigma| + tr(S Sigma^-1) - log|S| - k of one factor (Jöreskog 1967).

    For given uniquenesses the loadings follow from the largest eigenvalue of the scaled matrix, so only the uniquenesses
    are searched for. The sign is chosen so that the loadings sum to something positive.
    """
    k = len(correlation)
    smallest = np.linalg.eigvalsh(correlation)[0]
    if smallest < 1e-10:
        raise StatisticsError("Some items determine each other exactly, so no factor can be fitted.")

    def loadings_for(own: Floats) -> tuple[Floats, Floats]:
        root = np.sqrt(own)
        values, vectors = np.linalg.eigh(correlation / np.outer(root, root))
        return root * vectors[:, -1] * np.sqrt(max(values[-1] - 1.0, 0.0)), values

    def misfit(own: Floats) -> tuple[float, Floats]:
        loading, values = loadings_for(own)
        rest = values[:-1] if values[-1] > 1.0 else values
        slope = (loading**2 + own - np.diag(correlation)) / own**2
        return float((rest - np.log(rest) - 1.0).sum()), slope

    start = np.clip(0.5 / np.diag(np.linalg.inv(correlation)), SMALLEST_UNIQUENESS * 2, 0.95)
    bounds = [(SMALLEST_UNIQUENESS, 1.0)] * k
    found = scipy.optimize.minimize(
        misfit,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=bounds,
        options={"ftol": 1e-15, "gtol": 1e-9, "maxiter": 1000},
    )
    own = np.asarray(found.x, dtype=float)
    loadings, _ = loadings_for(own)
    return loadings * (1.0 if loadings.sum() >= 0 else -1.0), own, float(found.fun)


def omega_of(loadings: Floats, uniquenesses: Floats, n: int) -> tuple[float, float]:
    """Omega and its standard error from the unstandardised solution for n people."""
    common, unique = loadings.sum(), uniquenesses.sum()
    total = common**2 + unique
    slope = np.concatenate(
        (
            np.full(len(loadings), 2.0 * common * unique / total**2),
            np.full(len(uniquenesses), -(common**2) / total**2),
        )
    )
    variance = slope @ np.linalg.pinv(information(loadings, uniquenesses, n)) @ slope
    return float(common**2 / total), float(np.sqrt(max(variance, 0.0)))


def information(loadings: Floats, uniquenesses: Floats, n: int) -> Floats:
    """Expected information of loadings and uniquenesses: (n-1)/2 tr(Sigma^-1 dSigma_i Sigma^-1 dSigma_j)."""
    k = len(loadings)
    inverse = np.linalg.inv(np.outer(loadings, loadings) + np.diag(uniquenesses))
    unit = np.eye(k)
    by_loading = unit[:, :, None] * loadings + loadings[:, None] * unit[:, None, :]
    by_own = unit[:, :, None] * unit[:, None, :]
    moved = inverse @ np.concatenate((by_loading, by_own))
    found: Floats = (n - 1) / 2.0 * np.einsum("aij,bji->ab", moved, moved)
    return found
