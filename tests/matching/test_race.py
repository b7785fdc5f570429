"""Two coordinators publish for the last free place at the same moment: one relationship begins. PostgreSQL only."""

import threading
from collections.abc import Callable
from contextlib import suppress

import pytest
from django.db import connection, connections

from core.errors import DomainError
from mentoring.matching.models import Pair
from mentoring.matching.services import approve_all, publish_pair
from mentoring.planning.models import Enrolment
from mentoring.relationships.models import Relationship
from mentoring.relationships.services import start_relationship
from tests.factories import NOW
from tests.matching.programmes import ready_programme, staged

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL shows the race"),
]
COMPETITORS = 4
SOON = 60  # seconds until a thread that waits for the others has waited in vain


def publish(pair: Pair) -> None:
    publish_pair(pair, by=None, at=NOW)


def at_once(pairs: list[Pair], act: Callable[[Pair], None] = publish) -> None:
    """Each pair in its own thread and connection, all released together."""
    gate = threading.Barrier(len(pairs))

    def released(pair: Pair) -> None:
        try:
            gate.wait(SOON)
            with suppress(DomainError):
                act(pair)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=released, args=[pair]) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def competing_pairs() -> list[Pair]:
    """Approved pairs of different mentees for one mentor, who has one place left when they are published."""
    ready = ready_programme(COMPETITORS, 1, places=COMPETITORS)
    run = staged(ready)
    approve_all(run, by=ready.coordinator, at=NOW)
    Enrolment.objects.filter(pk=ready.mentors[0].pk).update(free_places=1)
    return list(Pair.objects.for_rows().order_by("pk"))


def test_the_last_free_place_is_taken_once():
    pairs = competing_pairs()
    at_once(pairs)
    assert Relationship.objects.count() == 1
    assert Pair.objects.filter(status=Pair.Status.PUBLISHED).count() == 1
    assert Enrolment.objects.get(pk=pairs[0].mentor_id).free_places == 0


def test_one_pair_published_by_several_at_once_begins_once():
    pair = competing_pairs()[0]
    at_once([Pair.objects.for_rows().get(pk=pair.pk) for _ in range(COMPETITORS)])
    assert Relationship.objects.count() == 1


def test_without_the_guard_the_place_is_taken_twice(monkeypatch):
    """The control: reading first and writing later, as the guard does not, overbooks."""
    pairs = competing_pairs()
    all_have_read = threading.Barrier(COMPETITORS)

    def careless(enrolment: Enrolment) -> None:
        if enrolment.role == Enrolment.Role.MENTOR:
            free = Enrolment.objects.get(pk=enrolment.pk).free_places
            all_have_read.wait(SOON)
            assert free > 0
            Enrolment.objects.filter(pk=enrolment.pk).update(free_places=free - 1)

    def begin(pair: Pair) -> None:
        people = {"mentor": pair.mentor, "mentee": pair.mentee}
        start_relationship(pair.run.programme, **people, why={}, score=None, by=None, at=NOW)

    monkeypatch.setattr("mentoring.relationships.services.relationship.take_place", careless)
    at_once(pairs, begin)
    assert Relationship.objects.count() > 1
