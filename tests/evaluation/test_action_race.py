"""Coordinators take up the same idea at the same moment. PostgreSQL only."""

import threading

import pytest
from django.db import connection, connections
from django.utils import timezone

from evaluation.actions import library
from evaluation.models import Action
from evaluation.services import ActionIsUnderWay, accept_action
from tests.factories import NOW, CoordinationFactory

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL shows the race"),
]


def test_coordinators_at_once_take_up_an_idea_once_and_the_others_are_told():
    first = CoordinationFactory()
    everybody = [first, *(CoordinationFactory(programme=first.programme) for _ in range(5))]
    gate, told = threading.Barrier(len(everybody)), []

    def accept(who):
        try:
            Action.objects.exists()  # its connection is open before all begin
            gate.wait(60)
            accept_action(
                first.programme, library()["goal-talk"], person=who, due_on=timezone.localdate(NOW), by=who, at=NOW
            )
            told.append("taken up")
        except ActionIsUnderWay:
            told.append("under way")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=accept, args=[each.person]) for each in everybody]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(told) == ["taken up", *["under way"] * 5]
    assert Action.objects.count() == 1
