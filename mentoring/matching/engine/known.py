"""The candidates of a search so far, which of them the flow sees, and what the pairs outside can reach at most."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from .candidates import Floats, Found, Source, search, search_above, search_columns
from .flow import Market, highest_prices
from .packed import PORTION, Packed
from .people import UNKNOWN, Bools, Ints, ordered
from .worth import FAR, Worth

ACTIVE, ACTIVE_BENT = 8, 24
"""Candidates per mentee that the first flow sees, more where worths are bent and so the best lie close together; others
follow when prices ask for them."""
SUITORS, REGRET_BITS = 6, 16
"""Mentees per mentor that it sees besides, those who give up least (told apart up to 2**16 points)."""
NEAR, NARROWED = 6, 10
"""Candidates per mentee that stay active, those nearest to the prices, where many beat them; so often at most."""
CALM, CALM_BENT = 10, 1
"""Pairs outside are looked at as soon as fewer than a tenth of the mentees would move; where worths are bent, and so prices
far from the first guess, at once if fewer than all would."""
LEVEL_GAP = 1 << 19
"""Points that stand for one step of a level (people, quotas) when candidates are chosen."""
STEPS = 7
"""Levels told apart in that."""
CUTS = (0.005, 0.01, 0.02, 0.03, 0.05, 0.08, 0.12)
"""Shares of the mentors that may be priced again as columns instead of pricing mentees again as rows."""


@dataclass(frozen=True, eq=False)
class Doubt:
    """What may keep an assignment from being the best."""

    surplus: Ints
    """What each mentee keeps at the prices."""
    unrest: int
    """Candidates that beat the prices without having been in the flow."""
    late: Ints
    columns: Ints
    """Mentees and mentors with pairs outside the candidates that might beat them."""

    @property
    def any(self) -> bool:
        return bool(self.unrest or len(self.late) or len(self.columns))


def _turns(groups: NDArray[np.integer], count: int) -> Ints:
    """The place of each row within its group, groups standing one after the other."""
    size = np.bincount(groups, minlength=count)
    starts = np.cumsum(size) - size
    return np.asarray(np.arange(len(groups)) - starts[groups])


def _by_mentee(tail: NDArray[np.integer], many: int) -> Iterator[slice]:
    """Portions of about so many arcs that stand mentee by mentee, with all arcs of a mentee together."""
    ends = tail[np.arange(many, len(tail), many)]
    edges = np.unique(np.concatenate([[0], np.searchsorted(tail, ends), [len(tail)]]))
    for start, stop in pairwise(edges.tolist()):
        yield slice(start, stop)


class Known:
    """The candidates so far, which of them the flow sees, and what the pairs outside can reach at most.

    Each look at a mentee happened at some prices ("guess"); whatever it left out has a score minus guess of at most
    `outside`. So at other prices a pair left out can beat a mentee's surplus only where the two differ enough.
    """

    def __init__(self, source: Source, worth: Worth, rows: Ints, margin: int) -> None:
        self._source, self._worth, self._rows = source, worth, rows
        self._pairs = Packed()
        self._outside = np.full(source.size[0], -FAR)
        self._look = np.zeros(source.size[0], np.int64)
        self._guesses: list[Floats] = []
        self._narrowed = 0
        self._margin = margin
        self.rescored = 0

    def begin(self, guess: Floats, keep: int, done: Callable[[int], None] | None) -> None:
        """The first look at everybody."""
        found = search(self._source, self._rows, self._worth, guess, keep, done)
        guess = guess.copy()
        suitors = np.bincount(found.head, minlength=len(guess))
        lonely = np.flatnonzero((suitors < SUITORS) & np.isfinite(guess))[: len(guess) // 50]
        if len(lonely) and (found.outside > -FAR).any():
            more, guess[lonely] = search_columns(
                self._source, lonely, self._rows, self._worth, found.outside, 4 * SUITORS
            )
            self._pairs.add(more.tail, more.head, more.score, seen=True)
            self.rescored += len(lonely) * len(self._rows)
        self._outside[self._rows] = found.outside
        self._guesses.append(guess)
        tail, head, _ = self._worth.extra
        may = np.isin(tail, self._rows) & np.isfinite(guess[head]) & self._source.exists(tail, head)
        tail, head = tail[may], head[may]
        self._pairs.add(tail, head, self._source.scores(tail, head), seen=True)
        self._pairs.add(found.tail, found.head, found.score, self._seen_first(found, guess))

    def _seen_first(self, found: Found, guess: Floats) -> Bools:
        """Everybody's best, and for each mentor the few mentees who would give up least to come: else some places would
        look worthless.
        """
        seen = np.zeros(len(found.tail), np.bool_)
        suitors = places = np.zeros(0, np.int64)
        for part in _by_mentee(found.tail, max(PORTION, SUITORS * len(guess))):
            tail, head, score = found.tail[part], found.head[part].astype(np.int64), found.score[part]
            points = score if self._worth.curve is None else self._worth.curve[score]
            value = points - guess[head].astype(np.int64)
            turn = _turns(tail, len(self._outside))
            seen[part] = turn < (ACTIVE if self._worth.curve is None else ACTIVE_BENT)
            first = np.flatnonzero(turn == 0)
            regret = (value[first][np.cumsum(turn == 0) - 1] - value).clip(0, (1 << REGRET_BITS) - 1)
            suitors = np.append(suitors, (head << REGRET_BITS) + regret)
            places = np.append(places, np.arange(part.start, part.stop))
            order = ordered(suitors)
            order = order[_turns(suitors[order] >> REGRET_BITS, self._source.size[1]) < SUITORS]
            suitors, places = suitors[order], places[order]
        seen[places] = True
        return seen

    def look_again(self, doubt: Doubt, prices: Ints, keep: int) -> bool:
        """Price those in doubt at the prices of now, and let the flow see what beats these; whether anything does.

        Where nothing new comes of it the mentees get everybody as a candidate, so that this ends.
        """
        before = self.count
        self._look_again(doubt.late, doubt.columns, doubt.surplus, prices, keep)
        if not doubt.unrest and self.count == before:
            everybody = self._source.size[1]
            self._look_again(self.late(doubt.surplus, prices), doubt.columns[:0], doubt.surplus, prices, everybody)
        return bool(self._focus(prices, doubt.surplus) or doubt.unrest)

    def _look_again(self, late: Ints, columns: Ints, surplus: Ints, prices: Ints, keep: int) -> None:
        """Price some mentees with everybody, and everybody else with some mentors."""
        price = self._in_points(prices)
        width = self._source.size[1]
        if len(late):
            found = search(self._source, late, self._worth, price, keep)
            self._outside[late], self._look[late] = found.outside, len(self._guesses)
            self._guesses.append(price)
            self._pairs.add(found.tail, found.head, found.score, seen=False)
            self.rescored += len(late) * width
        others = self._rows[self._look[self._rows] == 0]
        if len(columns) and len(others):
            self._columns_again(columns, others, surplus[others], prices)
            self.rescored += len(others) * len(columns)

    def _columns_again(self, columns: Ints, rows: Ints, surplus: Ints, prices: Ints) -> None:
        """Price the mentees of the first look with some mentors, as far above the prices as all other guesses are."""
        worth = self._worth
        others = np.ones(len(prices), np.bool_)
        others[columns] = False
        apart = np.floor(self._excess(prices)[others].max(initial=-1.0 * LEVEL_GAP) / worth.scale)
        price = self._in_points(prices)[columns] + np.float32(apart)
        high, rest = worth.split(surplus)
        person, _ = worth.split(np.array([worth.person]))
        level = np.searchsorted(self._steps(prices)[1], person - high).clip(max=STEPS)
        own = (rest - 2 * self._margin) // worth.scale - int(apart) - LEVEL_GAP * level
        cut = np.maximum(self._outside[rows], own)
        found = search_above(self._source.narrowed(columns), rows, worth, price, cut)
        self._outside[rows] = cut
        self._guesses[0] = self._guesses[0].copy()
        self._guesses[0][columns] = price
        self._pairs.add(found.tail, columns[found.head], found.score, seen=False)

    def _excess(self, prices: Ints) -> NDArray[np.float64]:
        """How far the first guess lies above the prices, in points times scale; minus infinity where nobody may go."""
        _, rest = self._worth.split(prices)
        steps, _ = self._steps(prices)
        excess = self._guesses[0].astype(np.float64) * self._worth.scale - rest - LEVEL_GAP * self._worth.scale * steps
        return np.where(np.isfinite(excess) & (prices < FAR), excess, -np.inf)

    def is_calm(self, unrest: int) -> bool:
        """Whether so few candidates that beat the prices make it worth while to look outside."""
        return unrest * (CALM if self._worth.curve is None else CALM_BENT) <= len(self._rows)

    def doubt(self, part: Market, mate: Ints, prices: Ints) -> Doubt:
        """What speaks against an assignment at its prices: first among the candidates, then, if these are calm, outside."""
        surplus = surpluses(part, mate, prices)
        unrest = self._focus(prices, surplus)
        if not self.is_calm(unrest):
            nobody = np.zeros(0, np.int64)
            return Doubt(surplus, unrest, nobody, nobody)
        return Doubt(surplus, unrest, *self._doubtful(surplus, prices))

    def _doubtful(self, surplus: Ints, prices: Ints) -> tuple[Ints, Ints]:
        """The cheapest mentees and mentors to look at again so that nobody is left whose pairs outside might beat the
        prices; none when all is proven."""
        if not len(none := self.late(surplus, prices)):
            return none, none
        surplus = surplus - self._margin
        late = [self._late(look, surplus, prices, None) for look in range(1, len(self._guesses))]
        n, m = len(self._rows), self._source.size[1]
        first = self._late(0, surplus, prices, None)
        columns = np.zeros(0, np.int64)
        if len(first):
            order = np.argsort(-self._excess(prices), kind="stable")
            cheapest = len(first) * m
            for share in CUTS:
                some = order[: int(np.ceil(share * m))]
                if len(some) * n >= cheapest:
                    break
                left = self._late(0, surplus, prices, some)
                if len(left) * m + len(some) * n < cheapest:
                    cheapest, first, columns = len(left) * m + len(some) * n, left, some
        return np.concatenate([first, *late]), np.sort(columns)

    def late(self, surplus: Ints, prices: Ints) -> Ints:
        """Mentees for whom a pair outside might beat the prices."""
        looks = range(len(self._guesses))
        found: Ints = np.concatenate([self._late(look, surplus, prices, None) for look in looks])
        return np.sort(found)

    def _late(self, look: int, surplus: Ints, prices: Ints, without: Ints | None) -> Ints:
        """`late` among the mentees of one look, with mentors other than `without`."""
        worth, guess = self._worth, self._guesses[look]
        rows = self._rows[self._look[self._rows] == look]
        outside = self._outside[rows]
        rows, outside = rows[outside > -FAR], outside[outside > -FAR]
        counted = np.isfinite(guess)
        if without is not None:
            counted[without] = False
        columns = np.flatnonzero(counted)
        high, rest = worth.split(prices[columns])
        guessed = guess[columns].astype(np.int64)
        late = np.zeros(len(rows), np.bool_)
        for level in np.unique(high):
            these = high == level
            apart = int((guessed[these] * worth.scale - rest[these]).max())
            reach = np.minimum(outside * worth.scale + apart, worth.top * worth.scale - int(rest[these].min()))
            there = outside >= -int(guessed[these].max())
            late |= there & (worth.person - level + reach > surplus[rows])
        return np.asarray(rows[late])

    def _steps(self, prices: Ints) -> tuple[Ints, Ints]:
        """How many levels down each price is, and the levels there are."""
        high, _ = self._worth.split(prices)
        levels = np.unique(high[prices < FAR])
        return np.searchsorted(levels, high).clip(max=STEPS), levels

    def _in_points(self, prices: Ints) -> Floats:
        """Prices as `search` wants them: points, and one large step per level."""
        _, rest = self._worth.split(prices)
        points = (
            np.rint(rest / self._worth.scale).clip(-LEVEL_GAP / 4, LEVEL_GAP / 2) + LEVEL_GAP * self._steps(prices)[0]
        )
        return np.where(prices == FAR, np.inf, points).astype(np.float32)

    @property
    def count(self) -> int:
        """How many candidates there are."""
        return len(self._pairs)

    def arcs(self) -> tuple[Ints, Ints]:
        """All candidates, (mentee rows, mentor rows)."""
        tail, head, _ = self._pairs.arcs()
        return tail, head

    def market(self, *, seen: bool = False) -> Market:
        """All candidates, or those that the flow is to see."""
        tail, head, score = self._pairs.arcs(seen=seen)
        return Market(*self._source.size, tail, head, self._worth.of_pairs(tail, head, score), self._worth)

    def highest_prices(self, mate: Ints) -> Ints:
        """As `flow.highest_prices`, among all candidates."""
        return highest_prices(self.market(), mate)

    def _focus(self, prices: Ints, surplus: Ints) -> int:
        """Let the next flow see the candidates that beat the prices; returns how many that it did not see before.

        Where these are many, it sees only those nearest to the prices, so that it is small and finds most moves; but
        not for ever, so that this ends.
        """
        short = np.empty(self.count, np.int64)
        for part, (tail, head, score) in self._pairs.by_portions():
            short[part] = surplus[tail] - (self._worth.of_pairs(tail, head, score) - prices[head])
        mentees = self._source.size[0]
        unrest, near = int(np.count_nonzero((short < 0) & ~self._pairs.seen)), NEAR * mentees
        if self._narrowed < NARROWED and not self.is_calm(unrest) and len(short) > near:
            self._pairs.see(short <= max(int(np.partition(short, near)[near]), 0), only=True)
            self._narrowed += 1
        else:
            self._pairs.see(short < self._margin)
        return unrest


def surpluses(market: Market, mate: Ints, prices: Ints) -> Ints:
    """What each mentee keeps at these prices."""
    matched = mate != UNKNOWN
    surplus = market.paid(mate)
    surplus[matched] -= prices[mate[matched]]
    return surplus
