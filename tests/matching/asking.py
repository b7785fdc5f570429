"""A programme in which mentees ask, for the tests of requests."""

from dataclasses import dataclass

from mentoring.matching.models import Request
from mentoring.matching.services import choose_mentor, send_first
from mentoring.planning.models import Enrolment, Programme
from tests.factories import NOW
from tests.matching.programmes import Ready, ready_programme

WORDS = "You work on what I want to learn."


def asking_programme(mentees: int = 2, mentors: int = 3, places: int = 1, **fields: object) -> Ready:
    """Ready mentees and mentors; everybody may ask everybody."""
    ready = ready_programme(mentees, mentors, places)
    changed = {"matched_by": Programme.MatchedBy.REQUESTS, **fields}
    Programme.objects.filter(pk=ready.programme.pk).update(**changed)
    for row in (ready.programme, *(enrolment.programme for enrolment in (*ready.mentees, *ready.mentors))):
        row.refresh_from_db()
    return ready


@dataclass
class Asked:
    ready: Ready
    mentee: Enrolment
    first: Request
    second: Request


def choose(mentee: Enrolment, *mentors: Enrolment, at=NOW) -> list[Request]:
    return [choose_mentor(mentee, mentor, message=WORDS, at=at) for mentor in mentors]


def asked(**fields: object) -> Asked:
    """The first mentee has asked the first mentor; the second mentor is next in line."""
    ready = asking_programme(**fields)
    mentee = ready.mentees[0]
    first, second = choose(mentee, *ready.mentors[:2])
    send_first(mentee, at=NOW)
    for row in (first, second):
        row.refresh_from_db()
    return Asked(ready, mentee, first, second)
