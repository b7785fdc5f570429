"""Whether a hazard model beats the points it would replace, on cohorts it has not seen. Pure arrays: one row per relationship and
week.

The past is split at one moment: the model learns from what had happened by then, and is judged on relationships that began
later. No row is on both sides.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluation.statistics.discrete import (
    DiscreteHazard,
    Found,
    auc,
    auc_gain,
    brier,
    calibration,
    fit_hazard,
    found,
)
from evaluation.statistics.estimate import plain
from evaluation.statistics.events import Bools
from evaluation.statistics.scoring import Floats

LEARN_FROM = 0.7
"""Share of the relationships, in the order of their beginnings, before whose last beginning the model learns."""
EVENTS_PER_PREDICTOR = 10
EVENTS_HELD_OUT = 10
REFERENCE = {"sensitivity": 0.43, "specificity": 0.75}
"""What is to be reached at the threshold, from the specification; shown beside both."""


@dataclass(frozen=True)
class Weeks:
    """`x`: predictors in the order in which they may enter; `at`: the moment a week begins; `ended`: the relationship ended early
    within it; `groups`: kind of group -> name of each row's group."""

    x: Floats
    names: tuple[str, ...]
    points: Floats
    ended: Bools
    unit: NDArray[np.int64]
    start: Floats
    at: Floats
    groups: Mapping[str, Sequence[str]]

    def where(self, chosen: Bools) -> "Weeks":
        groups = {kind: np.asarray(names)[chosen].tolist() for kind, names in self.groups.items()}
        return Weeks(
            self.x[chosen],
            self.names,
            self.points[chosen],
            self.ended[chosen],
            self.unit[chosen],
            self.start[chosen],
            self.at[chosen],
            groups,
        )


@dataclass(frozen=True)
class Judged:
    """`model`: None where there was too little to learn from or to judge with. `better`: whether it replaces the points.
    `result`: every figure, as plain values."""

    model: DiscreteHazard | None
    threshold: float | None
    better: bool
    result: dict[str, Any]


def judge(weeks: Weeks, *, flag_from: int, week: float, at_least: int) -> Judged:
    """Fit on the earlier part, judge on the later.

    As many predictors enter, in their order, as there are ten early ends to learn from for each. Its threshold is the hazard
    above which it calls for as many weeks as the points do (`flag_from` points and more) in the part it learns from. It is
    better only if the interval of the gain in AUC lies above 0, its Brier score is below that of the plain share of early ends,
    and neither sensitivity nor specificity is below that of the points. Groups of fewer than `at_least` relationships that did
    not end early have no rate of false alarms.
    """
    _, first = np.unique(weeks.unit, return_index=True)
    cut = float(np.quantile(weeks.start[first], LEARN_FROM))
    learn = weeks.where((weeks.start < cut) & (weeks.at + week <= cut))
    held = weeks.where(weeks.start >= cut)
    result: dict[str, Any] = {"cut": cut, "learned_from": _sizes(learn), "held_out": _sizes(held)}
    told = [place for place in range(len(weeks.names)) if len(learn.x) and learn.x[:, place].std() > 1e-9]
    places = told[: int(learn.ended.sum()) // EVENTS_PER_PREDICTOR]
    if not places or held.ended.sum() < EVENTS_HELD_OUT:
        return Judged(None, None, False, {**result, "why": "too_few"})
    model = fit_hazard(learn.x[:, places], learn.ended, [weeks.names[place] for place in places])
    threshold = _threshold(model.predict(learn.x[:, places]), learn.points >= flag_from)
    p, base = model.predict(held.x[:, places]), np.full(len(held.ended), learn.ended.mean())
    gain = auc_gain(p, held.points, held.ended, held.unit)
    flags = {"model": p >= threshold, "points": held.points >= flag_from}
    counted = {name: found(each, held.ended, held.unit) for name, each in flags.items()}
    scores = {"model": brier(p, held.ended), "base": brier(base, held.ended)}
    better = bool(gain and gain[0] > 0) and scores["model"] < scores["base"] and _no_worse(**counted)
    result |= {
        "why": "better" if better else "not_better",
        "predictors": dict(zip(model.names, model.coefficients, strict=True)),
        "threshold": threshold,
        "auc": {"model": auc(p, held.ended), "points": auc(held.points, held.ended), "gain": gain},
        "brier": scores,
        "calibration": calibration(p, held.ended),
        "found": {name: each.as_dict() for name, each in counted.items()},
        "reference": REFERENCE,
        "false_alarms": _false_alarms(held, flags, at_least),
    }
    return Judged(model, threshold, better, plain(result))


def _sizes(part: Weeks) -> dict[str, int]:
    units, ends = len(np.unique(part.unit)), int(part.ended.sum())
    return {"relationships": units, "weeks": len(part.ended), "early": ends}


def _threshold(hazards: Floats, flagged: Bools) -> float:
    share = float(flagged.mean()) or 0.05
    return float(np.quantile(hazards, 1.0 - share))


def _no_worse(model: Found, points: Found) -> bool:
    pairs = ((model.sensitivity, points.sensitivity), (model.specificity, points.specificity))
    return all(mine is not None and theirs is not None and mine >= theirs for mine, theirs in pairs)


def _false_alarms(held: Weeks, flags: Mapping[str, Bools], at_least: int) -> list[dict[str, Any]]:
    """Of the relationships of a group that did not end early, how many were called for; None for small groups."""
    rows = []
    for kind, names in held.groups.items():
        each = np.asarray(names)
        for name in sorted(set(names)):
            mine = each == name
            counted = {who: found(flag[mine], held.ended[mine], held.unit[mine]) for who, flag in flags.items()}
            others = counted["model"].others
            rates = {who: c.flagged_others / c.others if others >= at_least else None for who, c in counted.items()}
            rows.append({"kind": kind, "name": name, "n": others if others >= at_least else None, **rates})
    return rows
