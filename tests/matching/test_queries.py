"""The pool holds the right people, their weeks in one clock, and pairs that must not be."""

from datetime import date

import numpy as np
import pytest

from accounts.models import User
from mentoring.matching.engine import Rules, Weights, explain
from mentoring.matching.models import BlockedPair
from mentoring.matching.queries import load_pool
from mentoring.planning.models import Enrolment, Never, Programme, Wish
from tests.factories import NOW, EnrolmentFactory, RelationshipFactory
from tests.matching.programmes import free_on, ready_programme

pytestmark = pytest.mark.django_db


def overlap(ready) -> int:
    pool = load_pool(ready.programme)
    pair = [(ready.mentees[0].pk, ready.mentors[0].pk)]
    return explain(pool.cohort, Rules(), Weights(), np.array(pair))[0].overlap_minutes


def test_only_ready_mentees_without_a_mentor_and_ready_mentors_are_in_the_pool():
    ready = ready_programme(1, 1)
    programme = ready.programme
    EnrolmentFactory(programme=programme, status=Enrolment.Status.PAUSED)
    EnrolmentFactory(programme=programme, free_places=0)
    full = EnrolmentFactory(programme=programme, mentor=True, free_places=0)
    EnrolmentFactory()

    assert set(load_pool(programme).people) == {ready.mentees[0].pk, ready.mentors[0].pk, full.pk}


def test_hopes_and_what_people_say_of_themselves_are_compared_however_they_are_typed():
    ready = ready_programme(1, 1)
    mentee, mentor = ready.mentees[0], ready.mentors[0]
    Enrolment.objects.filter(pk=mentee.pk).update(goals="نوشتن پایان‌نامهٔ ارشد", headline="دانشجو")
    Enrolment.objects.filter(pk=mentor.pk).update(goals="", headline="پژوهشگر")
    User.objects.filter(pk=mentor.person_id).update(about="نوشتن پايان نامه ارشد")

    cohort = load_pool(ready.programme).cohort

    assert cohort.mentees.texts == ("نوشتن پایان‌نامهٔ ارشد",)
    assert cohort.mentors.texts == ("پژوهشگر نوشتن پايان نامه ارشد",)
    (story,) = explain(cohort, Rules(), Weights.from_parts(goals=1), [(mentee.pk, mentor.pk)])
    assert story.score > 9_000


@pytest.mark.parametrize(("zone", "minutes"), [("UTC", 120), ("Asia/Tehran", 0), ("Europe/Berlin", 60)])
def test_weeks_are_compared_in_one_clock(zone, minutes):
    ready = ready_programme(1, 1)
    Programme.objects.filter(pk=ready.programme.pk).update(starts_on=date(2026, 11, 2))
    ready.programme.refresh_from_db()
    ready.mentors[0].person.time_zone = zone
    ready.mentors[0].person.save()
    free_on(ready.mentees[0], 1, 9 * 60, 11 * 60)
    free_on(ready.mentors[0], 1, 9 * 60, 11 * 60)

    assert overlap(ready) == minutes


def test_summer_time_counts_as_on_the_first_week_of_the_programme():
    ready = ready_programme(1, 1)
    ready.mentors[0].person.time_zone = "Europe/Berlin"
    ready.mentors[0].person.save()
    free_on(ready.mentees[0], 1, 9 * 60, 10 * 60)
    free_on(ready.mentors[0], 1, 11 * 60, 12 * 60)

    assert overlap(ready) == 60


def test_a_week_wraps_round_from_sunday_night_to_monday():
    ready = ready_programme(1, 1)
    ready.mentors[0].person.time_zone = "Asia/Tehran"
    ready.mentors[0].person.save()
    free_on(ready.mentees[0], 6, 22 * 60, 24 * 60)
    free_on(ready.mentors[0], 0, 0, 3 * 60)

    assert overlap(ready) == 90


def test_pairs_that_must_not_be_come_from_every_side():
    ready = ready_programme(4, 1)
    mentor = ready.mentors[0]
    Never.objects.create(enrolment=ready.mentees[0], other=mentor)
    Never.objects.create(enrolment=mentor, other=ready.mentees[1])
    BlockedPair.objects.create(programme=ready.programme, mentor=mentor, mentee=ready.mentees[2], created_at=NOW)
    RelationshipFactory(mentor=mentor, mentee=ready.mentees[3])

    forbidden = load_pool(ready.programme).cohort.forbidden
    assert {tuple(row) for row in forbidden["never"]} == {(e.pk, mentor.pk) for e in ready.mentees[:2]}
    assert {tuple(row) for row in forbidden["blocked"]} == {(e.pk, mentor.pk) for e in ready.mentees[2:]}


def test_a_person_who_is_mentor_and_mentee_is_never_matched_with_herself():
    ready = ready_programme(1, 1)
    twin = EnrolmentFactory(programme=ready.programme, mentor=True, person=ready.mentees[0].person)
    assert (ready.mentees[0].pk, twin.pk) in {tuple(r) for r in load_pool(ready.programme).cohort.forbidden["blocked"]}


def test_wishes_of_both_sides_are_told_apart():
    ready = ready_programme(1, 1)
    mentee, mentor = ready.mentees[0], ready.mentors[0]
    Wish.objects.create(enrolment=mentee, wished=mentor, rank=1)
    Wish.objects.create(enrolment=mentor, wished=mentee, rank=2)
    cohort = load_pool(ready.programme).cohort
    assert cohort.mentee_wishes.tolist() == [[mentee.pk, mentor.pk, 1]]
    assert cohort.mentor_wishes.tolist() == [[mentee.pk, mentor.pk, 2]]


@pytest.mark.once
def test_the_number_of_queries_does_not_grow_with_the_people(django_assert_num_queries):
    small, large = ready_programme(1, 1).programme, ready_programme(4, 3).programme
    with django_assert_num_queries(15):
        load_pool(small)
    with django_assert_num_queries(15):
        load_pool(large)
