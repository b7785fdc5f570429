"""Set-based tools for events of many units at once; `unit` is the place of the unit an event belongs to."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluation.statistics.scoring import Floats

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


def median_by(unit: Ints, values: Floats, units: int) -> Floats:
    """The median of `values` for every unit; NaN where a unit has none."""
    order = np.lexsort((values, unit))
    sorted_values, counts = values[order], np.bincount(unit, minlength=units)
    starts = np.concatenate(([0], np.cumsum(counts)[:-1]))
    medians = np.full(units, np.nan)
    some = counts > 0
    low, high = starts[some] + (counts[some] - 1) // 2, starts[some] + counts[some] // 2
    medians[some] = (sorted_values[low] + sorted_values[high]) / 2.0
    return medians


def last_by(unit: Ints, values: Floats, units: int) -> Floats:
    """The greatest value of every unit; NaN where a unit has none."""
    greatest = np.full(units, -np.inf)
    np.maximum.at(greatest, unit, values)
    return np.where(np.isinf(greatest), np.nan, greatest)


def first_by(unit: Ints, values: Floats, units: int) -> Floats:
    """The smallest value of every unit; NaN where a unit has none."""
    return -last_by(unit, -values, units)


def distinct_by(unit: Ints, places: Ints, allowed: Ints) -> Ints:
    """How many different `places` (week numbers, say) from 0 up to but not including `allowed[unit]` each unit has."""
    inside = (places >= 0) & (places < allowed[unit])
    span = int(allowed.max(initial=0)) + 1
    return np.bincount(np.unique(unit[inside] * span + places[inside]) // span, minlength=len(allowed))


def begins_run(unit: Ints, places: Floats) -> Bools:
    """Whether a row is the first of its unit and place (an hour, say), of rows that are sorted by both."""
    first = np.ones(len(unit), dtype=bool)
    first[1:] = (unit[1:] != unit[:-1]) | (places[1:] != places[:-1])
    return first


def next_by(unit: Ints, at: Floats, event_unit: Ints, event_at: Floats) -> Floats:
    """For every moment of a unit the first event of the same unit then or later; infinite where there is none."""
    units, times = np.concatenate((unit, event_unit)), np.concatenate((at, event_at))
    is_event = np.arange(len(units)) >= len(unit)
    order = np.lexsort((is_event, times, units))
    places = np.where(is_event[order], np.arange(len(order)), len(order))
    following = np.minimum.accumulate(places[::-1])[::-1]
    there = np.append(order, 0)[following]
    found = np.empty(len(units))
    found[order] = np.where((following < len(order)) & (units[there] == units[order]), times[there], np.inf)
    return found[: len(unit)]


@dataclass(frozen=True)
class Turns:
    """Runs of messages by one side, in the order of unit and time. `begins`: the place of its first message; `first`, `last`:
    seconds; `answers`: whether a turn answers the one before it; `waited`: hours from the first unanswered message to the answer
    (NaN where it answers none)."""

    unit: Ints
    side: Ints
    begins: Ints
    first: Floats
    last: Floats
    answers: Bools
    waited: Floats


def turns(unit: Ints, side: Ints, at: Floats) -> Turns:
    """Group messages, sorted by unit and time, into turns of one side."""
    if not len(unit):
        none = np.empty(0)
        return Turns(unit, side, unit, none, none, np.empty(0, dtype=bool), none)
    new = np.concatenate(([True], (unit[1:] != unit[:-1]) | (side[1:] != side[:-1])))
    begins = np.flatnonzero(new)
    ends = np.concatenate((begins[1:], [len(unit)])) - 1
    t_unit, first = unit[begins], at[begins]
    answers = np.concatenate(([False], t_unit[1:] == t_unit[:-1]))
    waited = np.where(answers, (first - np.roll(first, 1)) / 3600.0, np.nan)
    return Turns(t_unit, side[begins], begins, first, at[ends], answers, waited)
