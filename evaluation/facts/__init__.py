"""Everything that happened in a programme up to a moment, as arrays: each kind of fact is one query, read when first asked for.

Counts and times only; of a message its length, never its text. Moments are seconds since 1970.
"""

from datetime import timedelta
from functools import cached_property
from typing import Any

from evaluation.facts.relationships import RelationshipFacts
from evaluation.facts.tables import (
    CHANNELS,
    DAY,
    HOUR,
    MENTEE,
    MENTOR,
    TAKING_PART,
    WEEK,
    table,
)
from evaluation.models import Alert
from mentoring.planning.models import Enrolment, Milestone
from mentoring.support.models import ConnectionCheck, HelpRequest
from mentoring.training.models import LessonAnswer, ModuleProgress, ProgrammeModule, SelfRating
from notifications.models import Mail, Notification

__all__ = ["CHANNELS", "DAY", "HOUR", "MENTEE", "MENTOR", "TAKING_PART", "WEEK", "Facts", "table"]


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
    def progress(self) -> list[tuple[Any, ...]]:
        """(person, module, finished, quiz before, quiz after) of everybody enrolled."""
        rows = ModuleProgress.objects.filter(
            person__enrolments__programme=self.programme, started_at__lte=self.at
        ).distinct()
        return table(rows, "person_id", "module", "finished_at", "quiz_before", "quiz_after")

    @cached_property
    def lesson_answers(self) -> list[tuple[Any, ...]]:
        """(person, module, lesson, answered at); never the answer."""
        rows = LessonAnswer.objects.filter(
            progress__person__enrolments__programme=self.programme, answered_at__lte=self.at
        ).distinct()
        return table(rows, "progress__person_id", "progress__module", "lesson", "answered_at", "pk")

    @cached_property
    def self_rated(self) -> list[tuple[Any, ...]]:
        rows = SelfRating.objects.filter(
            progress__person__enrolments__programme=self.programme, rated_at__lte=self.at
        ).distinct()
        return table(rows, "progress__person_id", "rated_at", "pk")

    @cached_property
    def mails(self) -> list[tuple[Any, ...]]:
        """(recipient, whether it failed) of mails sent or refused while the programme runs, to people enrolled."""
        rows = Mail.objects.filter(
            recipient__enrolments__programme=self.programme,
            created_at__date__gte=self.programme.starts_on,
            created_at__lte=self.at,
        ).exclude(sent_at=None, error="").distinct()  # fmt: skip
        return [(person, bool(error)) for person, error, _ in table(rows, "recipient_id", "error", "pk")]

    @cached_property
    def notices(self) -> list[tuple[Any, ...]]:
        """(recipient, made, read) of notices at least 72 hours old."""
        rows = Notification.objects.filter(
            recipient__enrolments__programme=self.programme,
            created_at__date__gte=self.programme.starts_on,
            created_at__lte=self.at - timedelta(hours=72),
        ).distinct()
        return table(rows, "recipient_id", "created_at", "read_at", "pk")

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
        rows = ConnectionCheck.objects.filter(
            person__enrolments__programme=self.programme, checked_at__lte=self.at
        ).order_by("checked_at")
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
