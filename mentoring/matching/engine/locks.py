"""Pairs that stand before a run: checked, and turned into rows."""

from __future__ import annotations

import numpy as np

from .eligibility import SAFETY_RULES
from .people import UNKNOWN, Ints, rows_of
from .settings import Refused
from .table import Table


def standing_pairs(table: Table, mentors_each: int) -> tuple[Ints, Ints]:
    """Rows of frozen and locked pairs. A lock may break a rule of convenience, never one of safety.

    Raises Refused when locks contradict each other, the places or a rule of safety, or name somebody who is not there.
    """
    cohort = table.cohort
    locked, frozen = cohort.locked, cohort.frozen
    new = np.array([pair not in set(map(tuple, frozen.tolist())) for pair in map(tuple, locked.tolist())], np.bool_)
    pairs = np.concatenate([frozen, locked[new]])
    tail, head = rows_of(cohort.mentees.keys, pairs[:, 0]), rows_of(cohort.mentors.keys, pairs[:, 1])
    by_lock = np.arange(len(pairs)) >= len(frozen)
    known = (tail != UNKNOWN) & (head != UNKNOWN)
    for mentee, mentor in pairs[by_lock & ~known][:1].tolist():
        raise Refused("lock_of_somebody_not_in_the_pool", mentee=mentee, mentor=mentor)
    tail, head, by_lock = tail[known], head[known], by_lock[known]
    for row in np.flatnonzero(np.bincount(tail, minlength=len(cohort.mentees)) > mentors_each)[:1]:
        if by_lock[tail == row].any():
            raise Refused("locks_contradict", mentee=int(cohort.mentees.keys[row]))
    for code in sorted(SAFETY_RULES & set(table.eligibility.codes)):
        for bad in np.flatnonzero(table.eligibility.fails(code, tail, head) & by_lock)[:1]:
            mentee, mentor = int(cohort.mentees.keys[tail[bad]]), int(cohort.mentors.keys[head[bad]])
            raise Refused("lock_breaks_a_safety_rule", rule=code, mentee=mentee, mentor=mentor)
    wanted = np.bincount(head, minlength=len(cohort.mentors))
    for over in np.flatnonzero(
        (wanted > cohort.mentors.places) & (np.bincount(head[by_lock], minlength=len(wanted)) > 0)
    ):
        places, key = int(cohort.mentors.places[over]), int(cohort.mentors.keys[over])
        raise Refused("more_locks_than_places", mentor=key, places=places, locks=int(wanted[over]))
    return tail, head
