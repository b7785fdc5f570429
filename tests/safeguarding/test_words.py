"""A programme's rules mark or hold what they find; the coordinators see that, and what it says only by a noted reading."""

import json

import pytest
from django.urls import reverse

from accounts.models import AuditEvent
from mentoring.messaging.models import Flag, Message, ScheduledMessage, WordRules
from mentoring.messaging.services import HeldBack, Send, edit_message, open_topic, send_all, send_message
from tests.factories import NOW, CoordinationFactory, MessageFactory, RoomFactory, uuid4

pytestmark = pytest.mark.django_db
NUMBER = "زنگ بزن: ۰۹۱۲ ۳۴۵ ۶۷۸۹"


@pytest.fixture
def room():
    return RoomFactory()


@pytest.fixture
def mentor(room):
    return room.relationship.members.get(role="mentor").person


@pytest.fixture
def coordinator(room):
    return CoordinationFactory(programme=room.relationship.programme).person


def rule(room, **does):
    WordRules.objects.create(programme=room.relationship.programme, **does)


def test_without_rules_nothing_is_marked_and_a_talk_under_way_stays_quick(room, mentor):
    sent = send_all([Send(room.pk, mentor, uuid4(), NUMBER)], at=NOW)

    assert (len(sent.new), len(sent.asked), Flag.objects.count()) == (1, 1, 0)


def test_what_is_marked_is_sent_and_the_desk_sees_the_rule_and_not_the_words(room, mentor, coordinator, sign_in):
    rule(room, phones="mark", phrases="رازِ ما", phrases_do="mark")
    first = send_all([Send(room.pk, mentor, uuid4(), "Hello")], at=NOW)
    assert first.asked == set()  # so nothing here takes the way where rules are not known
    said = send_message(room, by=mentor, cid=uuid4(), body=NUMBER, at=NOW)
    secret = MessageFactory(room=room, by=mentor, body="Hello", at=NOW)
    edit_message(secret, by=mentor, body="راز ما", at=NOW)
    assert list(Flag.objects.order_by("pk").values_list("message", "rule")) == [
        (said.pk, "phones"),
        (secret.pk, "phrases"),
    ]

    desk = sign_in(coordinator)
    html = desk.get(reverse("safety_desk", args=[room.relationship.programme.slug])).content.decode()
    assert "a telephone number" in html
    assert "۰۹۱۲" not in html
    flag = Flag.objects.first()
    assert "۰۹۱۲" in desk.post(reverse("flag_read", args=[flag.pk])).content.decode()
    assert list(AuditEvent.objects.filter(action="message.read").values_list("actor_id", flat=True)) == [coordinator.pk]
    flag.refresh_from_db()
    assert flag.looked_by == coordinator


@pytest.mark.parametrize("released", [True, False])
def test_what_is_held_waits_for_a_coordinator_and_its_writer_knows(room, mentor, coordinator, sign_in, released):
    rule(room, phones="hold")
    browser, frame = sign_in(mentor), {"t": "m", "cid": str(uuid4()), "r": room.pk, "b": NUMBER}
    for _twice in range(2):
        answer = browser.post(
            reverse("frame_post"), json.dumps(frame), "application/json", headers={"Idempotency-Key": frame["cid"]}
        )
        assert (answer.status_code, answer.json()["code"]) == (409, "held")
    assert not Message.objects.exists()
    held = ScheduledMessage.objects.get()
    assert "waits for a coordinator" in browser.get(reverse("room_later", args=[room.pk])).content.decode()

    desk = sign_in(coordinator)
    assert "۰۹۱۲" in desk.post(reverse("held_read", args=[held.pk])).content.decode()
    desk.post(reverse("held_release" if released else "held_back", args=[held.pk]))

    assert list(Message.objects.values_list("body", "sender")) == ([(NUMBER, mentor.pk)] if released else [])
    assert [row.refused for row in ScheduledMessage.objects.all()] == ([] if released else ["sent_back"])
    assert AuditEvent.objects.filter(action__in=("message.released", "message.sent_back")).count() == 1


def test_a_held_message_of_a_plain_form_waits_too_and_neither_an_edit_nor_a_topic_slips_through(room, mentor, sign_in):
    rule(room, mails="hold")
    form = {"cid": str(uuid4()), "body": "Write to sara@example.org"}

    assert sign_in(mentor).post(reverse("room_send", args=[room.pk]), form).url == reverse("room_later", args=[room.pk])

    assert ScheduledMessage.objects.get().held == "mails"
    message = MessageFactory(room=room, by=mentor, body="Hello", at=NOW)
    with pytest.raises(HeldBack):
        edit_message(message, by=mentor, body="sara@example.org", at=NOW)
    with pytest.raises(HeldBack):
        open_topic(message, by=mentor, title="sara@example.org", at=NOW)


def test_the_coordinators_set_the_rules_of_their_programme(room, coordinator, sign_in):
    address = reverse("word_rules", args=[room.relationship.programme.slug])
    rules = {"phones": "mark", "mails": "allow", "messengers": "hold", "phrases_do": "mark", "phrases": "our secret"}

    assert sign_in(coordinator).post(address, rules).status_code == 302

    assert WordRules.objects.values("phones", "mails", "messengers", "phrases_do", "phrases").get() == rules
