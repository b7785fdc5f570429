"""Who may match: the coordinators of the programme. Who may ask and answer: the mentee and the mentor of a request."""

import rules

from accounts.models import User
from mentoring.matching.models import MatchRun, Pair, Request
from mentoring.planning.models import Enrolment, Programme


@rules.predicate
def coordinates(user: User, row: Programme | MatchRun | Pair | None) -> bool:
    if isinstance(row, Pair):
        row = row.run
    programme = row.programme if isinstance(row, MatchRun) else row
    return programme is not None and programme.coordinations.filter(person=user).exists()


def may_ask(mentee: Enrolment) -> bool:
    """Ready, without a mentor, and in a programme where mentees ask."""
    is_waiting = mentee.status == Enrolment.Status.READY and mentee.free_places > 0
    return not mentee.is_mentor and is_waiting and mentee.programme.takes_requests


@rules.predicate
def is_mentee_of(user: User, request: Request) -> bool:
    return request.mentee.person_id == user.pk


@rules.predicate
def is_mentor_of(user: User, request: Request) -> bool:
    return request.mentor.person_id == user.pk


rules.add_perm("matching.run", coordinates)
rules.add_perm("matching.review", coordinates)
rules.add_perm("matching.publish", coordinates)
rules.add_perm("matching.ask", is_mentee_of)
rules.add_perm("matching.answer_request", is_mentor_of)
