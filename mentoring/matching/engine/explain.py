"""Answers about pairs and mentees, computed when somebody asks: why this, why not that."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from .people import Cohort, Ints, rows_of
from .settings import PARTS, Rules, Weights
from .standing import Standing
from .table import Table
from .week import MINUTES_PER_SLOT


@dataclass(frozen=True)
class PairStory:
    """Why two people fit: facts for a sentence, in rows of the caller's own lists."""

    mentee: int
    mentor: int
    score: int
    parts: dict[str, int]
    """Points per criterion, and what soft rules take away ("rules"); they sum exactly to the score."""
    broken: tuple[str, ...]
    overlap_minutes: int
    shared_concepts: tuple[int, ...]
    """Columns of the concept list that are wanted and offered, the most wanted and best offered first."""
    shared_languages: int
    """Bits of the languages both speak."""
    for_mentee: int
    for_mentor: int
    """What each side alone thinks of the other, 0..10,000."""


@dataclass(frozen=True)
class WhyNot:
    """Why a mentee does not have a certain mentor.

    kind    "together" they are a pair · "rules" `rules` forbid it · "lower" the mentee has (or there is) nothing to gain ·
            "full" the places went to `holders`; with `short` points more this mentee would surely have had one (exactly
            so many for somebody without a mentor)
    """

    kind: str
    score: int
    rules: tuple[str, ...] = ()
    overlap_minutes: int = 0
    present: int | None = None
    """The mentor the mentee has, and the score with them."""
    present_score: int | None = None
    holders: tuple[tuple[int, int], ...] = ()
    """(mentee, score) of those who have this mentor, the best first."""
    short: int = 0
    price_people: int = 0
    price_points: int = 0
    """What a place there is worth to the others."""


@dataclass(frozen=True)
class FairMentor:
    """A mentor for somebody who came after the run: `surplus` is the score less what the place is worth to others."""

    mentor: int
    score: int
    price: int
    surplus: int
    free: int


def explain(
    cohort: Cohort | Table, rules: Rules | None = None, weights: Weights | None = None, pairs: ArrayLike = ()
) -> tuple[PairStory, ...]:
    """One story per (mentee key, mentor key), in the order asked. Raises KeyError for people not in the cohort.

    With a `Table` its own rules and weights hold.
    """
    table = cohort if isinstance(cohort, Table) else Table(cohort, rules, weights)
    people = table.cohort
    wanted = np.asarray(pairs, np.int64).reshape(-1, 2)
    tail, head = _rows(table, wanted)
    parts = table.parts(tail, head)
    broken = table.eligibility.broken(tail, head)
    overlap = table.criteria.week.slots(tail, head) * MINUTES_PER_SLOT
    common = people.mentees.languages[tail] & people.mentors.languages[head]
    both = people.mentees.skills[tail].astype(np.int64) * people.mentors.skills[head]
    order = np.argsort(-both, axis=1, kind="stable")
    views = table.views_of_pairs(tail, head)
    return tuple(
        PairStory(
            mentee=int(wanted[p, 0]),
            mentor=int(wanted[p, 1]),
            score=int(parts[p].sum()),
            parts=dict(zip(PARTS, map(int, parts[p]), strict=True)),
            broken=tuple(code for code, mask in broken.items() if mask[p]),
            overlap_minutes=int(overlap[p]),
            shared_concepts=tuple(int(c) for c in order[p, : np.count_nonzero(both[p])]),
            shared_languages=int(common[p]),
            for_mentee=int(views[0][p]),
            for_mentor=int(views[1][p]),
        )
        for p in range(len(wanted))
    )


def best_mentors(
    cohort: Cohort | Table, rules: Rules | None, weights: Weights | None, mentee: int, top: int = 5
) -> tuple[tuple[int, int], ...]:
    """The (mentor key, score) that fit one mentee best and keep every hard rule, places aside; ties by key."""
    table = cohort if isinstance(cohort, Table) else Table(cohort, rules, weights)
    keys, scores = table.cohort.mentors.keys, _row(table, mentee)
    order = np.lexsort((keys, -scores))
    return tuple((int(keys[j]), int(scores[j])) for j in order if scores[j] >= 0)[:top]


def ranks_of(table: Table, mentee: int, mentor: int) -> tuple[int, int]:
    """(the place of this mentor for the mentee, and of this mentee for the mentor) among all that may be."""
    (row,), (column,) = _rows(table, np.array([[mentee, mentor]]))
    own = int(table.scores(np.array([row]), np.array([column]))[0])
    _, strip = next(table.strips(np.array([row])))
    for_mentee = 1 + int((strip[0] > own).sum())
    everybody = np.arange(table.size[0])
    column_scores = table.scores(everybody, np.full(len(everybody), column))
    better = (column_scores > own) & table.exists(everybody, np.full(len(everybody), column))
    return for_mentee, 1 + int(better.sum())


def why_not(table: Table, standing: Standing, mentee: int, mentor: int) -> WhyNot:
    """Why these two are not a pair in a finished run. Raises KeyError for people not in the cohort."""
    tail, head = _rows(table, np.array([[mentee, mentor]]))
    score = int(table.scores(tail, head)[0])
    mine = standing.mentors_of(mentee)
    present = mine[0] if mine else None
    present_score = None if present is None else _score(table, mentee, present)
    told = WhyNot(
        kind="together",
        score=score,
        overlap_minutes=int(table.criteria.week.slots(tail, head)[0]) * MINUTES_PER_SLOT,
        present=present,
        present_score=present_score,
    )
    if mentor in mine:
        return told
    broken = table.eligibility.broken(tail, head)
    if rules := tuple(code for code in table.eligibility.hard if broken[code][0]):
        return replace(told, kind="rules", rules=rules)
    holders = standing.mentees_of(mentor)
    pairs = sorted(((_score(table, other, mentor), other) for other in holders), reverse=True)
    price, scale = standing.to_win(mentor), standing.scale
    people, points = scale.told(price)
    held = tuple((other, fit) for fit, other in pairs)
    told = replace(told, kind="lower", price_people=people, price_points=points, holders=held)
    if standing.free_places(mentor) > 0 or (present_score is not None and present_score >= score):
        return told
    if standing.aim.is_stable:
        return replace(told, kind="full", short=_short_of_the_least(table, tail, head, holders))
    kept = 0
    if present is not None and present_score is not None:
        kept = max(int(scale.of_scores(np.array([present_score]))[0]) - standing.one_more(present), 0)
    return replace(told, kind="full", short=scale.short(score, price + kept))


def _short_of_the_least(table: Table, tail: Ints, head: Ints, holders: tuple[int, ...]) -> int:
    """How much more a mentor would have to think of a mentee than of the least wanted one they have."""
    if not holders:
        return 0
    others = rows_of(table.cohort.mentees.keys, np.array(holders, np.int64))
    _, views = table.views_of_pairs(np.append(others, tail), np.append(np.full(len(others), head[0]), head))
    return max(int(views[:-1].min() - views[-1]), 0)


def fair_mentors(table: Table, standing: Standing, mentee: int, top: int = 5) -> tuple[FairMentor, ...]:
    """The mentors whom a newcomer would take least from others: by score less the price of a place, ties by key.

    Full mentors are told too (`free` 0): there the newcomer would have to wait or others to move. The newcomer must be
    in the cohort of the table.
    """
    keys, scores, scale = table.cohort.mentors.keys, _row(table, mentee), standing.scale
    columns = np.flatnonzero(scores >= 0)
    worth = scale.of_scores(scores[columns])
    prices = np.array([standing.one_more(int(keys[column])) for column in columns], np.int64)
    found = []
    for place in np.lexsort((keys[columns], prices - worth))[:top].tolist():
        mentor, score = int(keys[columns[place]]), int(scores[columns[place]])
        price = scale.lower(score, scale.told(int(prices[place]))[1])
        found.append(FairMentor(mentor, score, price, score - price, standing.free_places(mentor)))
    return tuple(found)


def _rows(table: Table, pairs: Ints) -> tuple[Ints, Ints]:
    tail = rows_of(table.cohort.mentees.keys, pairs[:, 0])
    head = rows_of(table.cohort.mentors.keys, pairs[:, 1])
    if (tail < 0).any() or (head < 0).any():
        raise KeyError("Somebody is not in this cohort.")
    return tail, head


def _score(table: Table, mentee: int, mentor: int) -> int:
    return int(table.scores(*_rows(table, np.array([[mentee, mentor]])))[0])


def _row(table: Table, mentee: int) -> Ints:
    """Scores of one mentee with everybody, -1 where a rule other than "place" removes the pair."""
    row = (
        int(_rows(table, np.array([[mentee, table.cohort.mentors.keys[0]]]))[0][0]) if len(table.cohort.mentors) else 0
    )
    everybody = np.arange(len(table.cohort.mentors))
    tail = np.full(len(everybody), row)
    allowed = np.ones(len(everybody), np.bool_)
    for code in table.eligibility.hard:
        if code != "place":
            allowed &= ~table.eligibility.fails(code, tail, everybody)
    return np.where(allowed, table.scores(tail, everybody), -1)
