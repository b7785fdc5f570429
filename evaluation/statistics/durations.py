"""How long things last, with intervals, and whether groups differ in it. Times of what has not ended yet are censored."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc

from evaluation.statistics.estimate import (
    Estimate,
    StatisticsError,
    complete_columns,
    left_out,
    need,
    normal_quantile,
    numbers,
)
from evaluation.statistics.scoring import Floats
from evaluation.statistics.survival import kaplan_meier

INTERVALS = ("log-log", "plain")


@dataclass(frozen=True)
class Step:
    """The share still waiting after `time`; `at_risk` and `ended` count those at this time."""

    time: float
    at_risk: int
    ended: int
    share: float
    se: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Duration(Estimate):
    """`value` is the median duration with its limits; None where too few ended to reach it."""

    ended: int
    censored: int
    curve: tuple[Step, ...]


@dataclass(frozen=True, kw_only=True)
class ShareLasting(Estimate):
    """The share still lasting at a moment."""

    at: float
    at_risk: int


@dataclass(frozen=True)
class Group:
    """One group of a comparison: how many ended, and how many would have if all groups were alike."""

    name: str
    n: int
    ended: int
    expected: float


@dataclass(frozen=True, kw_only=True)
class LogRank(Estimate):
    """`value` is chi-squared; there is no interval."""

    df: int
    p: float
    groups: tuple[Group, ...]


def durations(times: ArrayLike, ended: ArrayLike, *, interval: str = "log-log", level: float = 0.95) -> Duration:
    """Kaplan-Meier curve (Kaplan and Meier 1958) and its median, the first time at which at most half still wait.

    Standard errors by Greenwood (1926); `interval`: "log-log" (Kalbfleisch and Prentice 1980, stays between 0 and 1) or
    "plain". The limits of the median are the times at which the limits of the curve pass one half (Brookmeyer and Crowley
    1982). Missing data: listwise; censored is not missing. Raises StatisticsError for negative times, for `ended` other
    than 0 and 1, and when nothing has ended.
    """
    curve, rule, n, count = curve_of(times, ended, interval, level)
    value, low, high = (
        first_at_most_half(curve, each)
        for each in ([s.share for s in curve], [s.low for s in curve], [s.high for s in curve])
    )
    return Duration(
        measure="kaplan-meier",
        variant=f"Kaplan-Meier median, Greenwood variance, {interval} interval",
        value=value,
        low=low,
        high=high,
        level=level,
        n=n,
        missing=rule,
        note="" if value is not None else "more than half have not ended, so there is no median yet",
        ended=count,
        censored=n - count,
        curve=curve,
    )


def share_lasting(
    times: ArrayLike, ended: ArrayLike, at: float, *, interval: str = "log-log", level: float = 0.95
) -> ShareLasting:
    """The Kaplan-Meier share that lasts beyond `at`; see `durations`. Past the last observation the note says so."""
    curve, rule, n, _ = curve_of(times, ended, interval, level)
    complete, _ = complete_columns(times, ended)
    before = [step for step in curve if step.time <= at]
    last = float(complete[:, 0].max())
    return ShareLasting(
        measure="kaplan-meier",
        variant=f"Kaplan-Meier share lasting beyond {at:g}, Greenwood variance, {interval} interval",
        value=before[-1].share if before else 1.0,
        low=before[-1].low if before else 1.0,
        high=before[-1].high if before else 1.0,
        level=level,
        n=n,
        missing=rule,
        note=f"nobody was observed for longer than {last:g}" if at > last else "",
        at=at,
        at_risk=int((complete[:, 0] >= at).sum()),
    )


def curve_of(times: ArrayLike, ended: ArrayLike, interval: str, level: float) -> tuple[tuple[Step, ...], str, int, int]:
    """The steps of the curve, what was left out, and how many there are and have ended."""
    if interval not in INTERVALS:
        raise StatisticsError(f"The interval is log-log or plain, not {interval}.")
    complete, rule = complete_columns(times, ended)
    t, event = checked(complete)
    moments, still = kaplan_meier(t, event)
    if not len(moments):
        raise StatisticsError("Nothing has ended yet, so there is no curve.")
    at_risk, deaths = counted(t, event, moments)
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(deaths / (at_risk * (at_risk - deaths)))
        error = still * np.sqrt(greenwood)
    low, high = limits(still, greenwood, interval, normal_quantile(level))
    steps = zip(moments, at_risk, deaths, still, error, low, high, strict=True)
    curve = tuple(
        Step(float(a), int(b), int(c), float(d), float(e), float(f), float(g)) for a, b, c, d, e, f, g in steps
    )
    return curve, rule, len(t), int(event.sum())


def counted(t: Floats, event: np.ndarray, moments: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """How many are at risk and how many end at each moment."""
    ends = np.sort(t[event])
    at_risk = len(t) - np.searchsorted(np.sort(t), moments, side="left")
    return at_risk, np.searchsorted(ends, moments, side="right") - np.searchsorted(ends, moments, side="left")


def limits(still: Floats, greenwood: Floats, interval: str, z: float) -> tuple[Floats, Floats]:
    """Limits of each step; NaN where the curve has come down to 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        if interval == "plain":
            error = still * np.sqrt(greenwood)
            return np.clip(still - z * error, 0.0, 1.0), np.clip(still + z * error, 0.0, 1.0)
        spread = np.exp(z * np.sqrt(greenwood) / np.log(still))
        return np.asarray(still ** (1.0 / spread)), np.asarray(still**spread)


def first_at_most_half(curve: Sequence[Step], shares: Sequence[float]) -> float | None:
    return next((step.time for step, share in zip(curve, shares, strict=True) if share <= 0.5 + 1e-12), None)


def checked(complete: Floats) -> tuple[Floats, np.ndarray]:
    """Times and whether they ended; refuses what cannot be a duration."""
    need(len(complete), 1)
    t, event = complete[:, 0], complete[:, 1]
    if (t < 0).any():
        raise StatisticsError("A duration cannot be negative.")
    if not np.isin(event, (0.0, 1.0)).all():
        raise StatisticsError("Whether something ended is 1 (it did) or 0 (not yet); there are other values.")
    return t, event.astype(bool)


def log_rank(times: ArrayLike, ended: ArrayLike, groups: Sequence[Hashable | None]) -> LogRank:
    """Log-rank test that groups last equally long (Mantel 1966), hypergeometric variance, any number of groups.

    Missing data: listwise, a group of None included. Raises StatisticsError for under 2 groups, when nothing ended, and as
    `durations` does.
    """
    t, event = numbers(times), numbers(ended)
    if not len(t) == len(event) == len(groups):
        raise StatisticsError("The columns have different lengths.")
    whole = ~np.isnan(t) & ~np.isnan(event) & np.array([each is not None for each in groups], dtype=bool)
    t, happened = checked(np.column_stack([t[whole], event[whole]]))
    kept = [each for each, keep in zip(groups, whole, strict=True) if keep]
    names = sorted({str(each) for each in kept})
    if len(names) < 2:
        raise StatisticsError("There is only one group; a comparison needs two or more.")
    if not happened.any():
        raise StatisticsError("Nothing has ended yet in any group, so there is nothing to compare.")
    member = np.array([[str(each) == name for each in kept] for name in names])
    expected, covariance = expected_ends(t, happened, member)
    observed = (member & happened).sum(axis=1)
    rest = observed[1:] - expected[1:]
    chi2 = float(rest @ np.linalg.pinv(covariance[1:, 1:]) @ rest)
    return LogRank(
        measure="log-rank",
        variant="log-rank test (Mantel), hypergeometric variance",
        value=chi2,
        n=len(t),
        missing=left_out("listwise", int((~whole).sum()), len(whole)),
        df=len(names) - 1,
        p=float(chdtrc(len(names) - 1, chi2)),
        groups=tuple(
            Group(name, int(row.sum()), int(seen), float(hoped))
            for name, row, seen, hoped in zip(names, member, observed, expected, strict=True)
        ),
    )


def expected_ends(t: Floats, happened: np.ndarray, member: np.ndarray) -> tuple[Floats, Floats]:
    """Ends expected in each group if all were alike, and their covariances, summed over the times of ends."""
    moments = np.unique(t[happened])
    at_risk = np.array([counted(t[own], happened[own], moments)[0] for own in member], dtype=float)
    total, ends = counted(t, happened, moments)
    share = at_risk / total
    spread = np.divide(ends * (total - ends), total - 1.0, out=np.zeros(len(total)), where=total > 1.0)
    covariance = np.diag((share * spread).sum(axis=1)) - (share * spread) @ share.T
    return (share * ends).sum(axis=1), covariance
