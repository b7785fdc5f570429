"""Fifty mentees' requests accepted at once for one place, and two people who decide at the same moment. PostgreSQL only."""

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import connection, connections

from core.errors import DomainError
from mentoring.matching import services
from mentoring.matching.models import Request
from mentoring.planning.models import Enrolment, Programme
from mentoring.relationships.models import Relationship
from tests.factories import NOW, CoordinationFactory, EnrolmentFactory, RequestFactory

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL shows the race"),
]
COMPETITORS = 50
FEW = 10  # enough to overbook
SOON = 60  # seconds until a thread that waits for the others has waited in vain
Status = Request.Status


def at_once(acts: Sequence[Callable[[], object]]) -> list[object]:
    """Do each in its own thread and connection, all released together; returns what each gave, refusals as None."""
    gate = threading.Barrier(len(acts))
    results: list[object] = [None] * len(acts)
    broken: list[BaseException] = []

    def run(place: int) -> None:
        try:
            with connection.cursor() as cursor:  # fifty wait for one another here, however long a slow machine takes
                cursor.execute("SET lock_timeout = 0")
            gate.wait(SOON)
            with suppress(DomainError):
                results[place] = acts[place]()
        except BaseException as error:
            broken.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[place]) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert broken == []
    return results


def rivals(n: int) -> list[Request]:
    """Requests of n mentees to one mentor with one place."""
    programme = CoordinationFactory(programme__matched_by=Programme.MatchedBy.REQUESTS).programme
    mentor = EnrolmentFactory(programme=programme, mentor=True, capacity=1, free_places=1)
    return [
        RequestFactory(programme=programme, mentor=mentor, mentee=EnrolmentFactory(programme=programme))
        for _ in range(n)
    ]


def accept(request: Request) -> Callable[[], object]:
    return lambda: services.accept_request(request, by=request.mentor.person, at=NOW)


def test_of_fifty_accepts_for_one_place_exactly_one_succeeds(run_jobs):
    requests = rivals(COMPETITORS)

    results = at_once([accept(request) for request in requests])

    assert sum(result is not None for result in results) == 1
    assert Relationship.objects.count() == 1
    assert Enrolment.objects.get(pk=requests[0].mentor_id).free_places == 0
    assert Request.objects.filter(status=Status.ACCEPTED).count() == 1
    assert Request.objects.open().count() == COMPETITORS - 1
    run_jobs()
    assert Request.objects.filter(superseded_because=Request.SupersededBecause.MENTOR_FULL).count() == COMPETITORS - 1


def test_without_the_guard_accepts_overbook(monkeypatch):
    """The control: reading first and writing later, as the guard does not."""
    requests = rivals(FEW)
    all_have_read = threading.Barrier(FEW)

    def careless(enrolment: Enrolment) -> None:
        if enrolment.role == Enrolment.Role.MENTOR:
            free = Enrolment.objects.get(pk=enrolment.pk).free_places
            all_have_read.wait(SOON)
            assert free > 0
            Enrolment.objects.filter(pk=enrolment.pk).update(free_places=free - 1)

    monkeypatch.setattr("mentoring.relationships.services.relationship.take_place", careless)
    at_once([accept(request) for request in requests])

    assert Relationship.objects.count() == FEW


@pytest.mark.parametrize("turn", range(5))
def test_one_request_accepted_twice_at_once_begins_once(turn):
    (request,) = rivals(1)
    at_once([accept(Request.objects.get(pk=request.pk)) for _ in range(4)])
    assert Relationship.objects.count() == 1


def taken_back(request: Request) -> Callable[[], object]:
    return lambda: services.withdraw_request(request, by=request.mentee.person, at=NOW)


def run_out(request: Request) -> Callable[[], object]:
    return lambda: services.expire_request(request, at=NOW + timedelta(days=30))


def declined(request: Request) -> Callable[[], object]:
    return lambda: services.decline_request(
        request, reason="other", words="", by=request.mentor.person, at=NOW, and_pause=True
    )


@pytest.mark.parametrize("turn", range(5))
@pytest.mark.parametrize("other", [taken_back, run_out, declined])
def test_accepting_and_its_opposite_at_once_leave_one_truth(other, turn):
    (request,) = rivals(1)
    acts = [accept(request), other(Request.objects.for_rows().get(pk=request.pk))]
    at_once(acts if turn % 2 else acts[::-1])
    request.refresh_from_db()
    began = Relationship.objects.count()
    assert began == (request.status == Status.ACCEPTED)
    assert Enrolment.objects.get(pk=request.mentor_id).free_places == 1 - began
    assert Enrolment.objects.get(pk=request.mentee_id).free_places == 1 - began


def test_declining_some_and_accepting_others_with_pauses_and_places_neither_hangs_nor_overbooks():
    requests = rivals(12)
    mentor = requests[0].mentor

    def more_places(request: Request) -> Callable[[], object]:
        return lambda: services.accept_request(request, by=mentor.person, at=NOW, capacity=3)

    kinds = (accept, more_places, declined, taken_back)
    at_once([kinds[place % 4](Request.objects.for_rows().get(pk=row.pk)) for place, row in enumerate(requests)])

    mentor.refresh_from_db()
    assert (
        Relationship.objects.count()
        == mentor.capacity - mentor.free_places
        == Request.objects.filter(status=Status.ACCEPTED).count()
    )


def test_the_next_choice_is_asked_once_by_many_jobs_at_once():
    (request,) = rivals(1)
    following = RequestFactory(
        programme=request.programme,
        mentee=request.mentee,
        mentor=EnrolmentFactory(programme=request.programme, mentor=True),
        rank=2,
        draft=True,
    )
    services.expire_request(request, at=NOW + timedelta(days=30))
    rows = [Request.objects.for_rows().get(pk=request.pk) for _ in range(8)]
    results = at_once([lambda row=row: services.ask_next(row, at=NOW) for row in rows])
    assert [result for result in results if result is not None] == [following]
    assert Request.objects.open().count() == 1
