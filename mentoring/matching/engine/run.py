"""`match`: arrays of people in, the best possible assignment with its proof out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .certificate import bound
from .criteria import Criteria
from .eligibility import SAFETY_RULES, Eligibility
from .fingerprint import input_hash
from .flow import Instance, Worth, highest_prices, paid, prices, solve
from .people import UNKNOWN, Bools, Cohort, Ints, rows_of
from .result import MentorLoad, Result, RuleCost, Unmatched
from .settings import ENGINE_VERSION, Objective, Refused, Rules, Weights
from .survey import Progress, Survey, survey
from .views import Block, Pairs


def match(
    cohort: Cohort,
    *,
    rules: Rules | None = None,
    weights: Weights | None = None,
    objective: Objective = Objective.MOST,
    seed: int = 0,
    progress: Progress | None = None,
) -> Result:
    """Match a cohort.

    The result is optimal for the objective over all pairs that keep the hard rules, with capacities and locks;
    `gap` is 0 when that is proven. Same input, settings and seed give the same bytes. `progress` is called with
    (mentees looked at, mentees in all) and may raise to stop. Raises Refused for locks that cannot be kept.
    """
    rules, weights = rules or Rules(), weights or Weights()
    fingerprint = input_hash(cohort, rules, weights, objective, seed)
    people = cohort.arranged(seed)
    work = _Work.of(people, Criteria(people, weights), Eligibility(people, rules), objective)
    seen = survey(people, work.criteria, work.eligibility, progress)
    proof = work.optimum(seen)
    return work.told(seen, proof, seed=seed, fingerprint=fingerprint)


@dataclass(frozen=True, eq=False)
class _Proof:
    """An optimal assignment of everybody (locks included) with the prices that prove it."""

    mate: Ints
    lowest: Ints
    highest: Ints
    gap: int


@dataclass(frozen=True, eq=False)
class _Work:
    """A run under way: people in the order of the seed, and what the locks leave over."""

    people: Cohort
    criteria: Criteria
    eligibility: Eligibility
    worth: Worth
    lock: Ints
    """For each mentee the row of the locked mentor, or UNKNOWN."""
    free: Bools
    places: Ints
    """Places of each mentor that locks have not taken; 0 where the mentor is not open."""

    @classmethod
    def of(cls, people: Cohort, criteria: Criteria, eligibility: Eligibility, objective: Objective) -> _Work:
        lock = _locks(people, eligibility)
        taken = np.bincount(lock[lock != UNKNOWN], minlength=len(people.mentors))
        places = np.where(people.mentors.open, people.mentors.places - taken, 0)
        free = lock == UNKNOWN
        worth = Worth.of(objective, int(free.sum()), int(places.sum()))
        return cls(people, criteria, eligibility, worth, lock, free, places)

    def optimum(self, seen: Survey) -> _Proof:
        """Solve on the arcs, price out the whole table, add the pairs that beat the prices, until there are none."""
        tail, head, score = seen.tail, seen.head, seen.score
        while True:
            usable = self.free[tail]
            instance = Instance(len(self.free), self.places, tail[usable], head[usable], self.worth(score[usable]))
            mate = solve(instance)
            price = prices(instance, mate)
            own = paid(instance, mate)
            surplus = own.copy()
            matched = mate != UNKNOWN
            surplus[matched] -= price[mate[matched]]
            limit = bound(
                self.people,
                self.criteria,
                self.eligibility,
                self.worth,
                free=self.free,
                places=self.places,
                prices=price,
                surplus=surplus,
            )
            if not len(limit.tail):
                everybody = np.where(self.free, mate, self.lock)
                gap = limit.worth - int(own.sum())
                return _Proof(everybody, price, highest_prices(instance, mate), gap)
            tail, head, score = (
                np.concatenate(both) for both in ((tail, limit.tail), (head, limit.head), (score, limit.score))
            )

    def told(self, seen: Survey, proof: _Proof, *, seed: int, fingerprint: str) -> Result:
        """The result, by key."""
        mentees, mentors = self.people.mentees.keys, self.people.mentors.keys
        mate = proof.mate
        rows = np.flatnonzero(mate != UNKNOWN)
        rows = rows[np.argsort(mentees[rows])]
        pairs = Pairs(rows, mate[rows])
        parts = self.criteria.contributions(pairs)
        scores = parts.sum(axis=1, dtype=np.int64)
        locked = ~self.free[rows]
        answers = [code for code in self.eligibility.codes if code in ("language", "overlap", "seniority")]
        broken = {code: fails & locked for code, fails in self.eligibility.each(pairs)}
        unknown = {code: self.eligibility.unknown(pairs, code) for code in answers}
        return Result(
            mentees=mentees[rows],
            mentors=mentors[mate[rows]],
            scores=scores,
            parts=parts,
            overlap=np.asarray(self.eligibility.overlap_minutes(pairs), np.int64),
            rank_for_mentee=seen.ranks("tail", rows, scores),
            rank_for_mentor=seen.ranks("head", mate[rows], scores),
            locked=locked,
            broken=_codes(broken, len(rows)),
            unknown=_codes(unknown, len(rows)),
            unmatched=self._unmatched(seen, proof),
            rules=self._rule_costs(seen),
            load=self._load(proof),
            total=int(parts.sum()),
            gap=proof.gap,
            seed=seed,
            input_hash=fingerprint,
            engine=ENGINE_VERSION,
        )

    def _rule_costs(self, seen: Survey) -> tuple[RuleCost, ...]:
        left = ((seen.eligible == 0)[:, None] & (seen.alone > 0)).sum(axis=0)
        return tuple(
            RuleCost(code, int(seen.removed[c]), int(seen.removed_alone[c]), int(left[c]))
            for c, code in enumerate(seen.codes)
        )

    def _load(self, proof: _Proof) -> tuple[MentorLoad, ...]:
        keys = self.people.mentors.keys
        filled = np.bincount(proof.mate[proof.mate != UNKNOWN], minlength=len(keys))
        return tuple(
            MentorLoad(
                int(keys[row]),
                int(filled[row]),
                int(self.people.mentors.places[row]),
                *self.worth.people_and_points(int(proof.lowest[row])),
                *self.worth.people_and_points(int(proof.highest[row])),
            )
            for row in np.argsort(keys)
        )

    def _unmatched(self, seen: Survey, proof: _Proof) -> tuple[Unmatched, ...]:
        rows = np.flatnonzero(proof.mate == UNKNOWN)
        order = np.argsort(self.people.mentees.keys[rows])
        return tuple(self._reason(int(row), seen, proof) for row in rows[order])

    def _reason(self, row: int, seen: Survey, proof: _Proof) -> Unmatched:
        mentee = int(self.people.mentees.keys[row])
        keys = self.people.mentors.keys
        view = Block(row, row + 1)
        if not self.people.mentees.open[row]:
            return Unmatched(mentee, "not_open")
        if not len(keys):
            return Unmatched(mentee, "no_mentors")
        scores = np.broadcast_to(self.criteria.scores(view), (1, len(keys)))[0].astype(np.int64)
        if seen.eligible[row]:
            allowed = np.broadcast_to(self.eligibility.passes(view), (1, len(keys)))[0]
            best = int(np.where(allowed, scores, -1).argmax())
            short = max(0, self.worth.people_and_points(int(proof.highest[best] - self.worth(scores)[best]))[1])
            return Unmatched(mentee, "taken", (), int(allowed.sum()), int(keys[best]), int(scores[best]), short)
        failing = {c: np.broadcast_to(mask, (1, len(keys)))[0] for c, mask in self.eligibility.each(view)}
        count = np.sum(list(failing.values()), axis=0)
        if seen.alone[row].any():
            code = seen.codes[int(seen.alone[row].argmax())]
            nearest = failing[code] & (count == 1)
        else:
            nearest = count == count.min()
        best = int(np.where(nearest, scores, -1).argmax())
        broken = tuple(code for code, mask in failing.items() if mask[best])
        minutes = int(self.eligibility.overlap_minutes(view)[0][nearest].max()) if broken == ("overlap",) else None
        helps = int(nearest.sum())
        return Unmatched(mentee, "rules", broken, helps, int(keys[best]), int(scores[best]), None, minutes)


def _locks(people: Cohort, eligibility: Eligibility) -> Ints:
    """The locked mentor's row per mentee. A lock may break a rule of convenience, never one of safety."""
    lock = np.full(len(people.mentees), UNKNOWN, np.int64)
    mentees = rows_of(people.mentees.keys, people.locked[:, 0])
    mentors = rows_of(people.mentors.keys, people.locked[:, 1])
    for (mentee_key, mentor_key), mentee, mentor in zip(people.locked.tolist(), mentees, mentors, strict=True):
        if mentee == UNKNOWN or mentor == UNKNOWN:
            raise Refused("lock_of_somebody_not_in_the_pool", mentee=mentee_key, mentor=mentor_key)
        if lock[mentee] != UNKNOWN:
            raise Refused("locks_contradict", mentee=mentee_key)
        lock[mentee] = mentor
    pairs = Pairs(mentees, mentors)
    for code in sorted(SAFETY_RULES & set(eligibility.codes)):
        for bad in np.flatnonzero(eligibility.fails(pairs, code)):
            mentee_key, mentor_key = people.locked[bad].tolist()
            raise Refused("lock_breaks_a_safety_rule", rule=code, mentee=mentee_key, mentor=mentor_key)
    wanted = np.bincount(mentors, minlength=len(people.mentors))
    for over in np.flatnonzero(wanted > people.mentors.places):
        raise Refused(
            "more_locks_than_places",
            mentor=int(people.mentors.keys[over]),
            places=int(people.mentors.places[over]),
            locks=int(wanted[over]),
        )
    return lock


def _codes(masks: dict[str, Bools], rows: int) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(code for code, mask in masks.items() if mask[row]) for row in range(rows))
