"""Some months after the end words are gone for everybody, everywhere; that something was said stays."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.dates import months_after
from mentoring.messaging.models import (
    Attachment,
    AttachmentPart,
    Change,
    Draft,
    Message,
    MessageRevision,
    Room,
    Topic,
)
from mentoring.messaging.services import (
    announce,
    close_room,
    edit_message,
    empty_rooms,
    emptying,
    keep_draft,
    look_into,
    open_desk,
    open_topic,
    react,
    rename_topic,
    reopen_room,
    send_message,
    take_file,
)
from mentoring.messaging.tasks import tidy
from mentoring.safeguarding.models import EvidencePart
from mentoring.safeguarding.services import digest_of, report_message
from tests.factories import NOW, CoordinationFactory, MessageFactory, RoomFactory, uuid4

pytestmark = pytest.mark.django_db


@pytest.fixture
def room():
    return RoomFactory()


@pytest.fixture
def mentor(room):
    return room.relationship.members.get(role="mentor").person


@pytest.fixture
def mentee(room):
    return room.relationship.members.get(role="mentee").person


def told(room, mentor, mentee):
    """A message with a file that was edited, answered with a sign and made a topic; and a draft."""
    file = take_file(room, look_into(room, name="a.txt", claimed="text/plain", data=b"x"), by=mentor, at=NOW)
    said = send_message(room, by=mentor, cid=uuid4(), body="In trust", files=[file.pk], at=NOW)
    edit_message(said, by=mentor, body="In deep trust", at=NOW)
    react(said, by=mentee, sign="thanks", on=True, at=NOW)
    open_topic(said, by=mentor, title="Deep trust", at=NOW)
    rename_topic(said, by=mentor, title="Deeper trust", at=NOW)
    keep_draft(room, by=mentee, body="Trust", at=NOW)
    return said


def words_left(room):
    return (
        [*room.messages.exclude(body="", body_norm="").values_list("body", flat=True)],
        [*room.changes.exclude(data={}).filter(kind="topic").values_list("data", flat=True)],
        sum(kind.objects.count() for kind in (Draft, MessageRevision, Attachment, AttachmentPart, Topic)),
    )


def test_words_and_files_go_when_the_months_of_the_programme_are_over_and_the_skeleton_stays(
    room, mentor, mentee, sign_in
):
    said = told(room, mentor, mentee)
    report = report_message(said, reason="hurt", words="", by=mentee, at=NOW)
    close_room(room.relationship, at=NOW)
    room.refresh_from_db()
    changes, epoch = list(Change.objects.values_list("seq", "kind", "at")), room.epoch
    end = room.kept_until
    assert end == months_after(NOW, 12)
    assert empty_rooms(at=end - timedelta(seconds=1)) == 0
    assert words_left(room)[0] == ["In deep trust"]

    assert (empty_rooms(at=end), empty_rooms(at=end)) == (1, 0)

    room.refresh_from_db()
    assert words_left(room) == ([], [], 0)
    assert (list(Change.objects.values_list("seq", "kind", "at")), Message.objects.count()) == (changes, 1)
    assert room.epoch != epoch
    assert (digest_of(report), EvidencePart.objects.count()) == (report.digest, 1)
    html = sign_in(mentee).get(reverse("room", args=[room.pk])).content.decode()
    assert ("trust" in html, "its words were erased" in html) == (False, True)


def test_each_programme_has_its_own_months_and_what_goes_on_is_left(room):
    short = RoomFactory(relationship__programme__words_months=1)
    for each in (room, short):
        MessageFactory(room=each, body="In trust")
        close_room(each.relationship, at=NOW)
    again = RoomFactory(relationship__programme=short.relationship.programme)
    MessageFactory(room=again, body="We go on")

    assert empty_rooms(at=NOW + timedelta(days=32)) == 1

    assert [*Message.objects.exclude(body="").order_by("pk").values_list("body", flat=True)] == ["In trust", "We go on"]
    reopen_room(short.relationship)  # and ended once more
    MessageFactory(room=short, body="Once more", at=NOW + timedelta(days=40))
    close_room(short.relationship, at=NOW + timedelta(days=40))
    assert empty_rooms(at=NOW + timedelta(days=80)) == 1
    assert not short.messages.exclude(body="").exists()


def test_announcements_and_the_office_go_with_their_programme_but_not_while_it_goes_on(room, mentee, sign_in):
    programme = room.relationship.programme
    coordinator = CoordinationFactory(programme=programme).person
    announced = announce(programme, to="everyone", by=coordinator, body="In trust to all", cid=uuid4(), at=NOW)
    desk = open_desk(announced.room, by=mentee, at=NOW)
    MessageFactory(room=desk, by=mentee, body="In trust to you")
    MessageFactory(room=RoomFactory(relationship__programme__ends_on=programme.ends_on), body="In trust elsewhere")
    end = datetime.combine(months_after(programme.ends_on, 12), time(12), tzinfo=UTC)

    def left():
        return sorted(Message.objects.exclude(body="").values_list("body", flat=True))

    everything = left()
    assert (empty_rooms(at=end), left()) == (0, everything)  # the two still talk
    Room.objects.filter(pk=room.pk).update(closed_at=NOW + timedelta(days=300))
    assert (empty_rooms(at=end - timedelta(days=1)), left()) == (0, everything)
    assert desk.kept_until == end.date()

    assert (empty_rooms(at=end), empty_rooms(at=end)) == (2, 0)
    assert left() == ["In trust elsewhere"]
    assert "In trust" not in sign_in(mentee).get(announced.room.get_absolute_url()).content.decode()

    MessageFactory(room=desk, by=mentee, body="One more question", at=end)
    assert (empty_rooms(at=end + timedelta(hours=1)), left()) == (1, ["In trust elsewhere"])


def test_three_rooms_are_emptied_with_as_many_questions_as_one_and_no_more_than_some_at_once(monkeypatch):
    def asked(many):
        for _n in range(many):
            each = RoomFactory()
            MessageFactory(room=each)
            close_room(each.relationship, at=NOW)
        with CaptureQueriesContext(connection) as queries:
            assert empty_rooms(at=NOW + timedelta(days=400)) == many
        return len(queries)

    one = asked(1)
    assert asked(3) == one
    monkeypatch.setattr(emptying, "TOGETHER", 2)
    assert one < asked(3) < 2 * one


def test_the_tidying_of_every_hour_does_it(room):
    MessageFactory(room=room)
    close_room(room.relationship, at=NOW)
    Room.objects.update(closed_at=timezone.now() - timedelta(days=367))

    tidy()

    assert not Message.objects.exclude(body="").exists()


def test_a_month_later_is_the_same_day_or_the_last_one():
    assert months_after(datetime(2026, 1, 31, tzinfo=UTC), 1) == datetime(2026, 2, 28, tzinfo=UTC)
    assert months_after(datetime(2026, 3, 31, tzinfo=UTC), -13) == datetime(2025, 2, 28, tzinfo=UTC)
