"""A stored run can be asked again long afterwards, as if it had just been computed."""

import pytest

from mentoring.matching.engine import Standing, Table, fair_mentors, match, why_not
from mentoring.matching.models import Pair
from mentoring.matching.queries import load_pool
from mentoring.matching.services import approve_all, publish_run, reject_pair
from mentoring.matching.standing import ask
from tests.factories import NOW, EnrolmentFactory
from tests.matching.programmes import EASY, ready_programme, staged

pytestmark = pytest.mark.django_db


def test_a_stored_run_answers_like_the_run_that_was_just_computed():
    ready = ready_programme(4, 2, places=1)
    run = staged(ready)
    pool = load_pool(ready.programme)
    fresh = Standing.from_result(match(pool.cohort, rules=EASY, seed=1))

    asked = ask(run)

    pairs = [(mentee.pk, mentor.pk) for mentee in ready.mentees for mentor in ready.mentors]
    table = Table(pool.cohort, EASY)
    told = [why_not(asked.table, asked.standing, *pair) for pair in pairs]
    assert told == [why_not(table, fresh, *pair) for pair in pairs]
    assert {answer.kind for answer in told} == {"together", "full", "lower"}


def test_places_that_this_run_has_filled_still_count_as_its_own(run_jobs):
    ready = ready_programme(3, 2, places=1)
    run = staged(ready)
    before = why_not(ask(run).table, ask(run).standing, ready.mentees[2].pk, ready.mentors[0].pk)
    approve_all(run, by=ready.coordinator, at=NOW)
    publish_run(run, by=ready.coordinator, at=NOW)
    run_jobs()

    asked = ask(run)

    assert why_not(asked.table, asked.standing, ready.mentees[2].pk, ready.mentors[0].pk) == before
    assert before.kind == "full"
    assert asked.standing.free_places(ready.mentors[0].pk) == 0


def test_who_came_after_the_run_is_asked_about_like_everybody():
    ready = ready_programme(2, 2, places=1)
    run = staged(ready)
    reject_pair(run.pairs.get(mentee=ready.mentees[0]), reason="x", by=ready.coordinator, at=NOW)
    newcomer = EnrolmentFactory(programme=ready.programme, languages=["fa"])
    new_mentor = EnrolmentFactory(programme=ready.programme, mentor=True, free_places=2, languages=["fa"])

    asked = ask(run)

    free = {row.mentor: row.free for row in fair_mentors(asked.table, asked.standing, newcomer.pk)}
    assert free == {ready.mentors[0].pk: 1, ready.mentors[1].pk: 0, new_mentor.pk: 2}


@pytest.mark.once
def test_asking_takes_the_same_queries_whatever_the_size(django_assert_max_num_queries):
    counts = []
    for size in (1, 6):
        run = staged(ready_programme(size, size))
        assert Pair.objects.filter(run=run).count() == size
        with django_assert_max_num_queries(20) as queries:
            ask(run)
        counts.append(len(queries))
    assert counts[0] == counts[1]
