"""Between runs: the least change after somebody has left, and two runs beside each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .layers import THRESHOLD
from .people import UNKNOWN, Bools, Ints, rows_of
from .standing import Standing
from .table import Table


@dataclass(frozen=True)
class Move:
    """A mentee goes from one mentor to another; None is nobody."""

    mentee: int
    before: int | None
    after: int | None
    score_before: int
    score_after: int


@dataclass(frozen=True)
class Repair:
    """What to change after people have left: as few moves as possible, and among these the highest scores."""

    moves: tuple[Move, ...]
    left: tuple[int, ...]
    """Mentees for whom no chain of moves frees a place."""


@dataclass(frozen=True)
class Comparison:
    """Two runs over the same people. Scores of both are read from one table, so that they can be compared."""

    moves: tuple[Move, ...]
    """Mentees for whom the runs differ, the largest gains first, the largest losses last."""
    kept: int
    gained: int
    lost: int
    only_before: tuple[int, ...]
    only_after: tuple[int, ...]
    """Mentees matched in one run only."""
    total_before: int
    total_after: int


@dataclass(eq=False)
class _Board:
    """Who has whom, in rows, while a repair goes on."""

    table: Table
    mate: Ints
    free: Ints
    """Places left at each mentor."""
    fixed: Bools
    """Mentees whose pair was locked: they are not moved."""
    there: Bools
    """Mentors who take part."""


def repair(
    table: Table, standing: Standing, *, gone_mentors: Iterable[int] = (), gone_mentees: Iterable[int] = ()
) -> Repair:
    """Find places for the mentees of mentors who have left, moving as few others as possible.

    One shortest chain of moves per mentee, by key: to a free place if there is one that may be, else by moving one
    other mentee, else two ... Places of mentees who have left are free; locked pairs stay. The table may still know
    those who are gone, and must know everybody else.
    """
    people = table.cohort
    out = set(gone_mentees)
    pairs = np.array([pair for pair in standing.pairs if pair[0] not in out], np.int64).reshape(-1, 2)
    tail, head = rows_of(people.mentees.keys, pairs[:, 0]), rows_of(people.mentors.keys, pairs[:, 1])
    gone = np.isin(people.mentors.keys, np.array(sorted(gone_mentors), np.int64))
    staying = (tail != UNKNOWN) & (head != UNKNOWN)
    staying[staying] = ~gone[head[staying]]
    mate = np.full(len(people.mentees), UNKNOWN, np.int64)
    mate[tail[staying]] = head[staying]
    places = np.where(people.mentors.open & ~gone, people.mentors.places, 0)
    free = (places - np.bincount(head[staying], minlength=len(places))).clip(min=0)
    fixed = np.isin(people.mentees.keys, np.concatenate([people.locked[:, 0], people.frozen[:, 0]]))
    board = _Board(table, mate.copy(), free, fixed, places > 0)
    orphans = tail[(tail != UNKNOWN) & ~staying]
    orphans = orphans[np.argsort(people.mentees.keys[orphans])]
    left = [row for row in orphans.tolist() if not _place(board, row)]
    before = dict(standing.pairs)
    changed = np.flatnonzero(board.mate != mate)
    moved = [
        (mentee, before.get(mentee), int(people.mentors.keys[board.mate[row]]))
        for row, mentee in zip(changed.tolist(), people.mentees.keys[changed].tolist(), strict=True)
    ]
    return Repair(_moves(table, sorted(moved)), tuple(int(people.mentees.keys[row]) for row in left))


def _place(board: _Board, orphan: int) -> bool:
    """Give one mentee a place by the shortest chain of moves; False when there is none.

    Step by step: `gain[j]` is the most that scores can change if one more has to go to mentor j, infinitely little
    where no chain of this length leads.
    """
    _, strip = next(board.table.strips(np.array([orphan])))
    gain = np.where((strip[0] > THRESHOLD) & board.there, strip[0], -np.inf).astype(np.float64)
    seen = np.isfinite(gain)
    steps: list[tuple[Ints, Ints]] = []
    while np.isfinite(gain).any():
        ends = np.flatnonzero((board.free > 0) & np.isfinite(gain))
        if len(ends):
            _follow(board, orphan, int(ends[np.argmax(gain[ends])]), steps)
            return True
        gain, mover = _one_step(board, gain, seen)
        steps.append((mover, board.mate[mover]))
        seen |= np.isfinite(gain)
    return False


def _one_step(board: _Board, gain: NDArray[np.float64], seen: Bools) -> tuple[NDArray[np.float64], Ints]:
    """The best way to push the need on to each mentor not reached before, and the mentee who would move."""
    able = (board.mate != UNKNOWN) & ~board.fixed
    able[able] = np.isfinite(gain[board.mate[able]])
    best, mover = np.full(len(gain), -np.inf), np.zeros(len(gain), np.int64)
    movers = np.flatnonzero(able)
    own = board.table.scores(movers, board.mate[movers])
    kept = np.full(len(board.mate), -np.inf)
    kept[movers] = gain[board.mate[movers]] - own
    for some, strip in board.table.strips(movers):
        offered = np.where((strip > THRESHOLD) & ~seen & board.there, strip + kept[some, None], -np.inf)
        row = offered.argmax(axis=0)
        here = offered[row, np.arange(len(gain))]
        better = here > best
        best[better], mover[better] = here[better], some[row[better]]
    return best, mover


def _follow(board: _Board, orphan: int, end: int, steps: list[tuple[Ints, Ints]]) -> None:
    board.free[end] -= 1
    for mover, home in reversed(steps):
        board.mate[mover[end]], end = end, int(home[end])
    board.mate[orphan] = end


def compare(table: Table, before: Standing, after: Standing) -> Comparison:
    """What differs between two runs for each mentee, by the scores of `table`. With two mentors each: the first."""
    one, other = dict(reversed(before.pairs)), dict(reversed(after.pairs))
    everybody = sorted(one.keys() | other.keys())
    differs = [
        (mentee, one.get(mentee), other.get(mentee)) for mentee in everybody if one.get(mentee) != other.get(mentee)
    ]
    moves = sorted(_moves(table, differs), key=lambda move: (move.score_before - move.score_after, move.mentee))
    return Comparison(
        moves=tuple(moves),
        kept=len(everybody) - len(moves),
        gained=sum(move.score_after > move.score_before for move in moves),
        lost=sum(move.score_after < move.score_before for move in moves),
        only_before=tuple(sorted(one.keys() - other.keys())),
        only_after=tuple(sorted(other.keys() - one.keys())),
        total_before=int(_fits(table, before.pairs).sum()),
        total_after=int(_fits(table, after.pairs).sum()),
    )


def _moves(table: Table, moved: Sequence[tuple[int, int | None, int | None]]) -> tuple[Move, ...]:
    before = _fits(table, [(mentee, mentor) for mentee, mentor, _ in moved]).tolist()
    after = _fits(table, [(mentee, mentor) for mentee, _, mentor in moved]).tolist()
    return tuple(Move(*move, *scores) for move, *scores in zip(moved, before, after, strict=True))


def _fits(table: Table, pairs: Iterable[tuple[int, int | None]]) -> Ints:
    """Scores of pairs of keys; 0 for nobody and for people the table does not know."""
    keys = [(mentee, mentor) for mentee, mentor in pairs]
    rows = rows_of(table.cohort.mentees.keys, np.array([mentee for mentee, _ in keys], np.int64))
    columns = rows_of(table.cohort.mentors.keys, np.array([UNKNOWN if m is None else m for _, m in keys], np.int64))
    named = np.array([mentor is not None for _, mentor in keys], np.bool_)
    known = (rows != UNKNOWN) & (columns != UNKNOWN) & named
    found = np.zeros(len(keys), np.int64)
    found[known] = table.scores(rows[known], columns[known])
    return found
