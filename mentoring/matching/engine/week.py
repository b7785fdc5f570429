"""Time together: free half-hours of two people, counted by AND and bit count; and weeks from hours on a clock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from copy import copy
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from .people import SLOTS, Bools, Ints

MINUTES_PER_SLOT = 30
ENOUGH_SLOTS = 8
"""Four shared hours a week: more does not make a better pair."""
SLOT_VALUE = 10_000 // ENOUGH_SLOTS
CELLS = 1 << 17
"""Pairs counted together."""
NO_WEEK = 255
"""Stands in a table of shared slots for "one of the two has not answered"; no real count is kept above 254."""
EVEN, ODD = np.uint64(0x5555555555555555), np.uint64(0xAAAAAAAAAAAAAAAA)
"""The first and the second half of every hour in a word of a week."""
SMALLEST_BUFFER = 16
"""Numbers that numpy may copy to combine them, at least."""


@contextmanager
def _row_by_row() -> Iterator[None]:
    """Numpy combines a column with a row where they are: usually it copies short ones first, at three times the cost."""
    usual = np.setbufsize(SMALLEST_BUFFER)
    try:
        yield
    finally:
        np.setbufsize(usual)


class Room:
    """Memory to count in, used again and again."""

    def __init__(self, cells: int) -> None:
        self.words, self.counts = np.empty(cells, np.uint64), np.empty(cells, np.uint8)
        self.points = np.empty(cells, np.float32)


class Weeks:
    """The weeks of both sides, only the half-hours that somebody on each side is free in; those of one hour are counted as one
    where everybody is free in both or in none."""

    def __init__(self, mentees: NDArray[np.uint64], mentors: NDArray[np.uint64]) -> None:
        self.known: tuple[Bools, Bools] = (np.asarray(mentees.any(axis=1)), np.asarray(mentors.any(axis=1)))
        self.mentees, self.mentors, self._shift = _squeezed(mentees, mentors)
        self._by_word = np.ascontiguousarray(self.mentors.T)
        self._missing = tuple(np.where(known, 0, NO_WEEK).astype(np.uint8) for known in self.known)
        most = [
            np.bitwise_count(side).sum(axis=1, dtype=np.int64).max(initial=0) for side in (self.mentees, self.mentors)
        ]
        self._fits = bool(min(most) << self._shift < NO_WEEK)

    def narrowed(self, mentors: Ints) -> Weeks:
        """The same mentees with some of the mentors, for tables only."""
        narrow = copy(self)
        narrow.mentors = self.mentors[mentors]
        narrow._by_word = np.ascontiguousarray(narrow.mentors.T)
        narrow._missing = (self._missing[0], self._missing[1][mentors])
        return narrow

    def tables(self, rows: Ints) -> Iterator[tuple[Ints, NDArray[np.uint8]]]:
        """`table` for many mentees, some at a time."""
        flat = max(CELLS // max(len(self.mentors), 1), 1)
        room = Room(flat * len(self.mentors))
        for first in range(0, len(rows), flat):
            yield rows[first : first + flat], self.table(rows[first : first + flat], room)

    def table(self, rows: Ints, room: Room | None = None) -> NDArray[np.uint8]:
        """Shared slots (rows x mentors), at most 254, NO_WEEK where unknown."""
        room = room or Room(len(rows) * len(self.mentors))
        shape = (len(rows), len(self.mentors))
        both, count = (part[: shape[0] * shape[1]].reshape(shape) for part in (room.words, room.counts))
        shared = np.zeros(shape, np.uint8)
        with _row_by_row():
            for word, theirs in enumerate(self._by_word):
                np.bitwise_and(self.mentees[rows, word, None], theirs, out=both)
                if not word:
                    np.bitwise_count(both, out=shared)
                    continue
                np.bitwise_count(both, out=count)
                if not self._fits:
                    np.minimum(shared, (NO_WEEK - 1 >> self._shift) - count, out=shared)
                shared += count
            if self._shift:
                np.left_shift(shared, self._shift, out=shared)
            for missing in (self._missing[0][rows, None], self._missing[1]):
                if missing.any():
                    np.maximum(shared, missing, out=shared)
        return shared

    def slots(self, mentees: Ints, mentors: Ints) -> Ints:
        """Shared half-hours of pairs."""
        both = self.mentees[mentees] & self.mentors[mentors]
        return np.asarray(np.bitwise_count(both).sum(axis=1, dtype=np.int64) << self._shift)

    def unknown(self, mentees: Ints, mentors: Ints) -> Bools:
        """Where one of the two has not answered."""
        return ~(self.known[0][mentees] & self.known[1][mentors])

    def values(self, mentees: Ints, mentors: Ints) -> Ints:
        """0..10,000 for pairs, the middle where unknown."""
        points = np.minimum(self.slots(mentees, mentors), ENOUGH_SLOTS) * SLOT_VALUE
        return np.where(self.unknown(mentees, mentors), 5_000, points)


def points_by_slots(weight: int) -> NDArray[np.float32]:
    """What every entry of `Weeks.table` is worth at this weight."""
    points = np.minimum(np.arange(NO_WEEK + 1), ENOUGH_SLOTS) * SLOT_VALUE * weight
    points[NO_WEEK] = 5_000 * weight
    return points.astype(np.float32)


def week_bits(hours: Iterable[tuple[int, int, int]], zone: str, monday: date) -> Bools:
    """336 free half-hours in UTC from (weekday 0 = Monday, first minute, last minute) on somebody's own clock.

    `monday` begins the week that is meant: a change of the clock in that week moves the hours after it. Only whole
    half-hours count; what runs over the end of the week comes back at its beginning. Raises ValueError for an unknown
    zone and for hours that end before they begin.
    """
    try:
        clock = ZoneInfo(zone)
    except (KeyError, OSError) as error:
        raise ValueError(f"There is no time zone {zone!r}.") from error
    bits = np.zeros(SLOTS, np.bool_)
    for weekday, first, last in hours:
        if not (0 <= weekday < 7 and 0 <= first <= last <= 24 * 60):
            raise ValueError("Hours begin and end within one day, the end after the beginning.")
        begins, ends = (_utc_minute(monday, weekday, minute, clock) for minute in (first, last))
        bits[np.arange(-(-begins // MINUTES_PER_SLOT), ends // MINUTES_PER_SLOT) % SLOTS] = True
    return bits


def _utc_minute(monday: date, weekday: int, minute: int, clock: ZoneInfo) -> int:
    """Minutes of UTC since Monday 00:00 at which the clock on the wall shows this time."""
    wall = datetime.combine(monday, datetime.min.time()) + timedelta(days=weekday, minutes=minute)
    shift = wall.replace(tzinfo=clock).utcoffset() or timedelta()
    return weekday * 24 * 60 + minute - int(shift.total_seconds() // 60)


def _squeezed(
    mentees: NDArray[np.uint64], mentors: NDArray[np.uint64]
) -> tuple[NDArray[np.uint64], NDArray[np.uint64], int]:
    """The same weeks without the half-hours that cannot be shared, in as few words as possible; and how often what is
    counted in them is to be doubled."""
    used = np.bitwise_or.reduce(mentees, axis=0) & np.bitwise_or.reduce(mentors, axis=0)
    columns = np.flatnonzero(_bits(used[None])[0])
    whole = all(np.array_equal(side & ODD, (side & EVEN) << np.uint64(1)) for side in (mentees, mentors))
    columns = columns[columns % 2 == 0] if whole else columns
    words = -(-len(columns) // 64)

    def packed(side: NDArray[np.uint64]) -> NDArray[np.uint64]:
        room = np.zeros((len(side), words * 64), np.uint8)
        room[:, : len(columns)] = _bits(side)[:, columns]
        return np.packbits(room, axis=1, bitorder="little").view("<u8").astype(np.uint64).reshape(len(side), words)

    return packed(mentees), packed(mentors), int(whole)


def _bits(side: NDArray[np.uint64]) -> NDArray[np.uint8]:
    flat = side.astype("<u8").view(np.uint8).reshape(side.shape[0], side.shape[1] * 8)
    return np.unpackbits(flat, axis=1, bitorder="little")
