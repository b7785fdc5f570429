"""A programme's rules mark or hold what they find; the coordinators see that, and what it says only by a noted reading."""

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent
from mentoring.messaging.models import Attachment, Flag, Message, ScheduledMessage, WordRules
from mentoring.messaging.services import (
    FileNotReady,
    Held,
    HeldBack,
    Send,
    change_scheduled,
    drop_scheduled,
    edit_message,
    forget_files,
    look_into,
    open_topic,
    schedule_message,
    send_all,
    send_message,
    send_scheduled,
    take_file,
)
from mentoring.safeguarding.services import hide
from tests.factories import NOW, MessageFactory, uuid4

pytestmark = pytest.mark.django_db
NUMBER = "زنگ بزن: ۰۹۱۲ ۳۴۵ ۶۷۸۹"


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


def test_what_was_found_stands_at_the_desk_until_it_is_settled_and_is_found_again_after_that(
    room, mentor, coordinator, sign_in
):
    rule(room, phones="mark")
    said = send_message(room, by=mentor, cid=uuid4(), body=NUMBER, at=NOW)
    edit_message(said, by=mentor, body=f"{NUMBER}!", at=NOW)
    flag, desk = Flag.objects.get(), sign_in(coordinator)
    address, settle = reverse("safety_desk", args=[flag.programme.slug]), reverse("flag_settle", args=[flag.pk])

    assert "has read it" not in desk.get(address).content.decode()
    assert settle in desk.post(reverse("flag_read", args=[flag.pk])).content.decode()
    assert "has read it" in desk.get(address).content.decode()
    for _twice in range(2):
        assert desk.post(settle).url == address
    assert "has read it" not in desk.get(address).content.decode()
    assert settle not in desk.post(reverse("flag_read", args=[flag.pk])).content.decode()
    flag.refresh_from_db()
    assert flag.settled_by == coordinator
    assert AuditEvent.objects.filter(action="flag.settled", actor_id=coordinator.pk).count() == 1

    edit_message(said, by=mentor, body=f"{NUMBER}!!", at=NOW)
    assert Flag.objects.open().get().message == said
    hide(said, reason="hurts", by=coordinator, at=NOW)
    assert not Flag.objects.open().exists()


def test_an_edit_looks_at_the_names_of_the_files_again(room, mentor, sign_in):
    form = {"cid": str(uuid4()), "body": "Look", "files": SimpleUploadedFile("0912 345 6789.txt", b"My plan")}
    sign_in(mentor).post(reverse("room_send", args=[room.pk]), form)
    said, now = Message.objects.get(), timezone.now()
    rule(room, phones="mark")

    edit_message(said, by=mentor, body="Look here", at=now)
    assert list(Flag.objects.values_list("message", "rule")) == [(said.pk, "phones")]

    WordRules.objects.update(phones="hold")
    with pytest.raises(HeldBack):
        edit_message(said, by=mentor, body="Look there", at=now)


@pytest.mark.parametrize("released", [True, False])
def test_what_is_held_waits_for_a_coordinator_and_its_writer_knows(room, mentor, coordinator, sign_in, released):
    rule(room, phones="hold")
    browser, frame = sign_in(mentor), {"t": "m", "cid": str(uuid4()), "r": room.pk, "b": NUMBER}
    for _twice in range(2):
        answer = browser.post(
            reverse("frame_post"), json.dumps(frame), "application/json", headers={"Idempotency-Key": frame["cid"]}
        )
        assert (answer.status_code, answer.json()["code"]) == (409, "held")
    noted = AuditEvent.objects.filter(action="message.held")
    assert list(noted.values_list("reason", "actor_id")) == [("phones", None)]
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


@pytest.mark.parametrize("does", ["hold", "mark"])
def test_a_number_in_the_name_of_a_file_is_found_beside_words_too(room, mentor, sign_in, does):
    rule(room, phones=does)
    form = {"cid": str(uuid4()), "body": "Look", "files": SimpleUploadedFile("0912 345 6789.txt", b"My plan")}
    sign_in(mentor).post(reverse("room_send", args=[room.pk]), form)

    found = ScheduledMessage.objects.exclude(held="") if does == "hold" else Flag.objects.filter(rule="phones")
    assert found.count() == 1


def test_what_was_written_for_later_and_is_held_then_is_noted(room, mentor):
    later = schedule_message(room, by=mentor, cid=uuid4(), body=NUMBER, due_at=NOW + timedelta(hours=1), at=NOW)
    rule(room, phones="hold")
    send_scheduled(later.pk, at=NOW + timedelta(hours=1))

    assert AuditEvent.objects.get(action="message.held").target_id == str(later.pk)


@pytest.mark.parametrize("released", [True, False])
def test_files_wait_with_a_held_message_and_go_with_it(room, mentor, coordinator, sign_in, released):
    rule(room, mails="hold")
    form = {"cid": str(uuid4()), "body": "Write to sara@example.org", "files": SimpleUploadedFile("a.txt", b"My plan")}
    sign_in(mentor).post(reverse("room_send", args=[room.pk]), form)
    later, file = ScheduledMessage.objects.get(), Attachment.objects.get()
    assert b"a.txt" in sign_in(mentor).get(reverse("room_later", args=[room.pk])).content
    assert b"a.txt" in sign_in(coordinator).post(reverse("held_read", args=[later.pk])).content
    assert sign_in(coordinator).get(file.get_absolute_url()).status_code == 404
    with pytest.raises(FileNotReady):
        send_message(room, by=mentor, cid=uuid4(), body="This one, then", files=[file.pk], at=NOW)
    assert forget_files(at=timezone.now() + timedelta(days=3)) == 0

    if released:
        sign_in(coordinator).post(reverse("held_release", args=[later.pk]))
    else:
        at = timezone.now()
        change_scheduled(later, body="Write to me", due_at=at + timedelta(seconds=1), at=at)
        send_scheduled(later.pk, at=at + timedelta(seconds=2))

    file.refresh_from_db()
    assert (file.message, file.held) == (Message.objects.get(), None)
    assert file.message.body == ("Write to sara@example.org" if released else "Write to me")


def test_files_of_a_held_message_that_is_dropped_are_forgotten(room, mentor):
    rule(room, mails="hold")
    file = take_file(room, look_into(room, name="a.txt", claimed="text/plain", data=b"x"), by=mentor, at=NOW)
    with pytest.raises(Held):
        send_message(room, by=mentor, cid=uuid4(), body="sara@example.org", files=[file.pk], at=NOW)

    drop_scheduled(ScheduledMessage.objects.get())

    assert forget_files(at=NOW + timedelta(days=3)) > 0
    assert not Attachment.objects.exists()


def test_the_coordinators_set_the_rules_of_their_programme(room, coordinator, sign_in):
    address = reverse("word_rules", args=[room.relationship.programme.slug])
    rules = {"phones": "mark", "mails": "allow", "messengers": "hold", "phrases_do": "mark", "phrases": "our secret"}

    assert sign_in(coordinator).post(address, rules).status_code == 302

    assert WordRules.objects.values("phones", "mails", "messengers", "phrases_do", "phrases").get() == rules
