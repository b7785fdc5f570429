"""Start a run, compute it as a job, stop it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
from mentoring.matching.engine import (
    Aim,
    Fusion,
    Objective,
    Parity,
    Refused,
    Result,
    Rules,
    Table,
    Weights,
    explain,
    match,
)
from mentoring.matching.models import MatchRun, Pair, Unmatched
from mentoring.matching.queries import Pool, load_pool
from mentoring.matching.services.refusals import refusal
from mentoring.planning.models import Programme

PROGRESS_STEPS = 100
"""At most so many notes of progress per run."""


class AlreadyRunning(DomainError):
    code = "matching_already_running"
    default = _("A run of this programme is still going. Wait for it, or stop it first.")


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


def aim_of(objective: str, stored: Mapping[str, Any], pool: Pool | None = None) -> Aim:
    """The aim of a run from its objective and the details stored beside it; groups to compare come from the `pool`.

    `stored`: fields of `engine.Aim`, with "parity" as {"group", "within", "measure"} and "fusion" as {"kind",
    "mentee_share", "mentors": weights}. Without a pool nobody is in a group. Raises MatchingRefused.
    """
    known = {field.name for field in fields(Aim)} - {"objective", "parity", "fusion", "circle"}
    try:
        return Aim(
            objective=Objective(objective),
            circle=tuple(stored["circle"]) if stored.get("circle") else None,
            parity=_parity(stored["parity"], pool) if stored.get("parity") else None,
            fusion=_fusion(stored.get("fusion") or {}),
            **{name: value for name, value in stored.items() if name in known},
        )
    except Refused as error:
        raise refusal(error) from error


def _fusion(stored: Mapping[str, Any]) -> Fusion:
    mentors = stored.get("mentors")
    return Fusion(**{**stored, "mentors": Weights.from_parts(**mentors) if mentors else None})


def _parity(stored: Mapping[str, Any], pool: Pool | None) -> Parity:
    said = pool.groups.get(stored["group"], {}) if pool else {}
    numbers = {label: number for number, label in enumerate(sorted(set(said.values())))}
    mentees = set(pool.cohort.mentees.keys.tolist()) if pool else set()
    labels = tuple(sorted((key, numbers[label]) for key, label in said.items() if key in mentees))
    return Parity(labels=labels, **{name: stored[name] for name in ("within", "measure") if name in stored})


def table_of(run: MatchRun, pool: Pool) -> Table:
    """Scores and rules of a pool under the settings of a run."""
    return Table(pool.cohort, rules_of(run.rules), weights_of(run.weights), aim_of(run.objective, run.aim).fusion)


def preview(
    pool: Pool,
    *,
    rules: Rules,
    weights: Weights,
    objective: str,
    seed: int,
    aim: Mapping[str, Any] | None = None,
) -> Result:
    """What a run would give, without keeping it. Raises MatchingRefused."""
    wanted = aim_of(objective, aim or {}, pool)
    try:
        return match(pool.cohort, rules=rules, weights=weights, objective=wanted, seed=seed)
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
    aim: Mapping[str, Any] | None = None,
    origin: str = MatchRun.Origin.ASKED,
    caller: str = "",
    by: User | None,
    at: datetime,
) -> MatchRun:
    """Write the run down and ask for it to be computed; pairs locked in the last draft stay as they are.

    The audit trail names the `origin` and, where that is no person, the `caller`: which API key.
    Raises AlreadyRunning; MatchingRefused when the aim cannot be.
    """
    aim_of(objective, aim or {})
    Programme.objects.select_for_update().get(pk=programme.pk)
    going = MatchRun.objects.filter(programme=programme, status__in=[MatchRun.Status.WAITING, MatchRun.Status.RUNNING])
    if going.exists():
        raise AlreadyRunning
    run = MatchRun.objects.create(
        programme=programme,
        origin=origin,
        objective=objective,
        aim=_with_last_draft(programme, aim or {}),
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
    source = f"{origin} {caller}".strip()
    record("matching.started", by=by, at=at, target=run, institution_id=programme.institution_id, reason=source)
    if rules.gender:
        record("matching.gender_rule", by=by, at=at, target=run, institution_id=programme.institution_id)
    return run


def _with_last_draft(programme: Programme, aim: Mapping[str, Any]) -> dict[str, Any]:
    """The details of an aim; where keeping pairs is worth something, with the run whose pairs are meant."""
    finished = programme.match_runs.filter(finished_at__isnull=False).exclude(status=MatchRun.Status.FAILED)
    last = finished.order_by("-created_at").values_list("pk", flat=True).first() if aim.get("keep") else None
    return {**aim, **({"kept_from": last} if last else {})}


def _kept(aim: Mapping[str, Any]) -> list[tuple[int, int]]:
    """The pairs of the run before that are worth keeping."""
    if "kept_from" not in aim:
        return []
    standing = Pair.objects.filter(run=aim["kept_from"]).standing()
    return list(standing.order_by("pk").values_list("mentee", "mentor"))


def pool_of(run: MatchRun) -> Pool:
    """Everybody a run looks at, as known when it was started."""
    return load_pool(run.programme, locked=run.locked, current=_kept(run.aim), at=run.created_at)


def pool_for(programme: Programme, *, aim: Mapping[str, Any] | None = None, manager_levels: int | None = None) -> Pool:
    """Everybody a run started now would look at."""
    kept = _kept(_with_last_draft(programme, aim or {}))
    return load_pool(programme, locked=locked_pairs(programme), current=kept, manager_levels=manager_levels)


def keep_settings(programme: Programme, settings: dict[str, Any]) -> None:
    """Remember the rules and weights of this programme for the next run."""
    programme.match_settings = {**programme.match_settings, **settings}
    programme.save(update_fields=["match_settings"])


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
    pool = pool_of(run)
    try:
        result = match(
            pool.cohort,
            rules=rules_of(run.rules),
            weights=weights_of(run.weights),
            objective=aim_of(run.objective, run.aim, pool),
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
    _keep(run, pool, result, at=at)
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
def _keep(run: MatchRun, pool: Pool, result: Result, *, at: datetime) -> None:
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
    Pair.objects.bulk_create(pairs_of(run, pool, result), batch_size=500)
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


def pairs_of(run: MatchRun, pool: Pool, result: Result) -> Iterable[Pair]:
    """The pairs of a result as rows, with the facts their explanation is told from."""
    asked = list(zip(result.mentees.tolist(), result.mentors.tolist(), strict=True))
    table = table_of(run, pool)
    stories = explain(table, pairs=asked)
    shares = table.shares_below([story.score for story in stories])
    for row, story in enumerate(stories):
        yield Pair(
            run=run,
            mentee_id=story.mentee,
            mentor_id=story.mentor,
            locked=bool(result.locked[row]),
            score=story.score,
            parts=story.parts,
            why=facts(pool, story, unknown=result.unknown[row], broken=result.broken[row], share=shares[row]),
            rank_for_mentee=int(result.rank_for_mentee[row]) or None,
            rank_for_mentor=int(result.rank_for_mentor[row]) or None,
        )


def facts(
    pool: Pool, story: Any, *, unknown: Iterable[str], broken: Iterable[str], share: float | None = None
) -> dict[str, Any]:
    """What `why.sentence` tells: codes and numbers only, so that each reader gets it in their own language. `share` of all
    possible pairs of the run scored less."""
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
        **({} if share is None else {"percentile": round(float(share), 4)}),
    }


@transaction.atomic
def cancel_run(run: MatchRun, *, caller: str = "", by: User | None, at: datetime) -> None:
    """Ask a run to stop; one that nobody has begun, or whose job is over, stops at once. Nothing of it is kept.

    A publication does not stop half-way; one whose job is over goes back to review. `caller` is named in the audit trail
    where nobody is (`by`).
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
    institution = run.programme.institution_id
    record("matching.cancelled", by=by, at=at, target=run, institution_id=institution, reason=caller)
