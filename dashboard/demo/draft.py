"""The programme that is still open: what its people added for matching, and a draft that waits to be looked at."""

from dataclasses import asdict
from datetime import datetime
from random import Random

from accounts.models import User
from mentoring.matching.engine import Rules, Weights
from mentoring.matching.models import MatchRun
from mentoring.matching.services import compute_run
from mentoring.planning.models import (
    MORE_QUESTIONS,
    Channel,
    Enrolment,
    EnrolmentConcept,
    GroupLabel,
    Interest,
    MoreAnswers,
    Programme,
)
from mentoring.planning.questions import KINDS_OF_HELP, STATEMENTS

ASKED = [question for question in MORE_QUESTIONS if question not in ("unit", "gender")]
GROUP = "First in the family at a university · نخستین دانشجوی خانواده"
FIRST, NOT_FIRST = "Yes · بله", "No · خیر"
ANSWERING = 0.85
"""Share of the people who add anything, and of the wishes that are wishes only."""


def plant_more(programme: Programme, enrolments: list[Enrolment], *, rng: Random) -> None:
    """The optional questions, most of them answered, and a named group for the fairness of runs."""
    programme.asked |= {"more_mentor": ASKED, "more_mentee": ASKED}
    plant_groups(programme, [row for row in enrolments if row.role == Enrolment.Role.MENTEE])
    told = [row for row in enrolments if rng.random() < ANSWERING]
    MoreAnswers.objects.bulk_create((_answers(row, rng) for row in told), batch_size=500)
    wanted = EnrolmentConcept.objects.filter(enrolment__in=told, kind=EnrolmentConcept.Kind.WANTED, level=5)
    must = [pk for pk in wanted.order_by("pk").values_list("pk", flat=True) if rng.random() > ANSWERING]
    EnrolmentConcept.objects.filter(pk__in=must).update(must=True)


def plant_groups(programme: Programme, enrolments: list[Enrolment]) -> None:
    """A question for a named group, answered by these people."""
    programme.asked |= {"groups": {GROUP: [FIRST, NOT_FIRST]}}
    programme.save(update_fields=["asked"])
    GroupLabel.objects.bulk_create(
        (
            GroupLabel(enrolment=row, group=GROUP, label=FIRST if number % 2 else NOT_FIRST)
            for number, row in enumerate(enrolments)
        ),
        batch_size=500,
    )


def plant_forms(programme: Programme, enrolments: list[Enrolment]) -> None:
    """Which forms of mentoring would suit people who have said nothing else; one in five would rather be in a circle."""
    programme.asked |= {"more_mentor": ["forms"], "more_mentee": ["forms"]}
    programme.save(update_fields=["asked"])
    MoreAnswers.objects.bulk_create(
        (MoreAnswers(enrolment=row, forms=_forms(number)) for number, row in enumerate(enrolments)), batch_size=500
    )


def _forms(number: int) -> list[str]:
    one, circle = Programme.Format.ONE_TO_ONE.value, Programme.Format.CIRCLE.value
    return [[one], [one, circle], [circle], [one], [one, circle]][number % 5]


def _answers(enrolment: Enrolment, rng: Random) -> MoreAnswers:
    return MoreAnswers(
        enrolment=enrolment,
        language_levels={
            code: 6 if code == enrolment.person.language else rng.randint(3, 5) for code in enrolment.languages
        },
        kinds={kind: rng.randint(2, 5) for kind in rng.sample(sorted(KINDS_OF_HELP), 3)},
        interests=rng.sample(Interest.values, 3),
        style={statement: rng.randint(1, 4) for statement in STATEMENTS},
        channels=rng.sample(Channel.values, 2),
        forms=_forms(enrolment.pk),
    )


def plant_draft(programme: Programme, *, by: User, at: datetime) -> None:
    """A run by the real engine, computed and not yet looked at."""
    run = MatchRun.objects.create(
        programme=programme, weights=asdict(Weights()), rules=asdict(Rules()), started_by=by, created_at=at
    )
    compute_run(run, at=at)
