from datetime import timedelta

import pytest

from core.models import Job
from evaluation.models import Answer, Response, Wave
from evaluation.queries.surveys import waves_of
from evaluation.questionnaire import NOT_SHOWN, SKIPPED
from evaluation.services import (
    WaveIsClosed,
    WaveIsNotOpenYet,
    WaveIsOpenAlready,
    announce,
    answer,
    close_wave,
    open_wave,
)
from notifications.models import Notification
from tests.evaluation.living import answered, pair, wave
from tests.factories import NOW, CoordinationFactory, EnrolmentFactory

pytestmark = pytest.mark.django_db


def opened(programme, by, **fields):
    given = {"form": Wave.Form.PULSE, "opens_at": NOW, "closes_at": NOW + timedelta(days=14), "by": by, "at": NOW}
    return open_wave(programme, **(given | fields))


@pytest.fixture
def coordination():
    return CoordinationFactory()


def mentee_of(relationship):
    return relationship.members.get(role="mentee").enrolment


def test_a_wave_gets_the_next_number_and_is_announced_reminded_and_computed(coordination):
    first = opened(coordination.programme, coordination.person)
    second = opened(coordination.programme, coordination.person, form=Wave.Form.SHORT)

    assert (first.number, second.number) == (1, 2)
    names = Job.objects.filter(key__startswith=f"wave:{first.pk}:").values_list("name", flat=True)
    assert sorted(names) == [
        "evaluation.announce_wave", "evaluation.recompute_programme", "evaluation.remind_wave", "evaluation.remind_wave",
    ]  # fmt: skip


def test_the_list_begins_with_what_opened_last(coordination):
    late = opened(coordination.programme, coordination.person)
    early = opened(coordination.programme, coordination.person, form=Wave.Form.SHORT, opens_at=NOW - timedelta(days=9))

    assert list(waves_of(coordination.programme)) == [late, early]


def test_the_same_form_is_open_once_at_a_time(coordination):
    opened(coordination.programme, coordination.person)

    with pytest.raises(WaveIsOpenAlready):
        opened(coordination.programme, coordination.person, opens_at=NOW + timedelta(days=3), closes_at=None)

    later = opened(
        coordination.programme, coordination.person,
        opens_at=NOW + timedelta(days=14), closes_at=NOW + timedelta(days=28),
    )  # fmt: skip
    assert later.number == 2


def test_everybody_is_told_once_and_only_those_who_have_not_answered_are_reminded(coordination):
    each = pair(coordination.programme)
    EnrolmentFactory(programme=coordination.programme, status="rejected")
    pulse = wave(coordination.programme, Wave.Form.PULSE, opened_days_ago=5)

    assert announce(pulse, at=NOW) == 2
    assert announce(pulse, at=NOW) == 0
    answered(pulse, each, "mentee")
    assert announce(pulse, at=NOW, reminder=1) == 1
    assert Notification.objects.count() == 3


def test_a_closed_wave_is_not_announced(coordination):
    pair(coordination.programme)
    pulse = wave(coordination.programme, closes_at=NOW - timedelta(hours=1))

    assert announce(pulse, at=NOW) == 0


def test_closing_twice_closes_once_and_asks_for_the_scores(coordination):
    pulse = wave(coordination.programme)
    for minutes in (0, 5):
        close_wave(Wave.objects.get(pk=pulse.pk), by=coordination.person, at=NOW + timedelta(minutes=minutes))

    pulse.refresh_from_db()
    assert pulse.closes_at == NOW
    assert Job.objects.filter(name="evaluation.recompute_programme").count() == 1


def test_a_wave_that_has_not_begun_is_taken_back(coordination):
    planned = opened(coordination.programme, coordination.person, opens_at=NOW + timedelta(days=1))

    close_wave(planned, by=coordination.person, at=NOW)

    assert not Wave.objects.exists()


def test_answers_are_kept_changed_and_sent(coordination):
    each = pair(coordination.programme)
    pulse = wave(coordination.programme, Wave.Form.PULSE)
    about = {"enrolment": mentee_of(each), "relationship": each, "at": NOW}

    answer(pulse, values={"planning.structure.1": 4}, position=0, **about)
    answer(pulse, values={"planning.structure.1": 2, "unknown.item": 5}, position=1, **about)
    response = answer(pulse, values={}, position=1, finish=True, **about)

    kept = dict(Answer.objects.values_list("item", "value"))
    assert kept.pop("planning.structure.1") == 2
    assert set(kept.values()) == {SKIPPED} and len(kept) == 4
    assert response.submitted_at == NOW


def test_a_sent_response_stays_as_it_is(coordination):
    each = pair(coordination.programme)
    pulse = wave(coordination.programme, Wave.Form.PULSE)
    about = {"enrolment": mentee_of(each), "relationship": each, "position": 1, "finish": True}
    answer(pulse, values={"planning.structure.1": 4}, at=NOW, **about)

    answer(pulse, values={"planning.structure.1": 1}, at=NOW + timedelta(minutes=1), **about)

    assert Answer.objects.get(item="planning.structure.1").value == 4
    assert Response.objects.get().submitted_at == NOW


def test_what_was_not_asked_is_recorded_as_not_shown(coordination):
    alone = EnrolmentFactory(programme=coordination.programme)
    pulse = wave(coordination.programme, Wave.Form.PULSE)

    answer(
        pulse, enrolment=alone, relationship=None, values={"planning.structure.1": 5}, position=1, finish=True, at=NOW
    )

    kept = dict(Answer.objects.values_list("item", "value"))
    assert kept["support.satisfaction.1"] == kept["relationships.communication.1"] == NOT_SHOWN
    assert kept["infrastructure.stable.1"] == SKIPPED


def test_answers_before_the_opening_and_after_the_end_are_refused_with_a_sentence(coordination):
    each = pair(coordination.programme)
    over = wave(coordination.programme, closes_at=NOW)
    early = wave(coordination.programme, number=2, opened_days_ago=-1)
    about = {"enrolment": mentee_of(each), "relationship": each, "values": {}, "position": 1, "at": NOW}

    with pytest.raises(WaveIsClosed, match="is closed"):
        answer(over, **about)
    with pytest.raises(WaveIsNotOpenYet):
        answer(early, **about)
    assert not Response.objects.exists()
