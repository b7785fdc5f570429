"""Answers about one pair, computed when somebody asks: why this, why not that."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .criteria import Criteria
from .eligibility import Eligibility
from .people import Cohort, rows_of
from .settings import CRITERIA, Rules, Weights
from .views import Block, Pairs


@dataclass(frozen=True)
class PairStory:
    """Why two people fit: facts for a sentence, in rows of the caller's own lists."""

    mentee: int
    mentor: int
    score: int
    parts: dict[str, int]
    broken: tuple[str, ...]
    overlap_minutes: int
    shared_concepts: tuple[int, ...]
    """Columns of the concept list that are wanted and offered, the most wanted and best offered first."""
    shared_languages: int
    """Bits of the languages both speak."""


def explain(cohort: Cohort, rules: Rules, weights: Weights, pairs: ArrayLike) -> tuple[PairStory, ...]:
    """One story per (mentee key, mentor key), in the order asked. Raises KeyError for people not in the cohort."""
    wanted = np.asarray(pairs, np.int64).reshape(-1, 2)
    mentees, mentors = rows_of(cohort.mentees.keys, wanted[:, 0]), rows_of(cohort.mentors.keys, wanted[:, 1])
    if (mentees < 0).any() or (mentors < 0).any():
        raise KeyError("Somebody is not in this cohort.")
    view = Pairs(mentees, mentors)
    eligibility = Eligibility(cohort, rules)
    parts = Criteria(cohort, weights).contributions(view)
    fails = dict(eligibility.each(view))
    overlap = eligibility.overlap_minutes(view)
    common = cohort.mentees.languages[mentees] & cohort.mentors.languages[mentors]
    both = cohort.mentees.skills[mentees].astype(np.int64) * cohort.mentors.skills[mentors]
    order = np.argsort(-both, axis=1, kind="stable")
    return tuple(
        PairStory(
            mentee=int(wanted[p, 0]),
            mentor=int(wanted[p, 1]),
            score=int(parts[p].sum()),
            parts=dict(zip(CRITERIA, map(int, parts[p]), strict=True)),
            broken=tuple(code for code, mask in fails.items() if mask[p]),
            overlap_minutes=int(overlap[p]),
            shared_concepts=tuple(int(c) for c in order[p] if both[p, c]),
            shared_languages=int(common[p]),
        )
        for p in range(len(wanted))
    )


def best_mentors(
    cohort: Cohort, rules: Rules, weights: Weights, mentee: int, top: int = 5
) -> tuple[tuple[int, int], ...]:
    """The (mentor key, score) that fit one mentee best and keep every hard rule, places aside; ties by key."""
    row = int(rows_of(cohort.mentees.keys, np.array([mentee]))[0])
    view = Block(row, row + 1)
    scores = np.broadcast_to(Criteria(cohort, weights).scores(view), (1, len(cohort.mentors)))[0]
    allowed = np.ones((1, len(cohort.mentors)), np.bool_)
    for code, mask in Eligibility(cohort, rules).each(view):
        if code != "place":
            allowed = allowed & ~mask
    order = np.lexsort((cohort.mentors.keys, -scores))
    return tuple((int(cohort.mentors.keys[j]), int(scores[j])) for j in order if allowed[0, j])[:top]
