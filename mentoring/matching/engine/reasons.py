"""Why somebody has no mentor, and the smallest change that would help."""

from __future__ import annotations

import numpy as np

from .layers import THRESHOLD
from .people import Ints
from .result import Unmatched
from .table import Table
from .week import MINUTES_PER_SLOT
from .worth import Worth


def reasons(table: Table, rows: Ints, highest: Ints, worth: Worth) -> list[Unmatched]:
    """One reason per mentee row; `highest` are the prices somebody else's worth must beat."""
    keys, mentors = table.cohort.mentees.keys, len(table.cohort.mentors)
    open_ = table.cohort.mentees.open[rows]
    found = [Unmatched(int(keys[row]), "not_open") for row in rows[~open_]]
    rows = rows[open_]
    if not mentors:
        return found + [Unmatched(int(keys[row]), "no_mentors") for row in rows]
    barred = []
    for some, strip in table.strips(rows):
        best = strip.argmax(axis=1)
        score = strip[np.arange(len(some)), best].astype(np.int64)
        helps = np.count_nonzero(strip > THRESHOLD, axis=1)
        barred.append(some[helps == 0])
        for place in np.flatnonzero(helps):
            short = worth.short(int(score[place]), int(highest[best[place]]))
            mentor = int(table.cohort.mentors.keys[best[place]])
            key = int(keys[some[place]])
            found.append(Unmatched(key, "taken", (), int(helps[place]), mentor, int(score[place]), short))
    return found + _barred(table, np.concatenate(barred) if barred else rows[:0])


def _barred(table: Table, rows: Ints) -> list[Unmatched]:
    """Mentees for whom every mentor fails a rule: the rule that alone keeps most away, else the fewest rules."""
    found = []
    strips = table.open_strips(rows)
    rules = table.eligibility
    for some, fit in strips:
        masks = {code: mask for code, mask in rules.masks(some, table.criteria.week.table(some)) if code in rules.hard}
        count = np.sum(list(masks.values()), axis=0)
        alone = np.stack([(mask & (count == 1)).sum(axis=1) for mask in masks.values()], axis=1)
        for place, row in enumerate(some.tolist()):
            if alone[place].any():
                code = list(masks)[int(alone[place].argmax())]
                nearest = masks[code][place] & (count[place] == 1)
            else:
                nearest = count[place] == count[place].min()
            best = int(np.where(nearest, fit[place], -1).argmax())
            broken = tuple(code for code, mask in masks.items() if mask[place, best])
            minutes = None
            if broken == ("overlap",):
                near = np.flatnonzero(nearest)
                minutes = int(table.criteria.week.slots(np.full(len(near), row), near).max()) * MINUTES_PER_SLOT
            key, mentor = int(table.cohort.mentees.keys[row]), int(table.cohort.mentors.keys[best])
            found.append(
                Unmatched(key, "rules", broken, int(nearest.sum()), mentor, int(fit[place, best]), None, minutes)
            )
    return found
