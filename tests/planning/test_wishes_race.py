"""Two tabs change one list of wishes: none of the wishes is lost, and nobody meets an error. With a control without the lock."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction

from mentoring.planning import services
from mentoring.planning.models import Enrolment, Wish
from mentoring.planning.services import answers
from tests.factories import EnrolmentFactory

ROUNDS = 6


def wishes_after_four_at_once() -> list[int]:
    """The ranks that stand after four wishes at the same moment."""
    mine = EnrolmentFactory()
    mentors = [EnrolmentFactory(mentor=True, programme=mine.programme) for _ in range(4)]
    start = Barrier(len(mentors))

    def wish(mentor: Enrolment) -> None:
        try:
            with transaction.atomic():
                Enrolment.objects.exists()  # the connection is open before the race begins
                start.wait(60)
                services.wish(mine, mentor.pk)
        except IntegrityError:
            pass
        finally:
            connection.close()

    with ThreadPoolExecutor(len(mentors)) as pool:
        list(pool.map(wish, mentors))
    return sorted(Wish.objects.filter(enrolment=mine).values_list("rank", flat=True))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_wishes_made_at_once_all_find_their_place(monkeypatch):
    if connection.vendor != "postgresql":
        pytest.skip("only PostgreSQL has real concurrency")
    assert [wishes_after_four_at_once() for _ in range(ROUNDS)] == [[1, 2, 3, 4]] * ROUNDS

    unlocked = lambda mine: list(mine.wishes.order_by("rank").values_list("wished_id", flat=True))  # noqa: E731
    monkeypatch.setattr(answers, "_ranked", unlocked)
    assert [wishes_after_four_at_once() for _ in range(ROUNDS)] != [[1, 2, 3, 4]] * ROUNDS
