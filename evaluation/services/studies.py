"""A study is set up, its plan locked, added to in the open, and computed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import record
from core.errors import DomainError
from core.jobs import enqueue, report_progress
from evaluation.models import Study, StudyAmendment, StudyResult
from evaluation.studies.plans import canonical, plan_of, sha256
from evaluation.studies.results import results_of
from mentoring.planning.models import Programme


class PlanIsLocked(DomainError):
    code = "plan_is_locked"
    status = 409
    default = _("This plan is locked and stays as it is. What you want to add goes into an amendment.")


class PlanIsNotLocked(DomainError):
    code = "plan_is_not_locked"
    status = 409
    default = _("Nothing is computed before the plan is locked.")


class PlanIsEmpty(DomainError):
    code = "plan_is_empty"
    status = 409
    default = _("Write the plan first; then it can be locked.")


@transaction.atomic
def make_study(programme: Programme, *, kind: str, title: str, by: User, at: datetime) -> Study:
    """Begin a study; nothing is looked at."""
    study = Study.objects.create(programme=programme, kind=kind, title=title, made_by=by, made_at=at)
    record("study.made", by=by, at=at, target=study, institution_id=programme.institution_id)
    return study


def _held(study: Study) -> Study:
    return Study.objects.select_for_update(of=("self",)).select_related("programme").get(pk=study.pk)


@transaction.atomic
def write_plan(study: Study, given: Mapping[str, Any], *, by: User, at: datetime) -> None:
    """Keep the plan as it stands now; it may be changed until it is locked. Raises PlanIsLocked."""
    held = _held(study)
    if held.locked_at is not None:
        raise PlanIsLocked
    held.plan = canonical(plan_of(held, given))
    held.save(update_fields=["plan"])
    record("study.planned", by=by, at=at, target=held, institution_id=held.programme.institution_id)


@transaction.atomic
def lock_plan(study: Study, *, by: User, at: datetime) -> None:
    """Lock the plan: its SHA-256 goes into the audit chain with this moment, and from here on the database refuses to change it.
    Locking again changes nothing. Raises PlanIsEmpty."""
    held = _held(study)
    if held.locked_at is not None:
        return
    if not held.plan:
        raise PlanIsEmpty
    held.sha256, held.locked_at, held.locked_by = sha256(held.plan), at, by
    held.save(update_fields=["sha256", "locked_at", "locked_by"])
    institution = held.programme.institution_id
    record("study.locked", by=by, at=at, target=held, institution_id=institution, reason=held.sha256)


@transaction.atomic
def amend(study: Study, *, outcomes: Sequence[str], why: str, by: User, at: datetime) -> StudyAmendment:
    """Add outcomes to a locked plan, with the reason; what they give is exploratory. Raises PlanIsNotLocked."""
    held = _held(study)
    if held.locked_at is None:
        raise PlanIsNotLocked
    number = held.amendments.count() + 1
    text = canonical({"of": held.sha256, "number": number, "outcomes": list(outcomes), "why": why})
    row = StudyAmendment.objects.create(
        study=held, number=number, text=text, sha256=sha256(text), made_by=by, made_at=at
    )
    institution = held.programme.institution_id
    record("study.amended", by=by, at=at, target=held, institution_id=institution, reason=row.sha256)
    return row


@transaction.atomic
def ask_for_results(study: Study, *, by: User | None, at: datetime) -> StudyResult:
    """Write down that results are wanted; a job computes them. Raises
    PlanIsNotLocked."""
    held = _held(study)
    if held.locked_at is None:
        raise PlanIsNotLocked
    result = StudyResult.objects.create(study=held, asked_by=by, asked_at=at)
    record("study.unlocked", by=by, at=at, target=held, institution_id=held.programme.institution_id)
    enqueue("evaluation.compute_study", key=result.job_key, result_id=result.pk)
    return result


def make_results(result: StudyResult, *, at: datetime) -> None:
    """Compute and keep; making it again changes nothing. What another study of the programme showed meanwhile must be looked at,
    too: then it is computed once more."""
    if result.made_at is not None:
        return
    programme = result.study.programme_id
    made = StudyResult.objects.filter(study__programme=programme, made_at__isnull=False)
    known = made.count()
    content, basis = results_of(result.study, at=at, step=report_progress)
    with transaction.atomic():
        Programme.objects.select_for_update(no_key=True).get(pk=programme)
        if is_alone := made.count() == known:
            result.made_at, result.content, result.basis = at, content, basis
            result.save(update_fields=["made_at", "content", "basis"])
    if not is_alone:
        make_results(result, at=at)
