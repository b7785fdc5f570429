from datetime import timedelta

import pytest

from mentoring.support.models import ConnectionCheck, HelpRequest
from mentoring.support.services import NotTakingPart, acknowledge, answer, ask_for_help, keep_check, resolve
from notifications.models import Notification
from tests.factories import NOW, CoordinationFactory, EnrolmentFactory, HelpRequestFactory, PersonFactory

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=3)


def told() -> list[tuple[int, str]]:
    return list(Notification.objects.order_by("pk").values_list("recipient", "kind"))


def test_ask_for_help_tells_every_coordinator_of_the_programme_without_name_or_topic():
    enrolment = EnrolmentFactory()
    mine = [CoordinationFactory(programme=enrolment.programme).person.pk for _two in range(2)]
    CoordinationFactory()

    ask_for_help(enrolment.programme, topic="wellbeing", body="I cannot sleep.", by=enrolment.person, at=NOW)

    assert sorted(told()) == [(pk, "support.asked") for pk in mine]
    assert all(set(row.params) == {"programme"} for row in Notification.objects.all())


def test_only_people_of_the_programme_can_ask():
    with pytest.raises(NotTakingPart):
        ask_for_help(EnrolmentFactory().programme, topic="other", body="Hello", by=PersonFactory(), at=NOW)

    assert not HelpRequest.objects.exists()


def test_the_first_answer_of_a_coordinator_stops_the_clock_and_the_second_does_not():
    request = HelpRequestFactory()
    coordinator = CoordinationFactory(programme=request.programme).person

    answer(request, "It is black here, too.", by=request.person, at=NOW + timedelta(hours=1))
    answer(request, "Which browser is it?", by=coordinator, at=LATER)
    answer(request, "Try another one.", by=coordinator, at=LATER + timedelta(hours=1))

    request.refresh_from_db()
    assert (request.status, request.first_answer_at) == (HelpRequest.Status.IN_PROGRESS, LATER)
    assert told().count((request.person_id, "support.answered")) == 2


def test_seen_is_said_once_and_is_no_answer():
    request = HelpRequestFactory()
    coordinator = CoordinationFactory(programme=request.programme).person

    for _twice in range(2):
        acknowledge(request, by=coordinator, at=LATER)

    request.refresh_from_db()
    assert (request.status, request.first_answer_at) == (HelpRequest.Status.ACKNOWLEDGED, None)
    assert told() == [(request.person_id, "support.seen")]


def test_a_settled_request_opens_again_with_a_new_word():
    request = HelpRequestFactory()
    coordinator = CoordinationFactory(programme=request.programme).person

    resolve(request, by=coordinator, at=LATER)
    resolve(request, by=request.person, at=LATER + timedelta(days=1))
    request.refresh_from_db()
    assert (request.status, request.resolved_at) == (HelpRequest.Status.RESOLVED, LATER)

    answer(request, "It came back.", by=request.person, at=LATER + timedelta(days=2))
    request.refresh_from_db()
    assert (request.status, request.resolved_at) == (HelpRequest.Status.IN_PROGRESS, None)
    assert (coordinator.pk, "support.more") in told()


@pytest.mark.parametrize(
    ("latency_ms", "kbit_per_s", "carries"),
    [(40, 5000, "video"), (800, 600, "video"), (90, 599, "voice"), (90, 99, "text"), (801, 5000, "text")],
)
def test_a_line_carries_video_voice_or_messages(latency_ms, kbit_per_s, carries):
    check = keep_check(latency_ms=latency_ms, kbit_per_s=kbit_per_s, by=PersonFactory(), at=NOW)

    assert check.carries == carries
    assert ConnectionCheck.objects.get().passed == (carries == "video")
