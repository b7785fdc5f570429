"""How pairs and places count towards the aim: exact lexicographic order in whole numbers.

Two assignments differ by paths and cycles, each of which changes the people matched by one at most. So one person
need only outweigh what the points of one path can lose, not the points of everybody.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .people import Ints
from .settings import Aim, Objective

TOP_SCORE = 10_000
STEEP = 2
"""Times the square of `Aim.evenness`: how often a point counts up to the low end of a pool's band, beside once above it."""

Band = tuple[int, int]
"""The scores between which the curve of EVEN bends."""


@dataclass(frozen=True, eq=False)
class Seats:
    """Places in classes: `capacity` places of `mentor`, each adding `reward` when filled; by mentor, highest first."""

    mentor: Ints
    capacity: Ints
    reward: Ints

    def paid(self, load: Ints) -> int:
        """What the filled places add."""
        first = np.searchsorted(self.mentor, self.mentor)
        before = np.cumsum(self.capacity) - self.capacity
        taken = (load[self.mentor] - (before - before[first])).clip(0, self.capacity)
        return int(taken @ self.reward)

    def edges(self, load: Ints) -> tuple[Ints, Ints]:
        """Per mentor the lowest and highest price at which exactly `load` places are worth filling."""
        ends = np.cumsum(self.capacity)
        first = np.searchsorted(self.mentor, np.arange(len(load) + 1))
        start = np.append(0, ends)[first]
        none, all_ = load == 0, load >= start[1:] - start[:-1]
        row_of_last = np.searchsorted(ends, start[:-1] + load, side="left")
        row_of_next = np.searchsorted(ends, start[:-1] + load, side="right")
        reward = np.append(self.reward, 0)
        highest = np.where(all_, FAR, -reward[row_of_next])
        return np.where(none, np.where(all_, 0, highest), -reward[row_of_last]), highest

    def bound(self, prices: Ints) -> int:
        """The most that places can earn at these prices."""
        return int((prices[self.mentor] + self.reward).clip(min=0) @ self.capacity)


FAR = np.iinfo(np.int64).max // 4
"""Higher than any price."""


@dataclass(frozen=True, eq=False)
class Extra:
    """Named pairs that are worth more than their score, by mentee row and mentor row, each once."""

    tail: Ints
    head: Ints
    points: Ints
    wishes: Ints
    """How high they stand on lists of wishes that come before points."""


@dataclass(frozen=True, eq=False)
class Scale:
    """How a score becomes a number that can be compared with prices: `scale * curve[score] + person`."""

    scale: int
    person: int
    curve: Ints | None

    @classmethod
    def of_aim(cls, aim: Aim, band: Band | None = None) -> Scale:
        """For prices told as people and points, where one person outweighs all points (or, for TOTAL, none)."""
        if aim.objective is Objective.TOTAL:
            return cls(2, 1, None)
        return cls(1, 1 << 40, curve_of(aim, band))

    @property
    def top(self) -> int:
        """The most points of a pair without extra."""
        return TOP_SCORE if self.curve is None else int(self.curve[-1])

    def of_scores(self, scores: NDArray) -> Ints:
        """The worth of pairs by score, nothing extra."""
        points = scores.astype(np.int64) if self.curve is None else self.curve[scores]
        return points * self.scale + self.person

    def short(self, score: int, needed: int) -> int:
        """Points that a score lacks to be worth as much as is needed (at most to beyond a full score)."""
        if self.curve is None:
            return max(0, -(-(needed - self.person) // self.scale) - score)
        return max(0, int(np.searchsorted(self.curve, needed - self.person)) - score)

    def lower(self, score: int, points: int) -> int:
        """How many points of score it is to be worth so many points less than this score."""
        if self.curve is None:
            return points
        return score + 1 - int(np.searchsorted(self.curve, self.curve[score] - points, side="right"))

    def told(self, worth: int) -> tuple[int, int]:
        """A difference made by one place, as (people, points)."""
        if self.scale > 1:
            points, people = divmod(worth, self.scale)
            return people, points
        people = (worth + self.person // 2) // self.person
        return people, worth - people * self.person

    def back(self, people: int, points: int) -> int:
        """The inverse of `told`."""
        return points * self.scale + people * self.person


@dataclass(frozen=True, eq=False)
class Worth(Scale):
    """What a pair adds: `scale * (curve[score] + extra points of named pairs) + person`."""

    seats: Seats
    quota: int
    wish: int
    """What a filled quota place and a step of a wish are worth; 0 where they do not come first."""
    extra: tuple[Ints, Ints, Ints]
    """(mentee rows, mentor rows, points) of pairs worth more than their score."""
    most: bool
    """The most people come before points, and nothing comes before people."""

    @classmethod
    def of(cls, aim: Aim, mentees: int, places: Ints, least: Ints, extra: Extra, band: Band | None = None) -> Worth:
        """The numbers for an aim; `places` are those that locks have left, `least` how many of them come first."""
        curve = curve_of(aim, band)
        pairs = max(min(mentees, int(places.sum())), 1)
        balance, points = aim.balance, extra.points
        full = TOP_SCORE if curve is None else int(curve[-1])
        top = full + int(points.max(initial=0)) + balance * int(places.max(initial=0))
        path = 2 * top * pairs + 1
        wish = path if extra.wishes.any() else 0
        path += 2 * wish * int(extra.wishes.max(initial=0)) * pairs
        scale, person = (2, 1) if aim.objective is Objective.TOTAL else (1, path)
        quota = 2 * (scale * path + person) + 1 if aim.quotas else 0
        seats = _seats(places, least if aim.quotas else np.zeros_like(places), quota, scale * balance)
        most = aim.objective is not Objective.TOTAL and not seats.reward.any()
        named = (extra.tail, extra.head, points + wish * extra.wishes)
        return cls(scale, person, curve, seats, quota, scale * wish, named, most)

    def of_pairs(self, tail: Ints, head: Ints, scores: Ints) -> Ints:
        """The worth of pairs, extra points included."""
        worth = self.of_scores(scores)
        rows, columns, points = self.extra
        if len(rows):
            width = int(max(columns.max(), head.max(initial=0))) + 1
            keys = rows * width + columns
            place = np.searchsorted(keys, tail * width + head).clip(max=len(keys) - 1)
            worth += np.where(keys[place] == tail * width + head, points[place], 0) * self.scale
        return worth

    @property
    def levels(self) -> tuple[int, ...]:
        """Units that outweigh any points, the highest first."""
        return tuple(unit for unit in (self.quota, self.person, self.wish) if unit > 1)

    def split(self, worth: Ints) -> tuple[Ints, Ints]:
        """Prices or surpluses as (multiples of the levels, points that are left)."""
        high, rest = np.zeros_like(worth), worth.copy()
        for unit in self.levels:
            part = (rest + unit // 2) // unit * unit
            high += part
            rest -= part
        return high, rest


def curve_of(aim: Aim, band: Band | None) -> Ints | None:
    """The curve of an aim, over the whole scale where no band is known; None where points count as they are."""
    return concave(aim.evenness, *(band or (0, TOP_SCORE))) if aim.is_curved else None


def concave(evenness: int, low: int, high: int) -> Ints:
    """The worth of every score: its points, less what is missing to `high` to the power of `evenness`.

    That power is the measure of Foster, Greer and Thorbecke (1984) with `high` as its line. It is taken in whole steps
    that never grow: STEEP * evenness**2 for a point up to `low`, 1 from `high` on. So the sum over all pairs is a separable
    concave objective that a flow maximises exactly; extra points count as much as those from `high` on.
    """
    more, power = STEEP * evenness**2 - 1, evenness - 1
    steps = np.ones(TOP_SCORE, np.int64)
    steps[:low] += more
    bend = [more * (high - score) ** power // (high - low) ** power for score in range(low, min(high, TOP_SCORE))]
    steps[low : low + len(bend)] += np.array(bend, np.int64)
    return np.append(0, np.cumsum(steps))


def _seats(places: Ints, least: Ints, quota: int, balance: int) -> Seats:
    """One class per mentor, more where first places or each further one count differently."""
    mentors = np.arange(len(places))
    if not quota and not balance:
        some = places > 0
        return Seats(mentors[some], places[some], np.zeros(int(some.sum()), np.int64))
    owner = np.repeat(mentors, places)
    turn = np.arange(len(owner)) - np.repeat(np.cumsum(places) - places, places)
    reward = np.where(turn < least[owner], quota, 0) - balance * turn
    return Seats(owner, np.ones(len(owner), np.int64), reward)
