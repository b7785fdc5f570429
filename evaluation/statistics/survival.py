"""Waiting times and durations of which some have not ended yet (right censoring)."""

import numpy as np
from numpy.typing import ArrayLike

from evaluation.statistics.scoring import Floats


def kaplan_meier(times: ArrayLike, ended: ArrayLike) -> tuple[Floats, Floats]:
    """Product-limit estimate (Kaplan and Meier 1958): the distinct event times and the share still waiting after each.

    `ended` False: censored at its time, counted at risk up to and including it.
    """
    t, event = np.asarray(times, dtype=float), np.asarray(ended, dtype=bool)
    moments, deaths = np.unique(t[event], return_counts=True)
    at_risk = len(t) - np.searchsorted(np.sort(t), moments, side="left")
    still: Floats = np.asarray(np.cumprod(1.0 - deaths / at_risk), dtype=float)
    return moments, still


def median_wait(times: ArrayLike, ended: ArrayLike) -> float | None:
    """The first time at which at most half are still waiting; None when more than half never ended."""
    moments, still = kaplan_meier(times, ended)
    below = np.flatnonzero(still <= 0.5 + 1e-12)
    return float(moments[below[0]]) if len(below) else None


def share_at(times: ArrayLike, ended: ArrayLike, moment: float) -> float:
    """The share that has not ended by `moment`."""
    moments, still = kaplan_meier(times, ended)
    place = int(np.searchsorted(moments, moment, side="right"))
    return float(still[place - 1]) if place else 1.0
