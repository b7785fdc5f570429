"""Clocks that stand still: nobody is late while they wanted to be left in peace, or on a holiday. Pure Python.

Holidays are, Iranian: the official ones of Iran, solar and lunar, as the library `holidays` knows them (a lunar date that
was not announced when its release was made is an estimate, by a day too early or too late at times); Gregorian: 25 and 26
December, 1 January.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache
from importlib import import_module
from zoneinfo import ZoneInfo

import numpy as np

from evaluation.statistics.scoring import Floats

GREGORIAN = frozenset({(12, 25), (12, 26), (1, 1)})


@dataclass(frozen=True)
class Clock:
    """When somebody's clock stands: at night (from, until), on days of the week (Monday 0), on holidays of calendars, on days
    away (first, last)."""

    zone: str
    night: tuple[time, time] | None = None
    free_days: tuple[int, ...] = ()
    holidays: frozenset[str] = frozenset({"gregorian"})
    away: tuple[tuple[date, date], ...] = ()

    def stands_all_day(self, day: date) -> bool:
        away = any(first <= day <= last for first, last in self.away)
        return away or day.weekday() in self.free_days or is_holiday(day, self.holidays)


def is_holiday(day: date, of: frozenset[str]) -> bool:
    """`of`: "iranian", "gregorian", both or none of them."""
    if "gregorian" in of and (day.month, day.day) in GREGORIAN:
        return True
    return "iranian" in of and day in _iranian(day.year)


@cache
def _iranian(year: int) -> frozenset[date]:
    """The official holidays of Iran in a Gregorian year."""
    holidays = import_module("holidays")  # knows every country: only who counts Iranian days waits for it
    return frozenset(holidays.country_holidays("IR", years=year))


@lru_cache(maxsize=4096)
def stands_still(clock: Clock, first: date, last: date) -> tuple[Floats, Floats]:
    """Moments at which the clock stops and goes on, in turn, and how many seconds it has stood still by each of them."""
    spans: list[list[float]] = []
    for begin, end in _spans(clock, first, last):
        if spans and begin <= spans[-1][1]:
            spans[-1][1] = max(spans[-1][1], end)
        elif end > begin:
            spans.append([begin, end])
    moments = np.array(spans, dtype=float).ravel()
    stood = np.repeat(np.cumsum(moments[1::2] - moments[::2]), 2)
    return moments, np.concatenate(([0.0], stood))[: len(moments)]


def _spans(clock: Clock, first: date, last: date) -> Iterator[tuple[float, float]]:
    zone = ZoneInfo(clock.zone)

    def moment(day: date, at: time = time.min) -> float:
        return datetime.combine(day, at, zone).timestamp()

    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        midnight = moment(day + timedelta(days=1))
        if clock.stands_all_day(day):
            yield moment(day), midnight
        elif clock.night is not None:
            begins, ends = clock.night
            if begins <= ends:
                yield moment(day, begins), moment(day, ends)
            else:
                yield moment(day), moment(day, ends)
                yield moment(day, begins), midnight


def stood_between(clock: Clock, start: Floats, end: Floats) -> Floats:
    """For how many seconds the clock stood still between moments; nothing where the end comes before the start."""
    if not len(start):
        return np.empty(0)
    days = (
        datetime.fromtimestamp(each, ZoneInfo(clock.zone)).date() for each in (start.min(), max(end.max(), start.max()))
    )
    first, last = days  # by whole months, so that many ask for the same
    moments, stood = stands_still(clock, first.replace(day=1), last.replace(day=1) + timedelta(days=31))
    if not len(moments):
        return np.zeros(len(start))
    return np.interp(np.maximum(end, start), moments, stood) - np.interp(start, moments, stood)
