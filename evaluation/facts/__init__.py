"""Everything that happened in a programme up to a moment, as arrays: each kind of fact is one query, read when first asked for.

Counts and times only; of a message its length, never its text. Moments are seconds since 1970.
"""

from datetime import datetime, time, timedelta
from functools import cache, cached_property, reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from evaluation.facts.relationships import RelationshipFacts
from evaluation.facts.tables import (
    CHANNELS,
    DAY,
    HOUR,
    MENTEE,
    MENTOR,
    TAKING_PART,
    WEEK,
    columns,
    table,
    whether,
)
from evaluation.models import Alert
from evaluation.statistics.events import Bools
from evaluation.statistics.scoring import Floats
from mentoring.planning.models import Enrolment, Milestone
from mentoring.support.models import ConnectionCheck, HelpRequest
from mentoring.training.catalogue import modules
from mentoring.training.models import LessonAnswer, ModuleProgress, ProgrammeModule, SelfRating
from notifications.models import Mail, Notification

__all__ = ["CHANNELS", "DAY", "HOUR", "MENTEE", "MENTOR", "TAKING_PART", "WEEK", "Facts", "table"]


@cache
def reflections() -> Q:
    """Lessons in which people write for themselves."""
    keys = {each.slug: [screen.key for screen in each.screens if screen.kind == "reflection"] for each in modules()}
    return reduce(or_, (Q(progress__module=slug, lesson__in=found) for slug, found in keys.items()))


class Facts(RelationshipFacts):
    """The facts of one programme as they stood at `at`. At most one query per kind of fact, however many rows."""

    @cached_property
    def required_modules(self) -> list[tuple[str, int, int]]:
        """(module, side, due days)."""
        rows = table(
            ProgrammeModule.objects.filter(programme=self.programme, required=True), "module", "role", "due_days"
        )
        return [(slug, MENTOR if role == Enrolment.Role.MENTOR else MENTEE, days) for slug, role, days in rows]

    @cached_property
    def has_modules(self) -> bool:
        """Whether there is anything to learn with: modules that are required, or that somebody has begun."""
        begun = ModuleProgress.objects.filter(person__in=self._everybody(), started_at__lte=self.at)
        return bool(self.required_modules) or begun.exists()

    def _everybody(self) -> QuerySet[Any, Any]:
        """The ids of everybody who is enrolled, whatever became of it, of those in question."""
        enrolled = Enrolment.objects.filter(programme=self.programme)
        return enrolled.values("person")

    def _whose(self, path: str = "person") -> Q:
        """What belongs to the people in question, who stand at `path`."""
        return Q(**{f"{path}__in": self._everybody() if self._people is None else self._people})

    @cached_property
    def progress(self) -> list[tuple[Any, ...]]:
        """(person, module, finished, quiz before, quiz after) of everybody enrolled."""
        rows = ModuleProgress.objects.filter(self._whose(), started_at__lte=self.at)
        return table(rows, "person_id", "module", "finished_at", "quiz_before", "quiz_after")

    @cached_property
    def lesson_answers(self) -> tuple[Floats, Floats, Bools]:
        """Person, moment, and whether it is a reflection; never the answer."""
        rows = LessonAnswer.objects.filter(self._whose("progress__person"), answered_at__lte=self.at)
        person, at, reflects = columns(rows, "progress__person_id", "answered_at", whether(reflections()))
        return person, at, reflects > 0

    @cached_property
    def self_rated(self) -> tuple[Floats, Floats]:
        """Person and moment."""
        rows = SelfRating.objects.filter(self._whose("progress__person"), rated_at__lte=self.at)
        person, at = columns(rows, "progress__person_id", "rated_at")
        return person, at

    @cached_property
    def mails(self) -> tuple[Floats, Bools]:
        """Recipient, and whether it failed, of mails sent or refused while the programme runs, to people enrolled."""
        rows = Mail.objects.filter(
            self._whose("recipient"), created_at__gte=self._begins, created_at__lte=self.at
        ).exclude(sent_at=None, error="")  # fmt: skip
        person, failed = columns(rows, "recipient_id", whether(~Q(error="")))
        return person, failed > 0

    @cached_property
    def notices(self) -> tuple[Floats, Floats, Floats]:
        """Recipient, made, read (NaN: not yet) of notices at least 72 hours old."""
        rows = Notification.objects.filter(
            self._whose("recipient"), created_at__gte=self._begins, created_at__lte=self.at - timedelta(hours=72)
        )
        person, made, read = columns(rows, "recipient_id", "created_at", "read_at")
        return person, made, read

    @property
    def _begins(self) -> datetime:
        return datetime.combine(self.programme.starts_on, time.min, tzinfo=timezone.get_default_timezone())

    @cached_property
    def technical_help(self) -> list[tuple[Any, ...]]:
        """(person, asked, first answer, solved) of requests that are not about wellbeing or the relationship."""
        rows = HelpRequest.objects.filter(
            programme=self.programme,
            created_at__lte=self.at,
            topic__in=[HelpRequest.Topic.TECHNICAL, HelpRequest.Topic.OTHER],
        )
        return table(rows, "person_id", "created_at", "first_answer_at", "resolved_at")

    @cached_property
    def connection_checks(self) -> dict[int, bool]:
        """Person -> whether their latest check passed."""
        rows = ConnectionCheck.objects.filter(self._whose(), checked_at__lte=self.at).order_by("checked_at")
        return dict(table(rows, "person_id", "passed"))

    @cached_property
    def milestones(self) -> list[tuple[Any, ...]]:
        return table(Milestone.objects.filter(programme=self.programme, due_on__lte=self.today), "due_on", "met_at")

    @cached_property
    def alerts(self) -> list[tuple[Any, ...]]:
        rows = Alert.objects.filter(
            relationship__programme=self.programme, raised_at__lte=self.at - timedelta(days=7), level=Alert.Level.REVIEW
        )
        return table(rows, "raised_at", "acted_at")
