"""Soft criteria: how well two people fit, each 0..10,000, in forms that one matrix product can add up.

A measure is bilinear (shares of the mentee times levels of the mentor), a lookup (one row of values per kind of
mentee), or one of three special ones (shared time, texts, wishes). Everything is a whole number below 2**24, where
float32 counts exactly, so scores are equal on every platform and number of threads.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from . import text
from .measures import NEUTRAL, lookups, products, strengths_of, wish_table
from .people import UNKNOWN, Cohort, Ints
from .settings import CRITERIA, Fusion, Weights, shares
from .week import Weeks

MEASURES: tuple[str, ...] = (*CRITERIA, "wished")
"""The criteria, with the wishes of the two sides apart ("wishes" the mentees', "wished" the mentors')."""


class Criteria:
    """A cohort prepared for scoring; knows no weights."""

    def __init__(self, cohort: Cohort) -> None:
        mentees, mentors = cohort.mentees, cohort.mentors
        self.week = Weeks(mentees.week, mentors.week)
        strengths = strengths_of(cohort)
        self.products = [product for product in products(cohort, strengths) if product.left.shape[1]]
        self.wishes = {
            "wishes": wish_table(cohort, cohort.mentee_wishes),
            "wished": wish_table(cohort, cohort.mentor_wishes),
        }
        self.lookups = lookups(cohort, strengths, **self.wishes)
        self.has_texts = bool((self.lookups["goals"].rows < NEUTRAL).any())
        self._texts = (mentees.texts, mentors.texts)
        self._vectors: tuple[csr_array, csr_array] | None = None

    @property
    def texts(self) -> tuple[csr_array, csr_array]:
        """Vectors of both sides, made when first asked for."""
        if self._vectors is None:
            self._vectors = text.vectors(*self._texts)
        return self._vectors

    def values(self, mentees: Ints, mentors: Ints) -> Ints:
        """(pairs x MEASURES), each 0..10,000."""
        found = np.zeros((len(mentees), len(MEASURES)), np.int64)
        for name, lookup in self.lookups.items():
            found[:, MEASURES.index(name)] = lookup.pairs(mentees, mentors)
        for product in self.products:
            for name, points in product.pairs(mentees, mentors).items():
                found[:, MEASURES.index(name)] += points
        found[:, MEASURES.index("time")] = self.week.values(mentees, mentors)
        for name, table in self.wishes.items():
            if table.nnz and len(mentees):
                found[:, MEASURES.index(name)] += np.asarray(table[mentees, mentors]).reshape(-1)
        if self.has_texts:
            likeness = text.likeness(self.texts[0][mentees].multiply(self.texts[1][mentors]).sum(axis=1))
            found[:, MEASURES.index("goals")] += np.asarray(likeness).reshape(-1)
        return found


def weighed(weights: Weights, fusion: Fusion) -> tuple[Ints, ...]:
    """Thousandths per measure: of the one score for "mean", else of the mentee's and of the mentor's view."""
    of_mentee, of_mentor = weights.values(), (fusion.mentors or weights).values()
    wishes = CRITERIA.index("wishes")
    part = fusion.mentee_share
    mentee = [100 * w for w in of_mentee] + [0]
    mentor = [100 * w for w in of_mentor] + [100 * of_mentor[wishes]]
    mentor[wishes] = 0
    if fusion.kind != "mean":
        return np.array(mentee, np.int64) // 10, np.array(mentor, np.int64) // 10
    both = [part * a + (100 - part) * b for a, b in zip(mentee, mentor, strict=True)]
    return (np.array(shares(both, 1000), np.int64),)


def shrunk(mean: float, count: int, *, prior: float = NEUTRAL, strength: int = 5) -> int:
    """Feedback of `count` people with this mean (0..10,000), pulled towards `prior` as if `strength` more had said so."""
    return round((mean * count + prior * strength) / (count + strength)) if count + strength else UNKNOWN
