"""Hard rules: which pairs may exist at all, and which answers were missing to say so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from .people import UNKNOWN, Bools, Cohort, Ints, rows_of
from .settings import RULES, Rules
from .week import MINUTES_PER_SLOT, NO_WEEK, Weeks

SAFETY_RULES = frozenset({"never", "blocked", "conflict", "safeguarding"})
"""Rules that not even a lock of the coordinator overrides."""
ANSWER_RULES = ("language", "overlap", "seniority")
"""Rules that can meet a missing answer."""


@dataclass(frozen=True, eq=False)
class Gate:
    """A rule that knows few kinds of mentees: `fails[codes[i], j]`; the same with `unknown` for missing answers."""

    codes: Ints
    fails: Bools
    unknown: tuple[Bools, Bools] | None = None
    """Who has not answered, on each side."""


class Eligibility:
    """A cohort prepared for its hard rules. `codes` names those that somebody's answers touch, in the order of RULES."""

    def __init__(self, cohort: Cohort, rules: Rules, week: Weeks) -> None:
        self.rules = rules
        self.week = week
        self.gates = _gates(cohort, rules)
        self.listed = {code: listed_pairs(cohort, rows) for code, rows in _named(cohort, rules).items() if len(rows)}
        on = {*self.gates, *self.listed, *(["overlap"] if rules.overlap else [])}
        self.codes = tuple(code for code in RULES if code in on)
        self.hard = tuple(code for code in self.codes if code not in rules.soft)
        self.least_slots = -(-rules.overlap_minutes // MINUTES_PER_SLOT)

    def fails(self, code: str, mentees: Ints, mentors: Ints) -> Bools:
        """Where a rule is broken, among pairs."""
        if code in self.gates:
            gate = self.gates[code]
            return gate.fails[gate.codes[mentees], mentors]
        if code in self.listed:
            return (
                np.asarray(self.listed[code][mentees, mentors]).reshape(-1) > 0
                if len(mentees)
                else np.zeros(0, np.bool_)
            )
        unknown = self.week.unknown(mentees, mentors)
        few = self.week.slots(mentees, mentors) < self.least_slots
        return few | unknown if self.rules.answers_needed else few & ~unknown

    def unknown(self, code: str, mentees: Ints, mentors: Ints) -> Bools:
        """Where a rule cannot be checked because one of the two has not answered."""
        sides = self.week.known if code == "overlap" else None
        if code in self.gates and (missing := self.gates[code].unknown):
            return missing[0][mentees] | missing[1][mentors]
        return np.zeros(len(mentees), np.bool_) if sides is None else self.week.unknown(mentees, mentors)

    def broken(self, mentees: Ints, mentors: Ints) -> dict[str, Bools]:
        """Every rule, hard or soft, with the pairs that break it."""
        return {code: self.fails(code, mentees, mentors) for code in self.codes}

    def passes(self, mentees: Ints, mentors: Ints) -> Bools:
        """Where every hard rule is kept, among pairs."""
        allowed = np.ones(len(mentees), np.bool_)
        for code in self.hard:
            allowed &= ~self.fails(code, mentees, mentors)
        return allowed

    def fails_by_slots(self) -> Bools:
        """For every entry of `Weeks.table` whether the rule on time is broken."""
        fails = np.arange(NO_WEEK + 1) < self.least_slots
        fails[NO_WEEK] = self.rules.answers_needed
        return fails & self.rules.overlap

    def masks(self, rows: Ints, slots: NDArray[np.uint8]) -> Iterator[tuple[str, Bools]]:
        """Every rule with the pairs of some mentees (rows x mentors) that break it."""
        by_slots = self.fails_by_slots()
        for code in self.codes:
            if code in self.gates:
                gate = self.gates[code]
                yield code, gate.fails[gate.codes[rows]]
            elif code in self.listed:
                yield code, self.listed[code][rows].toarray() > 0
            else:
                yield code, by_slots[slots]


def listed_pairs(cohort: Cohort, pairs: Ints) -> csr_array:
    """Pairs of keys as a sparse table of ones."""
    rows, columns = rows_of(cohort.mentees.keys, pairs[:, 0]), rows_of(cohort.mentors.keys, pairs[:, 1])
    known = (rows != UNKNOWN) & (columns != UNKNOWN)
    ones = np.ones(int(known.sum()), np.int8)
    return csr_array((ones, (rows[known], columns[known])), shape=(len(cohort.mentees), len(cohort.mentors)))


def _named(cohort: Cohort, rules: Rules) -> dict[str, Ints]:
    """Rules made of named pairs. A block is not a choice: it always holds."""
    on = {"blocked": True, "never": rules.never, "conflict": rules.conflict, "previous": rules.previous}
    return {code: cohort.forbidden[code] for code, wanted in on.items() if wanted and code in cohort.forbidden}


def _gates(cohort: Cohort, rules: Rules) -> dict[str, Gate]:
    mentees, mentors = cohort.mentees, cohort.mentors
    gates = {"place": _either(~mentees.open, ~mentors.open | (mentors.places == 0))}
    if mentees.flagged.any() or mentors.flagged.any():
        gates["safeguarding"] = _either(mentees.flagged, mentors.flagged)
    if rules.cleared and not mentors.cleared.all():
        gates["cleared"] = _either(np.zeros(len(mentees), np.bool_), ~mentors.cleared)
    if rules.same_programme:
        gates |= _labels("programme", mentees.programme, mentors.programme, same=True)
    if rules.institution != "any":
        gates |= _labels("institution", mentees.institution, mentors.institution, same=rules.institution == "same")
    if rules.language:
        gates["language"] = _language(cohort, rules)
    if rules.seniority:
        gates["seniority"] = _seniority(mentees.seniority, mentors.seniority, rules)
    if rules.must_have != "off" and len(cohort.must_have):
        gates["must_have"] = _must_have(cohort, every=rules.must_have == "all")
    if rules.gender:
        gates |= _labels("gender", mentees.wants_gender, mentors.gender, same=True, missing_fails=True)
    if rules.unit:
        gates |= _labels("unit", mentees.unit, mentors.unit, same=False)
    return gates


def _either(mentee: Bools, mentor: Bools) -> Gate:
    """Broken where one of the two is out."""
    return Gate(mentee.astype(np.int64), np.stack([mentor, np.ones(len(mentor), np.bool_)]))


def _labels(code: str, mine: Ints, theirs: Ints, *, same: bool, missing_fails: bool = False) -> dict[str, Gate]:
    """The two labels must be the same (or differ). Who has none fits everybody, unless a mentor's `missing_fails`."""
    kinds, codes = np.unique(mine, return_inverse=True)
    equal = kinds[:, None] == theirs[None, :]
    fails = (~equal if same else equal) & (kinds != UNKNOWN)[:, None]
    if not missing_fails:
        fails &= (theirs != UNKNOWN)[None, :]
    return {code: Gate(codes, fails)} if fails.any() else {}


def _language(cohort: Cohort, rules: Rules) -> Gate:
    mine, theirs = (
        _spoken(side.languages, side.fluency, rules.language_level) for side in (cohort.mentees, cohort.mentors)
    )
    unknown = (cohort.mentees.languages == 0, cohort.mentors.languages == 0)
    masks, codes = np.unique(mine, return_inverse=True)
    kinds, codes = np.unique(codes * 2 + unknown[0], return_inverse=True)
    missing = (kinds % 2 == 1)[:, None] | unknown[1][None, :]
    return Gate(codes, _where_known((masks[kinds // 2][:, None] & theirs[None, :]) == 0, missing, rules), unknown)


def _spoken(bits: NDArray[np.uint64], fluency: NDArray[np.uint8], level: int) -> NDArray[np.uint64]:
    """The languages spoken at the level or above."""
    weak = (fluency > 0) & (fluency < level)
    for language in range(weak.shape[1]):
        bits = np.where(weak[:, language], bits & ~np.uint64(1 << language), bits)
    return bits


def _seniority(mine: Ints, theirs: Ints, rules: Rules) -> Gate:
    kinds, codes = np.unique(mine, return_inverse=True)
    steps = theirs[None, :] - kinds[:, None]
    fails = steps < rules.seniority_gap
    if rules.seniority_most is not None:
        fails |= steps > rules.seniority_most
    missing = (kinds == UNKNOWN)[:, None] | (theirs == UNKNOWN)[None, :]
    return Gate(codes, _where_known(fails, missing, rules), (mine == UNKNOWN, theirs == UNKNOWN))


def _where_known(fails: Bools, missing: Bools, rules: Rules) -> Bools:
    return fails | missing if rules.answers_needed else fails & ~missing


def _must_have(cohort: Cohort, *, every: bool) -> Gate:
    """One kind of mentee per set of concepts that somebody cannot do without; the empty set fits everybody."""
    rows = rows_of(cohort.mentees.keys, cohort.must_have[:, 0])
    sets: list[list[int]] = [[] for _ in range(len(cohort.mentees))]
    for row, concept in zip(rows.tolist(), cohort.must_have[:, 1].tolist(), strict=True):
        if row != UNKNOWN:
            sets[row].append(concept)
    kinds = {wanted: code for code, wanted in enumerate(dict.fromkeys(map(tuple, sets)))}
    offers = cohort.mentors.skills.T > 0
    fails = np.zeros((len(kinds), len(cohort.mentors)), np.bool_)
    for wanted, code in kinds.items():
        if wanted:
            has = offers[list(wanted)]
            fails[code] = ~(has.all(axis=0) if every else has.any(axis=0))
    return Gate(np.array([kinds[tuple(wanted)] for wanted in sets], np.int64), fails)
