"""Start a run, compute it as a job, stop it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import record
from core import jobs
from core.errors import DomainError
from core.models import Job
from mentoring.matching.engine import Objective, Refused, Result, Rules, Weights, explain, match
from mentoring.matching.models import MatchRun, Pair, Unmatched
from mentoring.matching.queries import Pool, load_pool
from mentoring.planning.models import Programme

REFUSALS = {
    "weights_are_zero": _("At least one weight must be above zero: with nothing to compare, all pairs would be equal."),
    "weights_must_sum_to_100": _("The weights must sum to 100."),
    "locks_contradict": _("One mentee is locked with two mentors. Unlock one of the two pairs."),
    "more_locks_than_places": _("More mentees are locked with one mentor than there are free places. Unlock one."),
    "lock_breaks_a_safety_rule": _(
        "A locked pair is one that must not be: somebody named the other on a private list."
    ),
    "lock_of_somebody_not_in_the_pool": _("Somebody in a locked pair has left the pool. Unlock the pair."),
    "aims_exclude_each_other": _("These two aims cannot be reached at once. Choose one of them."),
    "time_is_up": _("This aim took too long for so many people. Choose another one, or match a smaller group."),
}
PROGRESS_STEPS = 100
"""At most so many notes of progress per run."""


class MatchingRefused(DomainError):
    code = "matching_refused"
    status = 422


class AlreadyRunning(DomainError):
    code = "matching_already_running"
    default = _("A run of this programme is still going. Wait for it, or stop it first.")


def refusal(error: Refused) -> MatchingRefused:
    """What the engine would not do, as a sentence that says what to change."""
    return MatchingRefused(REFUSALS.get(error.code, _("This run cannot start as it is set.")), engine_code=error.code)


def refusal_sentence(report: dict[str, Any]) -> str:
    """Why a run stopped, for people."""
    code = str(report.get("refused", ""))
    if code == "cancelled":
        return str(_("You stopped this run. Nothing of it was kept."))
    return str(REFUSALS.get(code, _("Something went wrong while computing. Start the run again.")))


def rules_of(stored: dict[str, Any]) -> Rules:
    """Rules from a stored run; what is not named keeps its default."""
    known = {field.name for field in fields(Rules)}
    return Rules(**{name: value for name, value in stored.items() if name in known})


def weights_of(stored: dict[str, int]) -> Weights:
    """Weights from a stored run or from sliders, scaled to 100. Raises MatchingRefused when all are zero."""
    try:
        return Weights.from_parts(**stored) if stored else Weights()
    except Refused as error:
        raise refusal(error) from error


def preview(pool: Pool, *, rules: Rules, weights: Weights, objective: str, seed: int) -> Result:
    """What a run would give, without keeping it. Raises MatchingRefused."""
    try:
        return match(pool.cohort, rules=rules, weights=weights, objective=Objective(objective), seed=seed)
    except Refused as error:
        raise refusal(error) from error


@transaction.atomic
def start_run(
    programme: Programme,
    *,
    rules: Rules,
    weights: Weights,
    objective: str,
    seed: int,
    by: User | None,
    at: datetime,
) -> MatchRun:
    """Write the run down and ask for it to be computed; pairs locked in the last draft stay as they are.

    Raises AlreadyRunning.
    """
    Programme.objects.select_for_update().get(pk=programme.pk)
    going = MatchRun.objects.filter(programme=programme, status__in=[MatchRun.Status.WAITING, MatchRun.Status.RUNNING])
    if going.exists():
        raise AlreadyRunning
    run = MatchRun.objects.create(
        programme=programme,
        objective=objective,
        weights=asdict(weights),
        rules=asdict(rules),
        locked=locked_pairs(programme),
        seed=seed,
        started_by=by,
        created_at=at,
    )
    run.job_key = f"matching.compute:{run.pk}"
    run.save(update_fields=["job_key"])
    jobs.enqueue("matching.compute", key=run.job_key, run_id=run.pk)
    record("matching.started", by=by, at=at, target=run, institution_id=programme.institution_id)
    return run


def keep_settings(programme: Programme, settings: dict[str, Any]) -> None:
    """Remember the rules and weights of this programme for the next run."""
    Programme.objects.filter(pk=programme.pk).update(match_settings=settings)


def locked_pairs(programme: Programme) -> list[list[int]]:
    """[mentee, mentor] of every pair a coordinator locked in the latest draft and nobody turned down."""
    draft = MatchRun.objects.filter(programme=programme, status=MatchRun.Status.STAGED).order_by("-created_at").first()
    locked = Pair.objects.filter(run=draft, locked=True, status__in=[Pair.Status.PROPOSED, Pair.Status.APPROVED])
    return [list(pair) for pair in locked.order_by("pk").values_list("mentee", "mentor")]


def compute_run(run: MatchRun, *, at: datetime) -> MatchRun:
    """Do the matching of a run and keep its result in one transaction: killed at any moment and done again, there is
    exactly one result. Raises JobCancelled when somebody asked to stop."""
    open_states = [MatchRun.Status.WAITING, MatchRun.Status.RUNNING]
    if not MatchRun.objects.filter(pk=run.pk, status__in=open_states).update(status=MatchRun.Status.RUNNING):
        return run
    pool = load_pool(run.programme, locked=run.locked)
    rules, weights = rules_of(run.rules), weights_of(run.weights)
    try:
        result = match(
            pool.cohort,
            rules=rules,
            weights=weights,
            objective=Objective(run.objective),
            seed=run.seed,
            progress=_few(jobs.report_progress),
        )
        jobs.report_progress(len(pool.mentees), len(pool.mentees))
    except jobs.JobCancelled:
        _stop(run, {"refused": "cancelled"}, at=at)
        raise
    except Refused as error:
        _stop(run, {"refused": error.code, "about": error.about}, at=at)
        return run
    _keep(run, pool, result, rules=rules, weights=weights, at=at)
    return run


def _few(report: Any) -> Any:
    """Progress told at most PROGRESS_STEPS times: each note is a write."""
    told = [-1]

    def progress(done: int, total: int) -> None:
        step = done * PROGRESS_STEPS // max(total, 1)
        if step > told[0]:
            told[0] = step
            report(done, total)

    return progress


def _stop(run: MatchRun, report: dict[str, Any], *, at: datetime) -> None:
    MatchRun.objects.filter(pk=run.pk).update(status=MatchRun.Status.FAILED, report=report, finished_at=at)


@transaction.atomic
def _keep(run: MatchRun, pool: Pool, result: Result, *, rules: Rules, weights: Weights, at: datetime) -> None:
    kept = MatchRun.objects.filter(pk=run.pk, status=MatchRun.Status.RUNNING).update(
        status=MatchRun.Status.STAGED,
        total=result.total,
        bound=result.total if result.gap == 0 else None,
        mentees=len(pool.mentees),
        mentors=len(pool.mentors),
        input_hash=result.input_hash,
        engine_version=result.engine,
        report=result.report(),
        finished_at=at,
    )
    if not kept:
        return
    Pair.objects.bulk_create(pairs_of(run, pool, result, rules=rules, weights=weights), batch_size=500)
    Unmatched.objects.bulk_create(
        (
            Unmatched(
                run=run,
                enrolment_id=row.mentee,
                reason=row.reason,
                details={key: value for key, value in asdict(row).items() if key not in ("mentee", "reason")},
            )
            for row in result.unmatched
        ),
        batch_size=500,
    )
    summary = f"seed {run.seed} input {result.input_hash} engine {result.engine}"
    record(
        "matching.run",
        by=run.started_by,
        at=at,
        target=run,
        institution_id=run.programme.institution_id,
        reason=summary,
    )


def pairs_of(run: MatchRun, pool: Pool, result: Result, *, rules: Rules, weights: Weights) -> Iterable[Pair]:
    """The pairs of a result as rows, with the facts their explanation is told from."""
    asked = list(zip(result.mentees.tolist(), result.mentors.tolist(), strict=True))
    stories = explain(pool.cohort, rules, weights, asked)
    for row, story in enumerate(stories):
        yield Pair(
            run=run,
            mentee_id=story.mentee,
            mentor_id=story.mentor,
            locked=bool(result.locked[row]),
            score=story.score,
            parts=story.parts,
            why=facts(pool, story, unknown=result.unknown[row], broken=result.broken[row]),
            rank_for_mentee=int(result.rank_for_mentee[row]) or None,
            rank_for_mentor=int(result.rank_for_mentor[row]) or None,
        )


def facts(pool: Pool, story: Any, *, unknown: Iterable[str], broken: Iterable[str]) -> dict[str, Any]:
    """What `why.sentence` tells: codes and numbers only, so that each reader gets it in their own language."""
    mentee, mentor = pool.people[story.mentee], pool.people[story.mentor]
    cohort = pool.cohort
    wished = [
        role
        for role, rows in (("mentee", cohort.mentee_wishes), ("mentor", cohort.mentor_wishes))
        if ((rows[:, 0] == story.mentee) & (rows[:, 1] == story.mentor)).any()
    ]
    return {
        "concepts": [pool.concepts[column] for column in story.shared_concepts],
        "languages": pool.spoken(story.shared_languages),
        "overlap_minutes": story.overlap_minutes,
        "same_field": bool(mentee.field) and mentee.field == mentor.field,
        "wished_by": wished,
        "unknown": list(unknown),
        "broken": list(broken),
    }


@transaction.atomic
def cancel_run(run: MatchRun, *, by: User | None, at: datetime) -> None:
    """Ask a run to stop; one that nobody has begun, or whose job is over, stops at once. Nothing of it is kept.

    A publication does not stop half-way; one whose job is over goes back to review.
    """
    waiting, running = MatchRun.Status.WAITING, MatchRun.Status.RUNNING
    job_is_over = not Job.objects.open().filter(key=run.job_key).exists()
    if run.status == MatchRun.Status.PUBLISHING:
        if job_is_over:
            MatchRun.objects.filter(pk=run.pk, status=run.status).update(status=MatchRun.Status.STAGED)
        return
    jobs.cancel(run.job_key, at=at)
    stopped = MatchRun.objects.filter(pk=run.pk, status__in=[waiting, running] if job_is_over else [waiting])
    stopped.update(status=MatchRun.Status.FAILED, report={"refused": "cancelled"}, finished_at=at)
    record("matching.cancelled", by=by, at=at, target=run, institution_id=run.programme.institution_id)
