"""The best assignment and its proof: solve on candidates, price all pairs, take in what beats the prices, again."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from .candidates import SAMPLE, Guess, Source, first_guess
from .dense import dense
from .flow import Market, Optimum, lowest_prices, solve
from .known import Known
from .people import UNKNOWN, Ints
from .worth import Worth

SMALL = 1 << 19
"""Up to this many pairs of mentees and single places the dense way is quicker."""
LARGEST = 1 << 21
"""Up to this many (16 MB) it is where scores crowd or places are short."""
SAMPLED, FEWEST, SAMPLED_BENT = 25, 48, 256
"""One mentee in so many, from so many up to SAMPLE, makes the first guess at prices and tells whether scores crowd: a finer
one costs as much as it saves, save where worths are bent, so that one mentee's wish can raise a price far."""
CROWDED, FLATTENED = 150, 3
"""Scores crowd where the best mentors of a mentee lie within so few points once prices are taken off, or within a third of
what they did before: mentees agree on who is good."""
KEPT, MOST_KEPT = 32, 256
"""Candidates per mentee at first, and once more than a hundredth of the mentees had to be looked at again."""
MANY, KEPT_OF_MANY = 1 << 15, 64
"""With so many mentees looking again costs more than keeping more at first,"""
LOOKED_AT = 1 << 22
"""and looking again at many takes in no more pairs than this beyond what the first look would (each needs 100 bytes)."""
MARGIN, MARGIN_BENT = 0.15, 0.05
"""Share of what sets the best mentors apart that is kept in hand when pairs are priced again, so that small moves of prices
do not ask for it once more; and where worths are bent, so that they lie closer together than their scores."""
ROUNDS = 200

Progress = Callable[[int, int], None]
"""Called with (mentees looked at, mentees in all); may raise to stop."""


def optimum(source: Source, worth: Worth, places: Ints, rows: Ints, progress: Progress | None = None) -> Optimum:
    """The best assignment of the mentees in `rows` over all pairs that may be, with `places` mentors can give."""
    single = int(np.minimum(worth.seats.capacity, len(rows)).sum()) * len(rows)
    if single <= SMALL:
        return dense(source, worth, places, rows)
    asked = min(max(len(rows) // SAMPLED, FEWEST), SAMPLE)
    guess = first_guess(source, rows, worth, places, asked)
    if single <= LARGEST:
        crowded = guess.left < max(CROWDED, guess.apart / FLATTENED)
        if crowded or places.sum() * 4 < len(rows) * 3:
            return dense(source, worth, places, rows, guess.price if crowded else None)
    if worth.curve is not None and asked < SAMPLE:
        guess = first_guess(source, rows, worth, places, SAMPLED_BENT)
    return by_candidates(source, worth, places, rows, guess, progress)


def by_candidates(
    source: Source, worth: Worth, places: Ints, rows: Ints, guess: Guess, progress: Progress | None = None
) -> Optimum:
    """`optimum` by a flow on candidates, with prices over all pairs."""
    share = MARGIN if worth.curve is None else MARGIN_BENT
    known = Known(source, worth, rows, int(share * guess.apart) * worth.scale)
    first = KEPT_OF_MANY if len(rows) > MANY else KEPT
    known.begin(guess.price, first, progress and (lambda done: progress(done, len(rows))))
    keep, sure = first, not worth.levels
    for turn in range(1, ROUNDS):
        part = known.market(seen=True)
        mate = solve(part)
        sure = sure or _nobody_to_gain(part, mate, places)
        prices = lowest_prices(part, mate, everybody=sure)
        doubt = known.doubt(part, mate, prices)
        if not known.is_calm(doubt.unrest):
            continue
        while doubt.any:
            if len(doubt.late) * 100 > len(rows) or not sure:
                keep = 4 * keep if not sure else min(2 * keep, MOST_KEPT)
            room = max(first, LOOKED_AT // max(len(doubt.late), 1)) if sure else keep
            if known.look_again(doubt, prices, min(keep, room)):
                break
            doubt = known.doubt(part, mate, prices)
        if doubt.any:
            continue
        if sure:
            bound = int(doubt.surplus.sum()) + worth.seats.bound(prices)
            reached = int(part.paid(mate).sum()) + worth.seats.paid(part.load(mate))
            highest = partial(known.highest_prices, mate)
            return Optimum(mate, prices, known.count, known.arcs, highest, reached, bound, turn, known.rescored)
        sure = True
    raise ArithmeticError("Prices did not settle.")


def _nobody_to_gain(market: Market, mate: Ints, places: Ints) -> bool:
    """Whether nobody else could be matched: all places are filled, or all who have a candidate are matched.

    Until then prices that let one person outweigh all points would send the search astray.
    """
    matched = int((mate != UNKNOWN).sum())
    return matched in (int(places.sum()), np.count_nonzero(np.bincount(market.tail)))
