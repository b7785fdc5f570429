"""The stack of decisions about a draft: what each touched, and undoing them in order."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import record
from core.errors import DomainError
from mentoring.matching.models import BlockedPair, MatchRun, Pair, ReviewStep, Unmatched
from mentoring.planning.models import Enrolment

BATCH = 500
Rows = dict[str, list[dict[str, Any]]]


class NotInReview(DomainError):
    code = "not_in_review"
    default = _("This run is not open for review any more.")


class NotTheLatest(DomainError):
    code = "not_the_latest_decision"
    default = _("Somebody has decided something else in the meantime. Look at the draft again, then undo.")


class CannotUndo(DomainError):
    code = "cannot_undo"
    default = _("This decision cannot be undone any more: the people it was about have changed since.")


def lock_review(run: MatchRun) -> None:
    """One change of a draft at a time, so that its capacities hold. Raises NotInReview."""
    if not MatchRun.objects.filter(pk=run.pk, status=MatchRun.Status.STAGED).update(status=MatchRun.Status.STAGED):
        raise NotInReview


@contextmanager
def decision(
    run: MatchRun, action: str, mentees: Iterable[int], *, by: User, at: datetime, pair: Pair | None = None
) -> Iterator[ReviewStep]:
    """Hold the draft, let a decision about these mentees (enrolments) be made, and put it on the stack. Raises NotInReview."""
    with transaction.atomic():
        lock_review(run)
        keys = sorted(set(mentees))
        step = ReviewStep(run=run, action=action, count=len(keys), made_by=by, made_at=at)
        if pair is not None:
            step.mentee_id, step.mentor_id = pair.mentee_id, pair.mentor_id
        step.before = _rows(run, keys)
        yield step
        step.after = _rows(run, keys)
        if step.before != step.after:
            step.save()


def latest(run: MatchRun) -> ReviewStep | None:
    """The decision that can be undone next."""
    if run.status != MatchRun.Status.STAGED:
        return None
    step: ReviewStep | None = ReviewStep.objects.standing().for_rows().filter(run=run).order_by("-pk").first()
    return step


@transaction.atomic
def undo(step: ReviewStep, *, by: User, at: datetime) -> None:
    """Put everything back as it was before this decision, which must be the latest of its draft.

    Raises NotInReview, NotTheLatest, CannotUndo.
    """
    run = step.run
    lock_review(run)
    last = ReviewStep.objects.standing().filter(run=run).order_by("-pk").first()
    if last is None or last.pk != step.pk:
        raise NotTheLatest
    step = last
    keys = sorted({row["mentee_id"] for side in (step.before, step.after) for row in side["pairs"]})
    keys = sorted({*keys, *(row["enrolment_id"] for side in (step.before, step.after) for row in side["unmatched"])})
    people = {row[name] for row in step.before["pairs"] for name in ("mentee_id", "mentor_id")}
    if _rows(run, keys) != step.after or Enrolment.objects.filter(pk__in=people).count() != len(people):
        raise CannotUndo
    for model, name in KEPT.items():
        _restore(model, before=step.before[name], after=step.after[name])
    ReviewStep.objects.filter(pk=step.pk).update(undone_by=by, undone_at=at)
    record("match.undone", by=by, at=at, target=run, institution_id=run.programme.institution_id, reason=step.action)


def seal(run: MatchRun) -> None:
    """What was decided before a publication stands for good."""
    ReviewStep.objects.standing().filter(run=run).update(sealed=True)


KEPT: dict[type[models.Model], str] = {Pair: "pairs", Unmatched: "unmatched", BlockedPair: "blocked"}


def _rows(run: MatchRun, mentees: list[int]) -> Rows:
    """Everything a decision about these mentees can touch, as plain values."""
    found: dict[type[models.Model], models.QuerySet] = {
        Pair: Pair.objects.filter(run=run, mentee__in=mentees),
        Unmatched: Unmatched.objects.filter(run=run, enrolment__in=mentees),
        BlockedPair: BlockedPair.objects.filter(programme=run.programme_id, mentee__in=mentees),
    }
    rows = {KEPT[model]: list(kept.order_by("pk").values(*_columns(model))) for model, kept in found.items()}
    plain: Rows = json.loads(json.dumps(rows, cls=DjangoJSONEncoder))
    return plain


def _columns(model: type[models.Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


def _restore(model: type[models.Model], *, before: list[dict[str, Any]], after: list[dict[str, Any]]) -> None:
    """Rows as they were: the same ids, so that every address still leads to its pair."""
    model._base_manager.filter(pk__in=[row["id"] for row in after]).delete()
    model._base_manager.bulk_create([model(**row) for row in before], batch_size=BATCH)
