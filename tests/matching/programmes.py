"""A small programme ready to be matched."""

from dataclasses import dataclass

from accounts.models import User
from mentoring.matching.engine import Rules, Weights
from mentoring.matching.models import MatchRun
from mentoring.matching.services import compute_run, start_run
from mentoring.planning.models import Availability, Enrolment, EnrolmentConcept, Programme
from tests.factories import NOW, CoordinationFactory, EnrolmentFactory

EASY = Rules(overlap=False)
WANTED = ["time-management", "thesis-planning", "funding", "exam-preparation"]


@dataclass
class Ready:
    programme: Programme
    coordinator: User
    mentees: list[Enrolment]
    mentors: list[Enrolment]


def ready_programme(mentees: int = 3, mentors: int = 2, places: int = 2) -> Ready:
    """Every mentee wants one skill; mentor k offers what mentee k wants, so that the best pairs are known."""
    coordination = CoordinationFactory()
    programme = coordination.programme
    rows = [EnrolmentFactory(programme=programme, languages=["en", "fa"]) for _ in range(mentees)]
    others = [
        EnrolmentFactory(programme=programme, mentor=True, capacity=places, free_places=places, languages=["fa"])
        for _ in range(mentors)
    ]
    for kind, people in (("wanted", rows), ("offered", others)):
        for k, enrolment in enumerate(people):
            EnrolmentConcept.objects.create(enrolment=enrolment, concept=WANTED[k % 4], kind=kind, level=5)
    return Ready(programme, coordination.person, rows, others)


def free_on(enrolment: Enrolment, weekday: int, starts: int, ends: int) -> None:
    Availability.objects.create(person=enrolment.person, weekday=weekday, starts=starts, ends=ends)


def started(ready: Ready, **more) -> MatchRun:
    settings = {"rules": EASY, "weights": Weights(), "objective": "most", "seed": 1, **more}
    return start_run(ready.programme, **settings, by=ready.coordinator, at=NOW)


def staged(ready: Ready, **more) -> MatchRun:
    """A finished draft."""
    run = started(ready, **more)
    compute_run(run, at=NOW)
    run.refresh_from_db()
    return run
