"""Soft criteria: how well two people fit, each 0..10,000, and the weighted score whose parts sum to it exactly."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from . import text
from .people import TOP_LEVEL, UNKNOWN, Cohort, Ints, rows_of
from .settings import CRITERIA, Weights
from .views import Array, Pairs, View

FULL = 10_000
NEUTRAL = FULL // 2
"""What a criterion is worth where one of the two has not answered."""
ENOUGH_SLOTS = 8
"""Four shared hours a week: more does not make a better pair."""
SENIORITY_CURVE = np.array([0, 6_000, 10_000, 9_000, 7_000, 6_000], np.int32)
"""By steps between mentor and mentee: one or two above is near enough to remember, far enough to help."""
WISH_CURVE = np.array([0, 10_000, 8_500, 7_000, 5_500, 4_000], np.int32)
"""By rank of the wish; 0 = made a list without this person."""
SAME_LANGUAGE_TEXT = 4
"""Short texts about the same thing reach a cosine of about 1/4, which counts as full agreement."""


class Criteria:
    """A cohort prepared for scoring."""

    def __init__(self, cohort: Cohort, weights: Weights) -> None:
        self.weights = weights
        mentees, mentors = cohort.mentees, cohort.mentors
        self._wanted = mentees.skills.astype(np.float32)
        self._offered = mentors.skills.astype(np.float32)
        self._wanted_sum = mentees.skills.sum(axis=1, dtype=np.int32)
        self._offers = np.asarray(mentors.skills.any(axis=1))
        self._need_share, self._help_level = _kinds_of_help(cohort)
        self._field = (mentees.field, mentors.field)
        self._field_nearness = field_nearness(cohort.field_parent)
        self._seniority = (mentees.seniority, mentors.seniority)
        self._week = (mentees.week, mentors.week)
        self._gave_week: tuple[Array, Array] = (
            np.asarray(mentees.week.any(axis=1)),
            np.asarray(mentors.week.any(axis=1)),
        )
        self._wishes = (
            _wish_table(cohort, cohort.mentee_wishes),
            _wish_table(cohort, cohort.mentor_wishes),
        )
        self._wished = (np.diff(self._wishes[0].indptr) > 0, np.diff(self._wishes[1].tocsc().indptr) > 0)
        if weights.goals:
            self._texts = text.vectors(mentees.texts, mentors.texts)
            self._wrote = (text.said_something(mentees.texts), text.said_something(mentors.texts))

    def values(self, view: View, criterion: str) -> Array:
        """One criterion, 0..10,000."""
        measures: dict[str, Callable[[View], Array]] = {
            "skills": self._skills,
            "needs": self._needs,
            "goals": self._goals,
            "field": self._fields,
            "experience": self._experience,
            "time": self._time,
            "wishes": self._wish,
        }
        return measures[criterion](view)

    def scores(self, view: View) -> NDArray[np.int32]:
        """Sum of weight x value / 100, rounded half up, 0..10,000."""
        total: Array = np.full(1, 50, np.int32)
        for criterion, weight in zip(CRITERIA, self.weights.values(), strict=True):
            if weight:
                total = total + np.int32(weight) * self.values(view, criterion).astype(np.int32)
        return np.asarray(total // 100, np.int32)

    def contributions(self, pairs: Pairs) -> NDArray[np.int32]:
        """(pairs x criteria) points that sum exactly to the score (largest remainders; at ties the earlier)."""
        exact = np.zeros((len(pairs.mentees), len(CRITERIA)), np.int64)
        for column, (criterion, weight) in enumerate(zip(CRITERIA, self.weights.values(), strict=True)):
            if weight:
                exact[:, column] = weight * self.values(pairs, criterion).astype(np.int64)
        parts, rest = np.divmod(exact, 100)
        missing = (exact.sum(axis=1) + 50) // 100 - parts.sum(axis=1)
        order = np.argsort(-rest, axis=1, kind="stable")
        given = np.arange(len(CRITERIA))[None, :] < missing[:, None]
        np.put_along_axis(parts, order, np.take_along_axis(parts, order, axis=1) + given, axis=1)
        return parts.astype(np.int32)

    def _skills(self, view: View) -> Array:
        """Levels offered on the concepts wanted, weighted by how much each is wanted."""
        asked = view.mentee(self._wanted_sum) * TOP_LEVEL
        known = view.mentee(self._wanted_sum > 0) & view.mentor(self._offers)
        return np.where(known, _ratio(view.dot(self._wanted, self._offered), asked), NEUTRAL)

    def _needs(self, view: View) -> Array:
        """The kinds of help wanted against the mentor's best level in each kind: near misses count here."""
        known = view.mentee(self._wanted_sum > 0) & view.mentor(self._offers)
        return np.where(known, view.dot(self._need_share, self._help_level) * (FULL // 1000) // TOP_LEVEL, NEUTRAL)

    def _goals(self, view: View) -> Array:
        known = view.mentee(self._wrote[0]) & view.mentor(self._wrote[1])
        cosine = view.sparse_dot(*self._texts)
        likeness = np.minimum(cosine * SAME_LANGUAGE_TEXT // (text.UNIT**2 // FULL), FULL)
        return np.where(known, likeness, NEUTRAL)

    def _fields(self, view: View) -> Array:
        mentee, mentor = view.mentee(self._field[0]), view.mentor(self._field[1])
        if not len(self._field_nearness):
            return np.full(np.broadcast(mentee, mentor).shape, NEUTRAL)
        known = (mentee != UNKNOWN) & (mentor != UNKNOWN)
        return np.where(known, self._field_nearness[mentee, mentor], NEUTRAL)

    def _experience(self, view: View) -> Array:
        mentee, mentor = view.mentee(self._seniority[0]), view.mentor(self._seniority[1])
        steps = (mentor - mentee).clip(0, len(SENIORITY_CURVE) - 1)
        return np.where((mentee != UNKNOWN) & (mentor != UNKNOWN), SENIORITY_CURVE[steps], NEUTRAL)

    def _time(self, view: View) -> Array:
        known = view.mentee(self._gave_week[0]) & view.mentor(self._gave_week[1])
        shared = np.minimum(view.common_bits(*self._week), ENOUGH_SLOTS)
        return np.where(known, shared * (FULL // ENOUGH_SLOTS), NEUTRAL)

    def _wish(self, view: View) -> Array:
        """Mean of both sides; a person without a list is neutral towards everybody."""
        mentee = np.where(view.mentee(self._wished[0]), WISH_CURVE[view.lookup(self._wishes[0])], NEUTRAL)
        mentor = np.where(view.mentor(self._wished[1]), WISH_CURVE[view.lookup(self._wishes[1])], NEUTRAL)
        return np.asarray((mentee + mentor) // 2)


def field_nearness(parent: Ints) -> NDArray[np.int32]:
    """(fields x fields) 0..10,000: twice the depth of the common ancestor over both depths (Wu and Palmer 1994)."""
    paths: list[list[int]] = []
    for leaf in range(len(parent)):
        path = [leaf]
        while (above := int(parent[path[-1]])) != UNKNOWN:
            if len(path) > len(parent):
                raise ValueError("The tree of fields has a loop.")
            path.append(above)
        paths.append(path[::-1])
    nearness = np.zeros((len(parent), len(parent)), np.int32)
    for a, one in enumerate(paths):
        for b, other in enumerate(paths):
            shared = sum(1 for x, y in zip(one, other, strict=False) if x == y)
            nearness[a, b] = 2 * shared * FULL // (len(one) + len(other))
    return nearness


def _ratio(part: Array, whole: Array) -> Array:
    """part/whole in 0..10,000, half up; 0 where whole is 0."""
    safe = np.maximum(whole, 1)
    return np.asarray(np.minimum((part * FULL + safe // 2) // safe, FULL))


def _kinds_of_help(cohort: Cohort) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Mentees: thousandths of what they want in each category; mentors: their best level in each."""
    kinds = int(cohort.concept_category.max()) + 1 if len(cohort.concept_category) else 0
    need = np.zeros((len(cohort.mentees), kinds), np.float32)
    level = np.zeros((len(cohort.mentors), kinds), np.float32)
    wanted = cohort.mentees.skills.sum(axis=1, dtype=np.int64).clip(min=1)
    for kind in range(kinds):
        columns = cohort.concept_category == kind
        need[:, kind] = cohort.mentees.skills[:, columns].sum(axis=1, dtype=np.int64) * 1000 // wanted
        level[:, kind] = cohort.mentors.skills[:, columns].max(axis=1, initial=0)
    return need, level


def _wish_table(cohort: Cohort, wishes: Ints) -> csr_array:
    """Ranks as a sparse (mentees x mentors) table; a rank past the curve counts as the last one."""
    rows, columns = rows_of(cohort.mentees.keys, wishes[:, 0]), rows_of(cohort.mentors.keys, wishes[:, 1])
    known = (rows != UNKNOWN) & (columns != UNKNOWN)
    rank = wishes[known, 2].clip(1, len(WISH_CURVE) - 1).astype(np.int32)
    table = csr_array((rank, (rows[known], columns[known])), shape=(len(cohort.mentees), len(cohort.mentors)))
    table.data = table.data.clip(max=len(WISH_CURVE) - 1)
    return table
