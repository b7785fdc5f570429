"""Two can never take the last place: proved on PostgreSQL, with a control in which the guard is off."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction

from mentoring.planning.models import Enrolment
from mentoring.planning.services import NoFreePlace, PlacesTaken, give_back_place, set_capacity, take_place
from tests.factories import EnrolmentFactory

TAKERS, ROUNDS = 8, 6


@pytest.mark.django_db
def test_a_place_is_counted_down_and_given_back_but_never_beyond_what_there_is():
    mentor = EnrolmentFactory(mentor=True)

    take_place(mentor)
    take_place(mentor)
    with pytest.raises(NoFreePlace):
        take_place(mentor)
    for _ in range(3):
        give_back_place(mentor)

    mentor.refresh_from_db()
    assert (mentor.free_places, mentor.capacity) == (2, 2)


@pytest.mark.django_db
def test_capacity_changes_only_what_is_free():
    mentor = EnrolmentFactory(mentor=True)
    take_place(mentor)

    set_capacity(mentor, 5)
    assert (mentor.free_places, mentor.capacity) == (4, 5)
    set_capacity(mentor, 1)
    assert (mentor.free_places, mentor.capacity) == (0, 1)
    with pytest.raises(PlacesTaken):
        set_capacity(mentor, 0)


def naive_take(mentor: Enrolment) -> None:
    """The control: look, then write what was seen less one."""
    with transaction.atomic():
        seen = Enrolment.objects.get(pk=mentor.pk).free_places
        if seen < 1:
            raise NoFreePlace
        Enrolment.objects.filter(pk=mentor.pk).update(free_places=seen - 1)


def winners_of_the_last_place(take) -> int:
    mentor = EnrolmentFactory(mentor=True, capacity=1, free_places=1)
    start = Barrier(TAKERS)

    def try_it() -> bool:
        try:
            with transaction.atomic():
                Enrolment.objects.exists()  # the connection is open before the race begins
                start.wait(60)
            take(mentor)
        except NoFreePlace:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(TAKERS) as pool:
        return sum(f.result() for f in [pool.submit(try_it) for _ in range(TAKERS)])


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_many_who_take_the_last_place_at_once_one_gets_it_and_without_the_guard_more_do():
    if connection.vendor != "postgresql":
        pytest.skip("only PostgreSQL can show it")

    assert [winners_of_the_last_place(take_place) for _ in range(ROUNDS)] == [1] * ROUNDS
    assert max(winners_of_the_last_place(naive_take) for _ in range(ROUNDS)) > 1
