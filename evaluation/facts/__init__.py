"""Everything that happened in a programme up to a moment, as arrays: each kind of fact is one query, read when first asked for.

Counts and times only; of a message its length, never its text. Moments are seconds since 1970.
"""

from datetime import timedelta
from functools import cached_property
from typing import Any

import numpy as np

from evaluation.facts import questions
from evaluation.facts.outcome import outcome
from evaluation.facts.platform import deliveries, health_checks, page_times_of
from evaluation.facts.questions import NEWS_COUNT_AFTER
from evaluation.facts.relationships import RelationshipFacts
from evaluation.facts.tables import (
    CHANNELS,
    DAY,
    HOUR,
    MENTEE,
    MENTOR,
    TAKING_PART,
    WEEK,
    by_first,
    columns,
    table,
)
from evaluation.models import Alert
from evaluation.statistics.events import Bools
from evaluation.statistics.scoring import Floats
from mentoring.planning.models import Enrolment, GroupLabel, Milestone, MoreAnswers
from mentoring.support.models import ConnectionCheck, HelpRequest
from mentoring.training.models import ModuleProgress, ProgrammeModule

__all__ = ["CHANNELS", "DAY", "HOUR", "MENTEE", "MENTOR", "NEWS_COUNT_AFTER", "TAKING_PART", "WEEK", "Facts", "table"]


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
        begun = ModuleProgress.objects.filter(person__in=questions.everybody(self.scope), started_at__lte=self.at)
        return bool(self.required_modules) or begun.exists()

    @cached_property
    def progress(self) -> list[tuple[Any, ...]]:
        """(person, module, finished, quiz before, quiz after) of everybody enrolled."""
        rows = ModuleProgress.objects.filter(questions.whose(self.scope), started_at__lte=self.at)
        return table(rows, "person_id", "module", "finished_at", "quiz_before", "quiz_after")

    @cached_property
    def lesson_answers(self) -> tuple[Floats, Floats, Bools]:
        """Person, moment, and whether it is a reflection; never the answer."""
        person, at, reflects = questions.lesson_answers(self.scope)
        return person, at, reflects > 0

    @cached_property
    def self_rated(self) -> tuple[Floats, Floats]:
        """Person and moment."""
        person, at = questions.self_rated(self.scope)
        return person, at

    @cached_property
    def practice(self) -> tuple[Floats, Floats]:
        """When each of `people` came into a relationship (NaN: not yet), and how many practical things they have done."""
        _enrolment, since, *done = by_first(questions.practice(self.scope))
        return since, np.sum(done, axis=0)

    @cached_property
    def mails(self) -> tuple[Floats, Bools]:
        """Recipient, and whether it was refused or came back, of mails while the programme runs to people enrolled."""
        person, failed = questions.mails(self.scope)
        return person, failed > 0

    @cached_property
    def notices(self) -> tuple[Floats, Floats, Floats]:
        """Recipient, made, read (NaN: not yet) of notices at least 72 hours old."""
        person, made, read = questions.notices(self.scope)
        return person, made, read

    @cached_property
    def technical_help(self) -> list[tuple[Any, ...]]:
        """(person, asked, first answer, solved) of requests that are not about wellbeing or the relationship."""
        rows = HelpRequest.objects.filter(
            programme=self.programme,
            created_at__lte=self.at,
            topic__in=[HelpRequest.Topic.TECHNICAL, HelpRequest.Topic.HOW_TO, HelpRequest.Topic.OTHER],
        )
        return table(rows, "person_id", "created_at", "first_answer_at", "resolved_at")

    @cached_property
    def how_to_questions(self) -> tuple[Floats, Floats]:
        """Person and moment of requests that ask how something is done here."""
        rows = HelpRequest.objects.filter(
            programme=self.programme, created_at__lte=self.at, topic=HelpRequest.Topic.HOW_TO
        )
        person, at = columns(rows, "person_id", "created_at")
        return person, at

    @cached_property
    def connection_checks(self) -> dict[int, bool]:
        """Person -> whether their latest check passed."""
        rows = ConnectionCheck.objects.filter(questions.whose(self.scope), checked_at__lte=self.at).order_by(
            "checked_at"
        )
        return dict(table(rows, "person_id", "passed"))

    @cached_property
    def named_groups(self) -> list[tuple[Any, ...]]:
        """(person, question, answer) of everybody enrolled who said to which named group they belong."""
        rows = GroupLabel.objects.filter(enrolment__programme=self.programme)
        return table(rows, "enrolment__person_id", "group", "label")

    @cached_property
    def forms_wished(self) -> dict[int, list[str]]:
        """Enrolment -> the forms of mentoring that suit this person, of those who chose any."""
        rows = MoreAnswers.objects.filter(enrolment__programme=self.programme).exclude(forms=[])
        return dict(table(rows, "enrolment_id", "forms"))

    @cached_property
    def health_checks(self) -> tuple[int, int]:
        """Minutes with a passed check of the whole platform, and minutes."""
        return health_checks(self.scope)

    @cached_property
    def deliveries(self) -> tuple[int, int]:
        """Messages that reached all devices which were there within five seconds, and messages looked at."""
        return deliveries(self.scope)

    @cached_property
    def page_times(self) -> dict[float, int]:
        """Milliseconds -> how many pages of people of the institution took so long."""
        return page_times_of(self.scope)

    @cached_property
    def outcome(self) -> tuple[Floats, Floats] | None:
        """What people scored on the programme's outcome scale before and after."""
        return outcome(self.scope)

    @cached_property
    def milestones(self) -> list[tuple[Any, ...]]:
        return table(Milestone.objects.filter(programme=self.programme, due_on__lte=self.today), "due_on", "met_at")

    @cached_property
    def alerts(self) -> list[tuple[Any, ...]]:
        """Of those that need a look for seven days or longer: since when, and when somebody first did something since."""
        rows = Alert.objects.filter(
            relationship__programme=self.programme, needs_look_since__lte=self.at - timedelta(days=7)
        )
        return table(rows, "needs_look_since", "looked_at")
