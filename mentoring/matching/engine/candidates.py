"""The pairs worth looking at: for each mentee the best mentors by score minus price, and a bound on all the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from .layers import Strip
from .people import Bools, Ints
from .worth import FAR, Worth

Floats = NDArray[np.float32]

SAMPLED = 8
"""The place to cut a row is guessed from every eighth score, where rows are long."""
LONG_ROW = 1 << 9
FLOOR = np.float32(-(2.0**22))
"""Below every score minus price of a pair that may be."""
COLUMN_BITS, VALUE_BITS = 22, 23
COLUMN_CELLS = 1 << 20
"""Pairs of everybody with some mentors that are scored together: 4 MB of float32."""
SAMPLE, GUESSES, COOLING = 224, 14, 7
"""Mentees whose wishes make the first guess at prices, how often it is improved, and how often of these ever more finely."""
BENT, FEWER, GUESSES_BENT = 0.3, 4, 11
"""Where worths are bent the best lie closer together than the spread tells: the guess becomes finer by this, looks at every
fourth mentee only until it is, and is improved less often then, because there are more of them."""
UNITS, SHARES, FADED = 1 << 14, 1 << 40, 10
"""Wishes are counted in shares of the best one; beyond ten times the softness nobody is wanted."""
FINE = 9
"""A softness is told in so many bits: what stands for it is looked up in a table small enough for the fastest memory."""
LOOKED_AT, SOFTNESS = 64, 0.3
"""Mentors about equally wanted in that guess lie within this share of what sets the best so many apart."""


class Source(Protocol):
    """Where scores come from: a `Table` or a `Matrix`."""

    @property
    def size(self) -> tuple[int, int]: ...

    def strips(self, rows: Ints) -> Iterator[tuple[Ints, Strip]]: ...
    def narrowed(self, columns: Ints) -> Self: ...
    def scores(self, mentees: Ints, mentors: Ints) -> Ints: ...
    def exists(self, mentees: Ints, mentors: Ints) -> Bools: ...


@dataclass(frozen=True, eq=False)
class Found:
    """Arcs mentee by mentee, the highest score minus price first."""

    tail: NDArray[np.integer]
    head: NDArray[np.integer]
    score: NDArray[np.integer]
    outside: Ints
    """Per mentee asked for, what pairs left out reach at most in score (on the curve) minus price; -FAR: none is left."""


def search(
    source: Source, rows: Ints, worth: Worth, price: Floats, keep: int, done: Callable[[int], None] | None = None
) -> Found:
    """About `keep` candidates for each of `rows` at these prices (in points; infinite = nobody may have this mentor)."""
    gathered = _Gathered()
    outside = np.full(len(rows), -FAR)
    start = 0
    for some, strip in source.strips(rows):
        value = _valued(strip, worth, price)
        flat, outside[start : start + len(some)] = _best(value, keep, some)
        gathered.add(some, strip, value, flat)
        start += len(some)
        if done:
            done(start)
    return gathered.found(outside)


def search_above(source: Source, rows: Ints, worth: Worth, price: Floats, cut: Ints) -> Found:
    """Every pair of `rows` whose score minus price lies above the cut of its row."""
    gathered = _Gathered()
    start = 0
    for some, strip in source.strips(rows):
        value = _valued(strip, worth, price)
        limit = np.maximum(cut[start : start + len(some), None], FLOOR)
        gathered.add(some, strip, value, np.flatnonzero(value > limit))
        start += len(some)
    return gathered.found(cut)


def search_columns(
    source: Source, columns: Ints, rows: Ints, worth: Worth, outside: Ints, keep: int
) -> tuple[Found, Floats]:
    """About `keep` mentees for each of some mentors nobody asked for, and the prices at which they would ask."""
    gathered, prices = _Gathered(), []
    together = max(COLUMN_CELLS // max(len(rows), 1), 1)
    for first in range(0, len(columns), together):
        some = columns[first : first + together]
        scores = np.empty((len(rows), len(some)), np.float32)
        top = 0
        for _, strip in source.narrowed(some).strips(rows):
            scores[top : top + len(strip)] = strip
            top += len(strip)
        value = _valued(scores, worth, np.zeros(len(some), np.float32))
        spare = np.where(value > FLOOR, value - np.where(outside > -FAR, outside, FLOOR / 2)[:, None], 2 * FLOOR)
        last = max(len(rows) - keep - 1, 0)
        price = np.partition(spare, last, axis=0)[last].clip(FLOOR / 8, -FLOOR / 8)
        row, column = np.nonzero((spare > price) & (value > FLOOR))
        gathered.take(rows[row], some[column], scores[row, column])
        prices.append(np.floor(price).astype(np.float32))
    return gathered.found(outside), np.concatenate(prices)


class _Gathered:
    """Arcs as they come, in numbers as small as will do."""

    def __init__(self) -> None:
        self._tail = [np.zeros(0, np.int32)]
        self._head = [np.zeros(0, np.int32)]
        self._score = [np.zeros(0, np.int16)]

    def add(self, some: Ints, strip: Strip, value: Strip, flat: Ints) -> None:
        """Places of a strip, row by row the highest value first."""
        row, column = np.divmod(flat, strip.shape[1])
        value_down = (1 << VALUE_BITS - 1) - value.ravel()[flat].astype(np.int64)
        order = np.sort((((row << VALUE_BITS) + value_down) << COLUMN_BITS) + column)
        column, row = order & ((1 << COLUMN_BITS) - 1), order >> (VALUE_BITS + COLUMN_BITS)
        self.take(some[row], column, strip[row, column])

    def take(self, tail: Ints, head: Ints, score: Strip) -> None:
        self._tail.append(tail.astype(np.int32))
        self._head.append(head.astype(np.int32))
        self._score.append(score.astype(np.int16))

    def found(self, outside: Ints) -> Found:
        """Everything; what was gathered is given up."""
        return Found(_emptied(self._tail), _emptied(self._head), _emptied(self._score), outside)


def _emptied(parts: list[NDArray[Any]]) -> NDArray[Any]:
    whole = np.concatenate(parts)
    parts.clear()
    return whole


def _valued(strip: Strip, worth: Worth, price: Floats) -> Strip:
    """Score (on the curve) minus price."""
    if worth.curve is None:
        return strip - price
    curve = np.append(2 * int(FLOOR), worth.curve).astype(np.float32)
    value = np.take(curve, (np.maximum(strip, -1) + 1).astype(np.int64), mode="clip")  # clipped, numpy is quicker
    value -= price
    return value


def _best(value: Strip, keep: int, rows: Ints) -> tuple[Ints, Ints]:
    """Flat places of the best values, and per row a bound on the rest."""
    width = value.shape[1]
    if width <= keep:
        return np.flatnonzero(value > FLOOR), np.full(len(value), -FAR)
    step = SAMPLED if width >= LONG_ROW and keep * 4 <= width else 1
    sample = value[:, ::step]
    place = sample.shape[1] - (max(keep * 5 // (4 * step), 1) if step > 1 else keep + 1)
    cut = np.maximum(np.partition(sample, place, axis=1)[:, place], FLOOR)
    above = value > cut[:, None]
    bound = np.where(cut > FLOOR, cut, -np.float64(FAR)).astype(np.int64)
    poor = np.flatnonzero((above.sum(axis=1, dtype=np.int32) < keep // 2) & (cut > FLOOR))
    if len(poor):
        above[poor], bound[poor] = _exactly(value[poor], keep, rows[poor])
    return np.flatnonzero(above), bound


def _exactly(value: Strip, keep: int, rows: Ints) -> tuple[Bools, Ints]:
    """The `keep` best of each row; among equals those that come first from a place that differs from row to row."""
    last = value.shape[1] - keep
    cut = np.maximum(np.partition(value, last, axis=1)[:, last], FLOOR)
    above, equal = value > cut[:, None], value == cut[:, None]
    place = np.cumsum(equal, axis=1, dtype=np.int32) - 1
    many = np.maximum(place[:, -1:] + 1, 1)
    begin = (rows * 0x9E3779B1 >> 8)[:, None] % many
    room = keep - above.sum(axis=1, dtype=np.int32, keepdims=True)
    tied = equal & ((place - begin) % many < room)
    return above | tied, np.where(cut > FLOOR, cut, -np.float64(FAR)).astype(np.int64)


@dataclass(frozen=True, eq=False)
class Guess:
    """Prices at which a sample of mentees would want each mentor about as often as there are places."""

    price: Floats
    """In points; infinite where there is no place."""
    apart: float
    """How far the best mentors of a mentee typically lie apart,"""
    left: float
    """and how far once these prices are taken off."""


def first_guess(source: Source, rows: Ints, worth: Worth, places: Ints, asked_at_most: int) -> Guess:
    """Guess prices from a sample. Only the way to the result depends on them.

    Counted in whole numbers, so that they are the same on every machine.
    """
    sample = rows[:: max(-(-len(rows) // asked_at_most), 1)]
    nothing = np.where(places > 0, 0, np.inf).astype(np.float32)
    values = [_valued(strip, worth, nothing) for _, strip in source.strips(sample)]
    values = [some[some.max(axis=1) > FLOOR] for some in values]
    points = [np.maximum(some, FLOOR * 2).astype(np.int32) for some in values]
    apart, whole = _spread(values)
    price = np.zeros(len(places))
    for soft, every in _coarse_to_fine(apart, whole, bent=worth.curve is not None):
        some = [part[::every] for part in points]
        wanted = sum(_wanted(part, price.astype(np.int32), soft) for part in some)
        share = np.maximum(places, 1) * (sum(map(len, some)) / max(len(rows), 1))
        price = np.rint(price + soft * np.log(np.maximum(wanted, 1e-9) / share))
        if places.sum() > len(rows):
            price = np.maximum(price, 0)
    price = price.clip(float(FLOOR) / 8, float(-FLOOR) / 8)
    left, _ = _spread([np.where(some > FLOOR, some - price, some).astype(np.float32) for some in values])
    return Guess(np.where(places > 0, price, np.inf).astype(np.float32), apart, left)


def _coarse_to_fine(apart: float, whole: float, *, bent: bool) -> Iterator[tuple[int, int]]:
    """How softly wishes are counted each time, in points, and of which share of the mentees (1 in so many)."""
    if not apart:
        return
    ends = SOFTNESS * max(whole, 1), SOFTNESS * max(apart * BENT if bent else apart, 1)
    again = (GUESSES_BENT if bent else GUESSES) - COOLING
    for turn, soft in enumerate(np.geomspace(*ends, COOLING).tolist() + [ends[1]] * again):
        yield max(round(soft), 1), FEWER if bent and turn < COOLING else 1


def _spread(values: list[Strip]) -> tuple[float, float]:
    """How far the best mentors of a mentee typically lie apart, in points, and how far all of them."""
    apart = [np.zeros((0, 2), np.float32)]
    for some in values:
        least = np.where(some > FLOOR, some, np.inf).min(axis=1)
        best = some.max(axis=1)
        last = max(some.shape[1] - LOOKED_AT, 0)
        near = np.maximum(np.partition(some, last, axis=1)[:, last], least)
        apart.append(np.stack([best - near, (best - least) / 2], axis=1))
    both = np.concatenate(apart)
    return (float(np.median(both[:, 0])), float(np.median(both[:, 1]))) if len(both) else (0.0, 0.0)


@lru_cache(maxsize=4)
def _nearly(soft: int) -> tuple[NDArray[np.float64], int]:
    """How much somebody is wanted who lies so many steps below the best, and the bits of points to one step."""
    coarse = max(soft.bit_length() - FINE, 0)
    return np.rint(np.exp(-np.arange(0, FADED * soft + 1, 1 << coarse) / soft) * UNITS), coarse


def _wanted(value: NDArray[np.int32], price: NDArray[np.int32], soft: int) -> NDArray[np.float64]:
    """How often each mentor is wanted, each mentee's one wish spread over those who are nearly the best."""
    nearly, coarse = _nearly(soft)
    below = price - value
    below -= below.min(axis=1, keepdims=True)
    if coarse:
        below >>= coarse
    wish = np.take(nearly, below, mode="clip")
    part = np.floor(SHARES / wish.sum(axis=1))
    return np.asarray(part @ wish) / SHARES
