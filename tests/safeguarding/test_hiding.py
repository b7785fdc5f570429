"""A message that hurts is taken out of the conversation by whoever was shown it for a reason, and by nobody else."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent
from core.errors import NotAllowed
from mentoring.messaging.models import Attachment, Change, Flag, MessageRevision
from mentoring.messaging.services import close_room, look_into, send_message, take_file
from mentoring.safeguarding.models import Reading
from mentoring.safeguarding.services import digest_of, hide, report_message
from notifications.models import Notification
from tests.factories import (
    NOW,
    BelongingFactory,
    CoordinationFactory,
    MessageFactory,
    PersonFactory,
    RoomFactory,
    uuid4,
)

pytestmark = pytest.mark.django_db
WORDS = "You are worth nothing"


@pytest.fixture
def said(room, mentor):
    file = take_file(room, look_into(room, name="a.txt", claimed="text/plain", data=b"x"), by=mentor, at=NOW)
    return send_message(room, by=mentor, cid=uuid4(), body=WORDS, files=[file.pk], at=NOW)


def marked(message, at=NOW):
    return Flag.objects.create(programme=message.room.relationship.programme, message=message, rule="phrases", at=at)


def test_what_is_hidden_is_read_by_nobody_in_the_conversation_long_after_it_was_said(
    room, mentor, mentee, coordinator, said, sign_in
):
    flag, file, late = marked(said), Attachment.objects.get(), NOW + timedelta(days=3)
    MessageFactory(room=room, by=mentee, body="Why?", reply_to=said)
    close_room(room.relationship, at=late)
    page = sign_in(coordinator).post(reverse("flag_read", args=[flag.pk])).content.decode()
    assert reverse("message_hide", args=[said.pk]) in page

    for _twice in range(2):
        answer = sign_in(coordinator).post(reverse("message_hide", args=[said.pk]), {"reason": "hurts"})
        assert answer.url == reverse("safety_desk", args=[room.relationship.programme.slug])

    for reader in (mentor, mentee):
        html = sign_in(reader).get(reverse("room", args=[room.pk])).content.decode()
        assert (WORDS in html, html.count("Hidden by the programme’s coordinators.")) == (False, 3)  # a quote, a script
        assert sign_in(reader).get(file.get_absolute_url()).status_code == 404
    frames = sign_in(mentee).get(reverse("room_changes", args=[room.pk])).json()
    assert [(frame["s"], frame["k"], frame["m"].get("hidden")) for frame in frames["changes"]] == [
        (1, "message", True), (2, "message", None), (3, "delete", True),
    ]  # fmt: skip
    assert WORDS not in json.dumps(frames)
    assert list(Change.objects.filter(kind="delete").values_list("actor", "seq")) == [(coordinator.pk, 3)]
    assert MessageRevision.objects.get().body == WORDS
    assert WORDS in sign_in(coordinator).post(reverse("flag_read", args=[flag.pk])).content.decode()
    told = Notification.objects.get(kind="messaging.hidden")
    assert (told.recipient, told.params) == (mentor, {"reason": "It could hurt somebody"})
    event = AuditEvent.objects.get(action="message.redacted")
    assert (event.actor_id, event.target_id, event.reason) == (coordinator.pk, str(said.pk), "hurts")


def test_who_works_on_a_report_may_hide_what_was_kept_for_it_and_the_evidence_stays(
    room, mentor, mentee, coordinator, said, sign_in
):
    report = report_message(said, reason="hurt", words="", by=mentee, at=NOW)
    page = sign_in(coordinator).post(reverse("case_evidence", args=[report.pk])).content.decode()
    assert reverse("message_hide", args=[said.pk]) in page

    answer = sign_in(coordinator).post(reverse("message_hide", args=[said.pk]), {"reason": "hurts"})

    assert answer.url == report.get_case_url()
    page = sign_in(coordinator).post(reverse("case_evidence", args=[report.pk])).content.decode()
    assert (WORDS in page, reverse("message_hide", args=[said.pk]) in page) == (True, False)
    assert digest_of(report) == report.digest


def test_a_report_above_the_coordinators_leaves_no_trace_that_they_could_read(room, mentee, coordinator, sign_in):
    administrator = BelongingFactory(institution=room.institution, administrator=True).person
    room.members.create(person=coordinator, joined_at=NOW)
    theirs = MessageFactory(room=room, by=coordinator, body=WORDS)
    report = report_message(theirs, reason="hurt", words="", by=mentee, at=NOW)
    assert report.desk == "institution"

    hide(theirs, reason="hurts", by=administrator, at=NOW)

    assert AuditEvent.objects.get(action="message.redacted").institution_id is None
    with pytest.raises(NotAllowed):  # one's own
        hide(theirs, reason="hurts", by=coordinator, at=NOW)


def test_while_a_conversation_is_read_for_a_stated_reason_something_in_it_may_be_hidden_and_no_longer(
    room, coordinator, said
):
    now = timezone.now()
    reading = Reading.objects.create(
        room=room, reason="danger", words="So", state="agreed", asked_by=coordinator, asked_at=now,
        answered_by=PersonFactory(), answered_at=now, opened_at=now, pages=1,
    )  # fmt: skip
    with pytest.raises(NotAllowed):
        hide(said, reason="hurts", by=coordinator, at=now + timedelta(minutes=60))
    assert hide(said, reason="hurts", by=coordinator, at=now + timedelta(minutes=59))
    assert not hide(said, reason="hurts", by=coordinator, at=now + timedelta(minutes=59))
    assert reading.room.messages.get().hidden


def test_a_coordinator_who_was_not_shown_it_and_one_of_another_programme_find_nothing(room, coordinator, said, sign_in):
    other = RoomFactory(relationship__programme__institution=room.institution)
    elsewhere = CoordinationFactory(programme=other.relationship.programme).person
    address = reverse("message_hide", args=[said.pk])
    assert sign_in(coordinator).get(address).status_code == 404
    marked(said)
    assert sign_in(coordinator).get(address).status_code == 200

    for stranger in (elsewhere, PersonFactory(), said.sender):
        assert sign_in(stranger).post(address, {"reason": "hurts"}).status_code == 404
        with pytest.raises(NotAllowed):
            hide(said, reason="hurts", by=stranger, at=NOW)
    said.refresh_from_db()
    assert said.body == WORDS
