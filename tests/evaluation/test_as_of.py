"""A report of an earlier day tells nothing that was not known on that day."""

from datetime import timedelta

import pytest
from django.utils import timezone

from evaluation.actions import library
from evaluation.models import Alert
from evaluation.reporting import report_content
from evaluation.services import accept_action, finish_action, recompute
from tests.evaluation.living import pairs, talk
from tests.evaluation.test_upstream import stand, studied
from tests.factories import NOW, CoordinationFactory, ProgrammeFactory

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate(NOW)
LATER = NOW + timedelta(days=40)


def lines(programme, title, *, until=TODAY):
    content = report_content(programme, kind="brief", language="en", at=LATER, until=until)
    return next(part["lines"] for part in content["parts"] if part["title"] == title)


def test_what_an_action_did_is_told_from_the_day_on_which_it_was_read_again():
    coordination = CoordinationFactory()
    programme, by = coordination.programme, coordination.person
    for each in pairs(programme, 5):
        talk(each)
    recompute(programme, at=NOW)
    idea = library()["answer-even-short"]
    finish_action(accept_action(programme, idea, person=by, due_on=TODAY, by=by, at=NOW), by=by, at=NOW)
    read_on = TODAY + timedelta(days=28)
    recompute(programme, at=NOW + timedelta(days=28))

    [then] = lines(programme, "What was done")
    now = lines(programme, "What was done", until=read_on)[-1]

    assert then.endswith("read again from 20 December 2026 on")
    assert "hoped for" in now


def test_what_a_study_found_later_orders_nothing_in_a_report_of_before():
    programme = ProgrammeFactory()
    stand(programme, skills_training=10, planning_structure=50)
    studied(programme, ["skills.training", -0.4, -0.5, -0.3], at=NOW + timedelta(days=1))

    then = lines(programme, "What goes with it earlier on")
    now = lines(programme, "What goes with it earlier on", until=None)

    assert [line.endswith("of 100") for line in then] == [True, True]
    assert then[0].startswith("Skills training") and "with less of the outcome" in now[1]


def test_what_was_done_while_a_relationship_was_only_watched_is_no_answer_to_its_need():
    programme = ProgrammeFactory()
    for place, each in enumerate(pairs(programme, 5)):
        acted = {"acted_at": NOW, "looked_at": NOW} if place < 2 else {"acted_at": NOW - timedelta(days=9)}
        since = {"raised_at": NOW - timedelta(days=12), "needs_look_since": NOW - timedelta(days=2)}
        Alert.objects.create(relationship=each, level="review", points=6, **since, **acted)

    assert lines(programme, "What was done", until=TODAY) == [
        "5 times a relationship needed a look; an action is recorded for 2 of them."
    ]
