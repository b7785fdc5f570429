"""What people's answers are worth to each other, measure by measure, in the forms that `criteria` adds up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from . import text
from .people import NO_ANSWER, TOP_ANSWER, TOP_LEVEL, UNKNOWN, Bools, Cohort, Ints, rows_of

FULL = 10_000
NEUTRAL = FULL // 2
"""What a criterion is worth where one of the two has not answered."""
SENIORITY_CURVE = np.array([0, 6_000, 10_000, 9_000, 7_000, 6_000], np.int64)
"""By steps between mentor and mentee: one or two above is near enough to remember, far enough to help."""
WISH_CURVE = np.array([0, 10_000, 8_500, 7_000, 5_500, 4_000], np.int64)
"""By rank of the wish; 0 = made a list without this person."""
PACE_STEP = 3_000
"""What each step between two ways of answering costs."""
LONG_WAIT = 90
"""Days after which waiting longer adds nothing."""


@dataclass(frozen=True, eq=False)
class Lookup:
    """A measure that knows few kinds of mentees: `rows[codes[i], j]`."""

    codes: Ints
    rows: NDArray[np.integer]

    def pairs(self, mentees: Ints, mentors: Ints) -> NDArray[np.integer]:
        return self.rows[self.codes[mentees], mentors]


@dataclass(frozen=True, eq=False)
class Product:
    """Measures that are sums over columns: an amount of the mentee times a level of the mentor."""

    left: csr_array
    """Mentees x columns."""
    rights: dict[str, NDArray[Any]]
    """Measure -> levels x mentors, in numbers as small as they come; column c of `left` meets row `rows[measure][c]`."""
    rows: dict[str, Ints]

    def pairs(self, mentees: Ints, mentors: Ints) -> dict[str, Ints]:
        """Every measure for pairs, entry by entry of `left`."""
        pair, column, amount = entries(self.left, mentees)
        mentor = mentors[pair]
        return {
            name: np.bincount(pair, amount * right[self.rows[name][column], mentor], len(mentees)).astype(np.int64)
            for name, right in self.rights.items()
        }


def entries(table: csr_array, rows: Ints) -> tuple[Ints, Ints, NDArray[Any]]:
    """The entries of some rows: which of `rows`, column, value."""
    count = np.diff(table.indptr)[rows]
    place = np.repeat(np.arange(len(rows)), count)
    entry = np.arange(len(place)) - np.repeat(np.cumsum(count) - count, count) + table.indptr[rows][place]
    return place, table.indices[entry], table.data[entry]


def products(cohort: Cohort, strengths: NDArray[np.uint8]) -> Iterator[Product]:
    """Shares of what a mentee wants (summing to FULL over the top level) times levels of the mentor.

    Where the kinds of help are read from the concepts, one pass over what is wanted serves both measures.
    """
    mentees, mentors = cohort.mentees, cohort.mentors
    wanted = _shares(mentees.skills, FULL // TOP_LEVEL)
    rights = {"skills": mentors.skills.T}
    rows = {"skills": np.arange(mentees.skills.shape[1])}
    if not mentees.kinds.shape[1]:
        rights["needs"], rows["needs"] = strengths.T, cohort.concept_category
    yield Product(wanted, rights, rows)
    if mentees.kinds.shape[1]:
        asked = mentees.kinds
        yield Product(_shares(asked, FULL // TOP_LEVEL), {"needs": strengths.T}, {"needs": np.arange(asked.shape[1])})
    if width := mentees.interests.shape[1]:
        liked = _shares(mentees.interests != 0, FULL)
        yield Product(liked, {"interests": mentors.interests.T != 0}, {"interests": np.arange(width)})
    if mentees.profile.shape[1]:
        left, right = _likeness(mentees.profile, mentors.profile)
        yield Product(left, {"likeness": right}, {"likeness": np.arange(len(right))})


def _answered(cohort: Cohort, strengths: NDArray[np.uint8]) -> Iterator[tuple[str, Bools, Bools]]:
    """Measure, which mentees and which mentors have said what it needs."""
    mentees, mentors = cohort.mentees, cohort.mentors
    asked = mentees.kinds if mentees.kinds.shape[1] else mentees.skills
    yield "skills", _any(mentees.skills), _any(mentors.skills)
    yield "needs", _any(asked), _any(strengths)
    yield "interests", _any(mentees.interests), _any(mentors.interests)


def _any(table: NDArray[Any]) -> Bools:
    return np.asarray(table.any(axis=1))


def strengths_of(cohort: Cohort) -> NDArray[np.uint8]:
    """Mentors' strengths per kind of help: as told, or the best level among the concepts of the kind."""
    mentors, told = cohort.mentors, cohort.mentors.kinds.shape[1]
    kinds = max(int(cohort.concept_category.max(initial=-1)) + 1, cohort.mentees.kinds.shape[1], told)
    found = np.zeros((len(mentors), kinds), np.uint8)
    found[:, :told] = mentors.kinds
    for kind in range(kinds if not told else 0):
        found[:, kind] = mentors.skills[:, cohort.concept_category == kind].max(axis=1, initial=0)
    return found


def _shares(amounts: NDArray, whole: int) -> csr_array:
    """Rows scaled to sum exactly to `whole` (largest remainders; at ties the earlier), rows of zeros as they are."""
    row, column = np.divmod(np.flatnonzero(amounts != 0), max(amounts.shape[1], 1))
    amount = amounts[row, column].astype(np.int64)
    total = np.bincount(row, weights=amount, minlength=len(amounts)).astype(np.int64)
    part, rest = np.divmod(amount * whole, total[row])
    missing = whole - np.bincount(row, weights=part, minlength=len(amounts)).astype(np.int64)
    start = np.searchsorted(row, np.arange(len(amounts)))
    order = np.lexsort((column, -rest, row))
    place = np.arange(len(row)) - start[row]
    part[order] += place < missing[row]
    return csr_array((part.astype(np.float32), column, np.append(start, len(row))), shape=amounts.shape)


def _likeness(mentees: NDArray[np.uint8], mentors: NDArray[np.uint8]) -> tuple[csr_array, NDArray]:
    """FULL less the squared distance of the answers, written as products; NEUTRAL is added apart.

    Per question k_a k_b (8 - (a - b)^2) with answers a, b counted from the middle and k = has answered.
    """
    unit = FULL // (TOP_ANSWER**2 * mentees.shape[1])
    knows, known = mentees != NO_ANSWER, mentors != NO_ANSWER
    a = np.where(knows, mentees.astype(np.int64) - TOP_ANSWER // 2, 0)
    b = np.where(known, mentors.astype(np.int64) - TOP_ANSWER // 2, 0)
    left = np.concatenate([knows, a * a, a], axis=1).astype(np.float32)
    right = np.concatenate([known * TOP_ANSWER**2 // 2 - b * b, -1 * known, 2 * b], axis=1) * unit
    return csr_array(left), right.T.astype(np.float32)


def lookups(cohort: Cohort, strengths: NDArray[np.uint8], wishes: csr_array, wished: csr_array) -> dict[str, Lookup]:
    """Every measure's look-up: labels compared, and what counts where somebody has not answered."""
    found = _labelled(cohort) | _without_list(wishes, wished)
    for name, knows, known in _answered(cohort, strengths):
        found[name] = _neutral(knows, known)
    if cohort.mentees.profile.shape[1]:
        found["likeness"] = _constant(len(cohort.mentees), len(cohort.mentors), NEUTRAL)
    sides = (cohort.mentees.texts, cohort.mentors.texts)
    mine, theirs = (text.writings(side) if all(map(any, sides)) else np.zeros(len(side), np.uint8) for side in sides)
    found["goals"] = _by_kind(mine, lambda kinds: np.where(kinds[:, None] & theirs[None, :], 0, NEUTRAL))
    return found


def _constant(mentees: int, mentors: int, value: int) -> Lookup:
    return Lookup(np.zeros(mentees, np.int64), np.broadcast_to(np.int64(value), (1, mentors)))


def _neutral(knows: Bools, known: Bools) -> Lookup:
    """NEUTRAL where one of the two has not answered, else 0."""
    rows = np.stack([np.full(len(known), NEUTRAL, np.int64), np.where(known, 0, NEUTRAL)])
    return Lookup(knows.astype(np.int64), rows)


def _without_list(wishes: csr_array, wished: csr_array) -> dict[str, Lookup]:
    """A person without a list of wishes is neutral towards everybody."""
    mentees, mentors = wishes.shape
    has_none = np.bincount(wished.indices, minlength=mentors) == 0
    has_list = (np.diff(wishes.indptr) > 0).astype(np.int64)
    rows = np.repeat(np.array([[NEUTRAL], [0]], np.int64), mentors, axis=1)
    row = np.where(has_none, NEUTRAL, 0)[None, :]
    return {"wishes": Lookup(has_list, rows), "wished": Lookup(np.zeros(mentees, np.int64), row)}


def _labelled(cohort: Cohort) -> dict[str, Lookup]:
    """Measures that compare two labels."""
    mentees, mentors = cohort.mentees, cohort.mentors
    found = {"field": _fields(cohort)}

    def steps(mine: Ints) -> Ints:
        walk = (mentors.seniority[None, :] - mine[:, None]).clip(0, len(SENIORITY_CURVE) - 1)
        return np.where(_both(mine, mentors.seniority), SENIORITY_CURVE[walk], NEUTRAL)

    found["experience"] = _by_kind(mentees.seniority, steps)

    def contact(mine: Ints) -> Ints:
        channels, pace = mine >> 3, (mine & 7) - 1
        shared = channels[:, None] & mentors.channels.astype(np.int64)[None, :]
        answered = (channels != 0)[:, None] & (mentors.channels != 0)[None, :]
        reach = np.where(answered, np.where(shared != 0, FULL, 0), NEUTRAL)
        speed = FULL - PACE_STEP * abs(mentors.pace.clip(UNKNOWN, 3)[None, :] - pace[:, None])
        return (reach + np.where(_both(pace, mentors.pace), speed, NEUTRAL)) // 2

    found["contact"] = _by_kind((mentees.channels.astype(np.int64) << 3) + mentees.pace.clip(UNKNOWN, 3) + 1, contact)
    told = np.where(mentors.feedback == UNKNOWN, NEUTRAL, mentors.feedback.clip(0, FULL))
    found["feedback"] = Lookup(np.zeros(len(mentees), np.int64), told[None, :])
    days, codes = np.unique(mentees.waited.clip(0, LONG_WAIT), return_inverse=True)
    waits = (days * FULL // LONG_WAIT)[:, None]
    found["waiting"] = Lookup(codes, np.broadcast_to(waits, (len(days), len(mentors))))
    return found


def _fields(cohort: Cohort) -> Lookup:
    mentees, mentors = cohort.mentees, cohort.mentors
    if not len(cohort.field_parent):
        return _constant(len(mentees), len(mentors), NEUTRAL)
    nearness = _nearness(cohort.field_parent.tobytes())

    return _by_kind(mentees.field, lambda mine: np.take(nearness[mine], mentors.field, axis=1))


@lru_cache(maxsize=4)
def _nearness(parent: bytes) -> NDArray[np.int16]:
    """Made once for all programmes of a run; in small numbers, for it becomes the largest look-up by far. Its last row and
    column, where UNKNOWN leads, are for those who have not answered."""
    return np.pad(field_nearness(np.frombuffer(parent, np.int64)).astype(np.int16), (0, 1), constant_values=NEUTRAL)


def _both(mine: Ints, theirs: Ints) -> Bools:
    return np.asarray((mine != UNKNOWN)[:, None] & (theirs != UNKNOWN)[None, :])


def _by_kind(labels: NDArray[Any], values: Callable[[Any], NDArray[np.integer]]) -> Lookup:
    """One row of values per distinct label."""
    kinds, codes = np.unique(labels, return_inverse=True)
    return Lookup(codes, values(kinds))


def field_nearness(parent: Ints) -> Ints:
    """(fields x fields) 0..10,000: twice the depth of the common ancestor over both depths (Wu and Palmer 1994).

    Raises ValueError when the tree has a loop.
    """
    leaves = np.arange(len(parent))
    chain = [leaves]
    while ((above := np.where(chain[-1] == UNKNOWN, UNKNOWN, parent[chain[-1]])) != UNKNOWN).any():
        if len(chain) > len(parent):
            raise ValueError("The tree of fields has a loop.")
        chain.append(above)
    upwards = np.stack(chain)
    depth = (upwards != UNKNOWN).sum(axis=0)
    shared = np.zeros((len(parent), len(parent)), np.int64)
    for level in range(len(chain)):
        line = np.where(level < depth, upwards[(depth - 1 - level).clip(min=0), leaves], ~leaves)
        shared += line[:, None] == line[None, :]
    np.fill_diagonal(shared, depth)
    return np.asarray(2 * shared * FULL // np.maximum(depth[:, None] + depth[None, :], 1))


def wish_table(cohort: Cohort, wishes: Ints) -> csr_array:
    """What each wish is worth, as a sparse (mentees x mentors) table; a rank past the curve counts as the last one."""
    rows, columns = rows_of(cohort.mentees.keys, wishes[:, 0]), rows_of(cohort.mentors.keys, wishes[:, 1])
    known = (rows != UNKNOWN) & (columns != UNKNOWN)
    worth = WISH_CURVE[wishes[known, 2].clip(1, len(WISH_CURVE) - 1)]
    table = csr_array((worth, (rows[known], columns[known])), shape=(len(cohort.mentees), len(cohort.mentors)))
    table.data = table.data.clip(max=FULL)
    return table
