"""Solve again what nobody has decided yet, around the pairs that stand."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime

import numpy as np
from django.db import transaction
from django.db.models import Q

from accounts.models import User
from accounts.services import record
from mentoring.matching.engine import Cohort, Refused, Result, match
from mentoring.matching.models import MatchRun, Pair, ReviewStep, Unmatched
from mentoring.matching.services.journal import decision
from mentoring.matching.services.refusals import refusal
from mentoring.matching.services.review import turn_down
from mentoring.matching.services.runs import pairs_of, weights_of
from mentoring.matching.standing import Asked, ask

Action = ReviewStep.Action


@transaction.atomic
def solve_rest(run: MatchRun, *, by: User, at: datetime) -> ReviewStep:
    """Match everybody anew whom nobody has decided about: approved, locked and published pairs stay, rejected ones are
    not proposed again. Raises NotInReview, MatchingRefused."""
    with decision(run, Action.SOLVED, _everybody(run), by=by, at=at) as step:
        _solve(run, step)
        _record(step, by=by, at=at)
    return step


@transaction.atomic
def reject_and_solve(pair: Pair, *, reason: str, by: User, at: datetime) -> ReviewStep:
    """Turn a pair down and match the rest anew, in one decision. Raises NotInReview, AlreadyDecided, MatchingRefused."""
    with decision(pair.run, Action.REJECTED_SOLVED, _everybody(pair.run), by=by, at=at, pair=pair) as step:
        turn_down(pair, reason=reason, by=by, at=at)
        _solve(pair.run, step)
        _record(step, by=by, at=at)
    return step


def _everybody(run: MatchRun) -> set[int]:
    """The mentees of a draft, matched or not."""
    pairs = Pair.objects.filter(run=run).values_list("mentee", flat=True)
    return {*pairs, *run.unmatched.values_list("enrolment", flat=True)}


@dataclass(frozen=True)
class Rest:
    """What a draft leaves to decide: pairs that stand as (mentee, mentor), and the mentees still to be matched."""

    standing: frozenset[tuple[int, int]]
    open: frozenset[int]
    mentors: frozenset[int]


def _rest(run: MatchRun) -> Rest:
    rows = list(Pair.objects.filter(run=run).values_list("mentee", "mentor"))
    decided = [Pair.Status.APPROVED, Pair.Status.PUBLISHED]
    holding = Pair.objects.filter(run=run).standing().filter(Q(status__in=decided) | Q(locked=True))
    standing = set(holding.values_list("mentee", "mentor"))
    mentees = {row[0] for row in rows} | set(run.unmatched.values_list("enrolment", flat=True))
    mentors = {row["mentor"] for row in run.report.get("load", [])} | {row[1] for row in rows}
    held = {mentee for mentee, _mentor in standing}
    return Rest(frozenset(standing), frozenset(mentees - held), frozenset(mentors))


def _solve(run: MatchRun, step: ReviewStep) -> None:
    rest, asked = _rest(run), ask(run)
    try:
        result = match(
            _cohort(asked, rest),
            rules=asked.table.rules,
            weights=weights_of(run.weights),
            objective=asked.standing.aim,
            seed=run.seed,
        )
    except Refused as error:
        raise refusal(error) from error
    _keep(run, rest, asked, result)
    step.report = {name: value for name, value in result.report().items() if name != "unmatched"}


def _cohort(asked: Asked, rest: Rest) -> Cohort:
    """The people of the run; whoever joined since waits for the next one."""
    cohort = asked.pool.cohort
    mentees, mentors = (
        replace(side, open=side.open & np.isin(side.keys, sorted(keys)))
        for side, keys in ((cohort.mentees, rest.open), (cohort.mentors, rest.mentors))
    )
    nobody = np.zeros((0, 2), np.int64)
    frozen = np.array(sorted(rest.standing), np.int64).reshape(-1, 2)
    return replace(cohort, mentees=mentees, mentors=mentors, locked=nobody, frozen=frozen)


def _keep(run: MatchRun, rest: Rest, asked: Asked, result: Result) -> None:
    """Replace the undecided pairs that came out differently; those that stay the same keep their row."""
    found = {
        (pair.mentee_id, pair.mentor_id): pair
        for pair in pairs_of(run, asked.pool, result)
        if pair.mentee_id in rest.open
    }
    before = Pair.objects.filter(run=run, status=Pair.Status.PROPOSED, locked=False, mentee__in=rest.open)
    kept = {(pair.mentee_id, pair.mentor_id): pair.pk for pair in before}
    before.exclude(pk__in=[pk for pair, pk in kept.items() if pair in found]).delete()
    Pair.objects.bulk_create((pair for key, pair in found.items() if key not in kept), batch_size=500)
    Unmatched.objects.filter(run=run, enrolment__in=rest.open).delete()
    Unmatched.objects.bulk_create(
        (
            Unmatched(
                run=run,
                enrolment_id=row.mentee,
                reason=row.reason,
                details={key: value for key, value in asdict(row).items() if key not in ("mentee", "reason")},
            )
            for row in result.unmatched
            if row.mentee in rest.open
        ),
        batch_size=500,
    )


def _record(step: ReviewStep, *, by: User, at: datetime) -> None:
    run = step.run
    proof = f"seed {run.seed} input {step.report['input_hash']} engine {step.report['engine']}"
    record("match.solved", by=by, at=at, target=run, institution_id=run.programme.institution_id, reason=proof)
