"""Two coordinators work on one draft at the same moment: what they decide comes one after the other. PostgreSQL only."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection, connections

from core.errors import DomainError
from mentoring.matching.models import MatchRun, Pair
from mentoring.matching.services import approve_pair, assign_mentor, journal, reject_pair, review, undo
from mentoring.matching.services.journal import NotTheLatest, latest
from mentoring.matching.services.review import MentorFullHere
from tests.factories import NOW
from tests.matching.programmes import ready_programme, staged

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL shows the race"),
]


def at_once(*acts: Callable[[], object]) -> list[type | None]:
    """Each act in its own thread and connection, all released together; how each was refused, None where it was not."""
    gate, outcomes = threading.Barrier(len(acts)), [None] * len(acts)

    def act(place: int) -> None:
        try:
            gate.wait(60)
            acts[place]()
        except DomainError as refused:
            outcomes[place] = type(refused)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=act, args=[place]) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def pair_of(run: MatchRun, mentee) -> Pair:
    return Pair.objects.for_rows().get(run=run, mentee=mentee)


def test_one_decision_undone_by_two_at_once_is_undone_once_and_the_one_before_stands():
    ready = ready_programme(2, 2, places=1)
    run, here = staged(ready), {"by": ready.coordinator, "at": NOW}
    for mentee in ready.mentees:
        approve_pair(pair_of(run, mentee), **here)
    step = latest(run)

    outcomes = at_once(*[lambda: undo(type(step).objects.get(pk=step.pk), **here)] * 2)

    assert set(outcomes) == {None, NotTheLatest}
    assert list(run.pairs.order_by("mentee").values_list("status", flat=True)) == ["approved", "proposed"]


def test_an_approval_beside_an_undo_either_comes_after_it_or_is_in_its_way():
    ready = ready_programme(2, 2, places=1)
    run, here = staged(ready), {"by": ready.coordinator, "at": NOW}
    one, two = (pair_of(run, mentee) for mentee in ready.mentees)
    approve_pair(one, **here)
    step = latest(run)

    undone, approved = at_once(lambda: undo(step, **here), lambda: approve_pair(two, **here))

    standing = {each.mentee_id for each in run.steps.standing()}
    assert approved is None and undone in (None, NotTheLatest)
    assert set(run.pairs.filter(status="approved").values_list("mentee", flat=True)) == standing
    assert (one.mentee_id in standing) == (undone is NotTheLatest)


def one_place_for_two():
    """Two mentees without a mentor and one mentor with one place, in a draft."""
    ready = ready_programme(2, 1, places=1)
    run, here = staged(ready), {"by": ready.coordinator, "at": NOW}
    for pair in Pair.objects.for_rows().filter(run=run):
        reject_pair(pair, reason="x", **here)
    run.programme.blocked_pairs.all().delete()
    return run, [
        lambda mentee=mentee: assign_mentor(run, mentee=mentee, mentor=ready.mentors[0], **here)
        for mentee in ready.mentees
    ]


def test_the_last_place_of_a_draft_is_given_once():
    run, acts = one_place_for_two()
    assert set(at_once(*acts)) == {None, MentorFullHere}
    assert run.pairs.exclude(status="rejected").count() == 1


def test_without_the_lock_of_the_draft_the_last_place_is_given_twice(monkeypatch):
    """The control: without the lock both count before either has written."""
    run, acts = one_place_for_two()
    both_have_counted, real = threading.Barrier(2), review.propose

    def slowly(*args, **kwargs):
        both_have_counted.wait(60)
        return real(*args, **kwargs)

    monkeypatch.setattr(journal, "lock_review", lambda run: None)
    monkeypatch.setattr(review, "propose", slowly)
    assert at_once(*acts) == [None, None]
    assert run.pairs.exclude(status="rejected").count() == 2
