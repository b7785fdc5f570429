"""Two workers compute the same programme at the same moment. PostgreSQL only."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, connections

from evaluation.models import Score, UnitScore
from evaluation.services import recompute
from tests.evaluation.living import pairs, talk
from tests.factories import NOW, ProgrammeFactory

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL shows the race"),
]


def test_two_computations_at_once_leave_the_rows_of_one_that_read_later():
    programme = ProgrammeFactory()
    for each in pairs(programme, 3):
        talk(each)
    moments = [NOW + timedelta(seconds=second) for second in range(4)]
    gate, written, faults = threading.Barrier(len(moments)), [], []

    def compute(at):
        try:
            gate.wait(60)
            written.append(recompute(programme, at=at))
        except Exception as fault:
            faults.append(fault)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=compute, args=[at]) for at in moments]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert faults == []
    assert set(Score.objects.values_list("computed_at", flat=True)) == {moments[-1]}
    assert set(UnitScore.objects.values_list("computed_at", flat=True)) == {moments[-1]}
    assert Score.objects.count() + UnitScore.objects.count() == max(written)
