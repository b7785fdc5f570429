"""Hard rules: which pairs may exist at all, and what each rule costs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.sparse import csr_array

from .people import UNKNOWN, Bools, Cohort, Ints, rows_of
from .settings import Rules
from .views import Array, View

MINUTES_PER_SLOT = 30
SAFETY_RULES = frozenset({"never", "blocked", "conflict"})
"""Rules that not even a lock of the coordinator overrides."""
ANSWER_RULES = ("language", "overlap", "seniority")
"""Rules that can meet a missing answer."""


class Eligibility:
    """A cohort prepared for its hard rules. `codes` names the rules switched on, in the order they are told."""

    def __init__(self, cohort: Cohort, rules: Rules) -> None:
        self.rules = rules
        self._cohort = cohort
        forbidden = {code: cohort.forbidden[code] for code in _switched_on(rules) if code in cohort.forbidden}
        self._tables = {code: _table(cohort, pairs) for code, pairs in forbidden.items() if len(pairs)}
        answers = [code for code in ANSWER_RULES if getattr(rules, code)]
        self.codes: tuple[str, ...] = ("place", *answers, *self._tables)

    def fails(self, view: View, code: str) -> Array:
        """Where the rule removes a pair."""
        if code == "place":
            mentee, mentor = self._cohort.mentees, self._cohort.mentors
            return ~(view.mentee(mentee.open) & view.mentor(mentor.open & (mentor.places > 0)))
        if code in self._tables:
            return view.lookup(self._tables[code]) > 0
        unknown = self.unknown(view, code)
        return unknown | self._breaks(view, code) if self.rules.answers_needed else ~unknown & self._breaks(view, code)

    def unknown(self, view: View, code: str) -> Array:
        """Where a rule cannot be checked because one of the two has not answered."""
        mentees, mentors = self._cohort.mentees, self._cohort.mentors
        answered = {
            "language": (mentees.languages > 0, mentors.languages > 0),
            "overlap": (mentees.week.any(axis=1), mentors.week.any(axis=1)),
            "seniority": (mentees.seniority != UNKNOWN, mentors.seniority != UNKNOWN),
        }[code]
        return np.asarray(~(view.mentee(answered[0]) & view.mentor(answered[1])))

    def overlap_minutes(self, view: View) -> Array:
        """Minutes of the week both are free."""
        return view.common_bits(self._cohort.mentees.week, self._cohort.mentors.week) * MINUTES_PER_SLOT

    def passes(self, view: View) -> Array:
        """Where every rule is kept."""
        allowed = ~self.fails(view, self.codes[0])
        for code in self.codes[1:]:
            allowed &= ~self.fails(view, code)
        return allowed

    def each(self, view: View) -> Iterator[tuple[str, Array]]:
        """Every rule with the pairs it removes."""
        for code in self.codes:
            yield code, self.fails(view, code)

    def _breaks(self, view: View, code: str) -> Array:
        mentees, mentors = self._cohort.mentees, self._cohort.mentors
        if code == "language":
            common = view.mentee(mentees.languages) & view.mentor(mentors.languages)
            return np.asarray(common == 0)
        if code == "overlap":
            return self.overlap_minutes(view) < self.rules.overlap_minutes
        steps = view.mentor(mentors.seniority) - view.mentee(mentees.seniority)
        return np.asarray(steps < self.rules.seniority_gap)


def _switched_on(rules: Rules) -> tuple[str, ...]:
    """Rules made of named pairs. A block is not a choice: it always holds."""
    choices = {"blocked": True, "never": rules.never, "conflict": rules.conflict, "previous": rules.previous}
    return tuple(code for code, on in choices.items() if on)


def _table(cohort: Cohort, pairs: Ints) -> csr_array:
    rows, columns = rows_of(cohort.mentees.keys, pairs[:, 0]), rows_of(cohort.mentors.keys, pairs[:, 1])
    known: Bools = (rows != UNKNOWN) & (columns != UNKNOWN)
    ones = np.ones(int(known.sum()), np.int32)
    return csr_array((ones, (rows[known], columns[known])), shape=(len(cohort.mentees), len(cohort.mentors)))
