"""Verbs of learning: begin a module, answer, rate oneself, take a step home, finish; and ask for modules in a programme."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import record
from core.errors import DomainError
from mentoring.planning.models import Enrolment, Programme
from mentoring.planning.services import mark_trained, require_training
from mentoring.relationships.models import GoalStep
from mentoring.relationships.queries import active_goal_of
from mentoring.relationships.services import add_step
from mentoring.training.catalogue import Module, Screen, module
from mentoring.training.models import LessonAnswer, ModuleProgress, ProgrammeModule, SelfRating
from mentoring.training.queries import outstanding
from mentoring.training.signals import learned, module_finished

BEFORE_READY = (Enrolment.Status.APPROVED, Enrolment.Status.TRAINING)
STEP_DAYS = 7
DUE_DAYS = 14


class ModuleUnfinished(DomainError):
    code = "module_unfinished"
    default = _("Some questions of this module are still open; the outline shows which.")


@transaction.atomic
def start_module(slug: str, *, by: User, at: datetime) -> ModuleProgress:
    """Begin a module, or come back to it. Raises KeyError for a slug that is not in the catalogue."""
    progress, _is_new = ModuleProgress.objects.get_or_create(
        person=by, module=module(slug).slug, defaults={"started_at": at, "touched_at": at}
    )
    return progress


@transaction.atomic
def rate_self(progress: ModuleProgress, values: Mapping[str, int], *, moment: str, at: datetime) -> None:
    """Keep how able a person feels, 1 to 5 by statement. What was said before stands; what is said after may be corrected."""
    rows = [
        SelfRating(progress=progress, statement=key, moment=moment, value=value, rated_at=at)
        for key, value in values.items()
    ]
    if moment == SelfRating.Moment.BEFORE:
        SelfRating.objects.bulk_create(rows, ignore_conflicts=True)
    else:
        SelfRating.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["progress", "statement", "moment"],
            update_fields=["value", "rated_at"],
        )
    _touch(progress, at=at)


@transaction.atomic
def take_test(progress: ModuleProgress, answers: Mapping[str, str], *, at: datetime) -> None:
    """Keep the share (0 to 1) of quiz questions that were answered right before the first lesson; the first try stands."""
    share = _share_right(module(progress.module), answers)
    ModuleProgress.objects.filter(pk=progress.pk, quiz_before=None, position=0).update(quiz_before=share, touched_at=at)


@transaction.atomic
def answer_lesson(progress: ModuleProgress, screen: Screen, answer: Mapping[str, Any], *, at: datetime) -> None:
    """Keep an answer (empty: the screen was only read) and remember how far the person is.

    A quiz counts its first answer; everything else may be thought over.
    """
    if answer:
        keep = LessonAnswer.objects.get_or_create if screen.kind == "quiz" else LessonAnswer.objects.update_or_create
        keep(progress=progress, lesson=screen.key, defaults={"answer": dict(answer), "answered_at": at})
    behind = module(progress.module).screens.index(screen) + (0 if screen.kind in ("question", "quiz") else 1)
    _touch(progress, at=at, position=behind)


@transaction.atomic
def take_home(progress: ModuleProgress, text: str, *, by: User, at: datetime) -> GoalStep | None:
    """Turn "use it this week" into a step of the person's active goal, due in a week.

    Without a goal it stays a note to oneself on the growth page. Returns the step or None.
    The same text again adds nothing.
    """
    ModuleProgress.objects.select_for_update().get(pk=progress.pk)
    screen = module(progress.module).screens[-1]
    kept = LessonAnswer.objects.filter(progress=progress, lesson=screen.key).first()
    if kept is not None and kept.answer.get("text") == text:
        return None
    goal = active_goal_of(by)
    step = None
    if goal is not None:
        due_on = timezone.localdate(at) + timedelta(days=STEP_DAYS)
        step = add_step(goal, title=text, owner=by, due_on=due_on, source=GoalStep.Source.TRAINING, by=by, at=at)
    answer_lesson(progress, screen, {"text": text, "step": step.pk if step else None}, at=at)
    return step


@transaction.atomic
def finish_module(progress: ModuleProgress, *, at: datetime) -> None:
    """Close a module whose questions are all answered; whoever has nothing outstanding becomes ready in their programmes.

    Raises ModuleUnfinished. Finishing again changes nothing.
    """
    built = module(progress.module)
    answers = dict(LessonAnswer.objects.filter(progress=progress).values_list("lesson", "answer"))
    if built.open_questions(answers):
        raise ModuleUnfinished
    chosen = {key: answer.get("option", "") for key, answer in answers.items()}
    is_first = ModuleProgress.objects.filter(pk=progress.pk, finished_at=None).update(
        finished_at=at, touched_at=at, quiz_after=_share_right(built, chosen), position=len(built.screens)
    )
    if not is_first:
        return
    progress.refresh_from_db()
    for enrolment in Enrolment.objects.filter(person=progress.person_id, status__in=BEFORE_READY):
        admit_when_trained(enrolment, at=at)
    module_finished.send(sender=ModuleProgress, progress=progress, at=at)


@transaction.atomic
def admit_when_trained(enrolment: Enrolment, *, at: datetime) -> None:
    """Tell planning that this person has finished every required module, if it is so."""
    if not outstanding(enrolment):
        mark_trained(enrolment, at=at)


@transaction.atomic
def ask_for_modules(
    programme: Programme, wanted: Mapping[tuple[str, str], int], *, by: User | None, at: datetime
) -> None:
    """Set which modules a programme requires: due days by (module slug, role). People who now lack nothing become ready."""
    programme.modules.exclude(
        pk__in=[row.pk for row in programme.modules.all() if (row.module, row.role) in wanted]
    ).delete()
    ProgrammeModule.objects.bulk_create(
        [
            ProgrammeModule(programme=programme, module=slug, role=role, required=True, due_days=days)
            for (slug, role), days in wanted.items()
        ],
        update_conflicts=True,
        unique_fields=["programme", "module", "role"],
        update_fields=["required", "due_days"],
    )
    require_training(programme, {role for _slug, role in wanted}, at=at)
    if by is not None:
        record("training.modules_changed", by=by, at=at, target=programme, institution_id=programme.institution_id)
    for enrolment in Enrolment.objects.filter(programme=programme, status__in=BEFORE_READY):
        admit_when_trained(enrolment, at=at)


def _touch(progress: ModuleProgress, *, at: datetime, position: int = 0) -> None:
    ModuleProgress.objects.filter(pk=progress.pk).update(touched_at=at, position=Greatest(F("position"), position))
    learned.send(ModuleProgress, person_id=progress.person_id, at=at)


def _share_right(built: Module, answers: Mapping[str, str]) -> float:
    right = sum(screen.option(answers[screen.key]).best for screen in built.test if answers.get(screen.key))
    return right / len(built.test)
