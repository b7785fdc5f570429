"""What is written and not said yet: drafts on all devices, and words for later."""

from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from core.models import Job
from mentoring.messaging.models import Draft, Message, ScheduledMessage
from mentoring.messaging.services import (
    EmptyMessage,
    FileNotReady,
    NotAMember,
    NotLater,
    RoomClosed,
    TooLong,
    TooManyFiles,
    change_scheduled,
    close_room,
    drop_file,
    drop_scheduled,
    forget_files,
    keep_draft,
    look_into,
    schedule_message,
    send_message,
    send_scheduled,
    take_file,
)
from mentoring.messaging.words import morning_of
from tests.factories import NOW, EnrolmentFactory, PersonFactory, RelationshipFactory, RoomFactory

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def room():
    return RoomFactory()


@pytest.fixture
def mentor(room):
    return room.members.order_by("pk")[0].person


@pytest.fixture
def mentee(room):
    return room.members.order_by("pk")[1].person


def test_a_draft_is_the_last_that_was_written_and_goes_when_it_is_empty(room, mentor):
    for body in ("Dear", "Dear Sara\0\ud800"):
        keep_draft(room, by=mentor, body=body, device="a\0\udfff page", at=NOW)
    assert list(Draft.objects.values_list("person", "body", "device")) == [(mentor.pk, "Dear Sara", "a page")]
    keep_draft(room, by=mentor, body=" ", at=NOW)
    assert not Draft.objects.exists()
    with pytest.raises(NotAMember):
        keep_draft(room, by=PersonFactory(), body="Hi", at=NOW)
    with pytest.raises(TooLong):
        keep_draft(room, by=mentor, body="x" * 8001, at=NOW)


def test_a_draft_stands_in_ones_own_composer_only_and_goes_with_the_message(room, mentor, mentee, sign_in):
    keep_draft(room, by=mentor, body="Half a thought", at=timezone.now())
    ours, theirs = sign_in(mentor), sign_in(mentee)

    assert "Half a thought" in ours.get(room.get_absolute_url()).content.decode()
    assert "Half a thought" not in theirs.get(room.get_absolute_url()).content.decode()
    ours.post(reverse("room_send", args=[room.pk]), {"cid": str(uuid4()), "body": "Half a thought, whole"})
    assert not Draft.objects.exists()


def later_by(mentor, room, **more):
    words = {"by": mentor, "cid": uuid4(), "body": "Good morning", "due_at": NOW + HOUR, "at": NOW, **more}
    return schedule_message(room, **words)


def test_words_for_later_are_said_once_when_they_are_due_and_not_before(room, mentor):
    later = later_by(mentor, room)
    assert send_scheduled(later.pk, at=NOW + HOUR - timedelta(seconds=1)) is None

    said = send_scheduled(later.pk, at=NOW + HOUR)
    again = send_scheduled(later.pk, at=NOW + HOUR)

    assert (said.body, said.sender, said.cid, said.created_at) == ("Good morning", mentor, later.cid, NOW + HOUR)
    assert again is None
    assert (Message.objects.count(), ScheduledMessage.objects.count()) == (1, 0)


def test_scheduling_again_is_scheduling_once_and_the_outbox_says_it(room, mentor, run_jobs):
    cid = uuid4()
    first, again = (later_by(mentor, room, cid=cid) for _n in range(2))
    assert first == again
    assert Job.objects.get(name="messaging.send_scheduled").due_at == NOW + HOUR

    ScheduledMessage.objects.update(due_at=NOW - HOUR)
    Job.objects.filter(name="messaging.send_scheduled").update(due_at=NOW - HOUR)
    run_jobs()
    assert Message.objects.get().cid == cid


def test_until_it_is_said_it_can_be_changed_or_dropped(room, mentor):
    later = later_by(mentor, room)
    change_scheduled(later, body="Good evening", due_at=NOW + 9 * HOUR, at=NOW)
    assert send_scheduled(later.pk, at=NOW + HOUR) is None
    assert Job.objects.filter(name="messaging.send_scheduled").count() == 2
    assert send_scheduled(later.pk, at=NOW + 9 * HOUR).body == "Good evening"
    with pytest.raises(NotLater):
        change_scheduled(later, body="Too late", due_at=NOW + HOUR, at=NOW)
    dropped = later_by(mentor, room)
    assert drop_scheduled(dropped)
    assert send_scheduled(dropped.pk, at=NOW + HOUR) is None


def test_what_cannot_be_said_when_it_is_due_waits_for_its_writer(room, mentor):
    later = later_by(mentor, room)
    close_room(room.relationship, at=NOW)

    assert send_scheduled(later.pk, at=NOW + HOUR) is None
    assert list(ScheduledMessage.objects.values_list("refused", flat=True)) == ["closed"]


def test_who_may_not_sign_in_any_more_says_nothing_more(room, mentor):
    later = later_by(mentor, room)
    mentor.is_active = False
    mentor.save()

    assert send_scheduled(later.pk, at=NOW + HOUR) is None
    assert list(ScheduledMessage.objects.values_list("refused", flat=True)) == ["not_allowed"]


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({"body": " "}, EmptyMessage),
        ({"due_at": NOW}, NotLater),
        ({"due_at": NOW + timedelta(days=400)}, NotLater),
    ],
)
def test_only_words_and_a_time_to_come_can_wait(room, mentor, more, refusal):
    with pytest.raises(refusal):
        later_by(mentor, room, **more)


def test_neither_a_stranger_nor_a_closed_conversation_schedules(room, mentor):
    with pytest.raises(NotAMember):
        later_by(PersonFactory(), room)
    room.closed_at = NOW
    with pytest.raises(RoomClosed):
        later_by(mentor, room)


@pytest.mark.parametrize(("hour", "day"), [(7, 1), (8, 2), (23, 2)])
def test_their_morning_is_the_next_eight_o_clock_there(hour, day):
    tehran = ZoneInfo("Asia/Tehran")

    there = morning_of(tehran, now=datetime(2026, 11, 1, hour, tzinfo=tehran))

    assert there == datetime(2026, 11, day, 8, tzinfo=tehran)


def test_the_composer_sends_in_their_morning_and_what_waits_is_ones_own(room, mentor, mentee, sign_in):
    mentee.time_zone = "Asia/Tokyo"
    mentee.save()
    client, url = sign_in(mentor), reverse("room_later", args=[room.pk])

    client.post(url, {"cid": str(uuid4()), "body": "Ohayo", "when": "morning"})
    later = ScheduledMessage.objects.get()
    page = client.get(room.get_absolute_url()).content.decode()

    assert (later.due_at.astimezone(mentee.zone).hour, later.due_at > timezone.now()) == (8, True)
    assert "One message waits until" in page
    assert "Ohayo" in client.get(url).content.decode()
    assert "Ohayo" not in sign_in(mentee).get(url).content.decode()
    client.post(reverse("later_drop", args=[later.pk]))
    assert not ScheduledMessage.objects.exists()


def test_a_time_of_ones_own_is_asked_for_and_what_is_wrong_with_it_stands_beside_it(room, mentor, sign_in):
    client, url = sign_in(mentor), reverse("room_later", args=[room.pk])
    words = {"cid": str(uuid4()), "body": "Another time"}
    day = timezone.localdate() + timedelta(days=3)

    asked = client.post(url, {**words, "when": "choose"}).content.decode()
    past = client.post(url, {**words, "due_at_0": "2020-01-01", "due_at_1": "10:00"}).content.decode()
    client.post(url, {**words, "due_at_0": day.isoformat(), "due_at_1": "10:00"})
    later = ScheduledMessage.objects.get()
    client.post(reverse("later_change", args=[later.pk]), {
        **words, "body": "Changed", "due_at_0": day.isoformat(), "due_at_1": "11:00",
    })  # fmt: skip

    assert "Another time" in asked and 'name="due_at_0"' in asked
    assert "still to come" in past and "Another time" in past
    later.refresh_from_db()
    assert (later.body, timezone.localtime(later.due_at, mentor.zone).hour) == ("Changed", 11)


def file_of(person, room, name="a.txt"):
    return take_file(room, look_into(room, name=name, claimed="text/plain", data=b"x"), by=person, at=NOW)


def test_files_wait_with_their_words_for_nobody_else_and_are_said_with_them(room, mentor):
    file, alone = file_of(mentor, room), file_of(mentor, room, "alone.txt")
    later = later_by(mentor, room, files=[file.pk])
    bare = later_by(mentor, room, body="", files=[alone.pk])
    for taken in (file, alone):
        with pytest.raises(FileNotReady):
            send_message(room, by=mentor, cid=uuid4(), body="Now", files=[taken.pk], at=NOW)
        with pytest.raises(FileNotReady):
            later_by(mentor, room, files=[taken.pk])
    assert forget_files(at=NOW + timedelta(days=3)) == 0

    said, named = (send_scheduled(each.pk, at=NOW + HOUR) for each in (later, bare))

    assert (list(said.attachments.all()), list(named.attachments.all())) == ([file], [alone])
    assert (said.body, named.body) == ("Good morning", "alone.txt")


def test_dropped_words_let_their_files_go_and_without_files_there_must_be_words(room, mentor):
    file = file_of(mentor, room)
    later = later_by(mentor, room, body="", files=[file.pk])
    change_scheduled(later, body=" ", due_at=NOW + 2 * HOUR, at=NOW)
    drop_file(file, at=NOW)
    assert send_scheduled(later.pk, at=NOW + 2 * HOUR) is None
    assert ScheduledMessage.objects.get().refused == "empty"
    other = file_of(mentor, room, "b.txt")
    drop_scheduled(later_by(mentor, room, files=[other.pk]))
    assert send_message(room, by=mentor, cid=uuid4(), body="Now", files=[other.pk], at=NOW).pk


def of_the_same(mentor):
    return RoomFactory(relationship=RelationshipFactory(mentor=EnrolmentFactory(mentor=True, person=mentor)))


def test_only_ones_own_files_of_this_conversation_wait_and_no_more_than_go_with_a_message(room, mentor, mentee):
    theirs, elsewhere = file_of(mentee, room), file_of(mentor, of_the_same(mentor))
    for files in ([theirs.pk], [elsewhere.pk], [uuid4()]):
        with pytest.raises(FileNotReady):
            later_by(mentor, room, files=files)
    with pytest.raises(TooManyFiles):
        later_by(mentor, room, files=[file_of(mentor, room, f"{n}.txt").pk for n in range(6)])
    assert not ScheduledMessage.objects.exists()


def test_the_composer_lets_files_wait_and_says_which_were_not_accepted(room, mentor, mentee, sign_in):
    client, url = sign_in(mentor), reverse("room_later", args=[room.pk])
    uploaded = file_of(mentor, room, "uploaded.txt")
    words = {"cid": str(uuid4()), "body": "With a list", "att": [str(uploaded.pk)]}

    def upload(name, data):
        return SimpleUploadedFile(name, data, "text/plain")

    bad = client.post(url, {**words, "when": "morning", "files": [upload("empty.txt", b"")]}).content.decode()
    assert "empty.txt" in bad and "With a list" in bad and not ScheduledMessage.objects.exists()
    asked = client.post(url, {**words, "when": "choose", "files": [upload("list.txt", b"one")]})
    html = asked.content.decode()
    assert "list.txt" in html and "uploaded.txt" in html
    day = timezone.localdate() + timedelta(days=3)
    form = {**words, "att": [str(pk) for pk in asked.context["brought"].values_list("pk", flat=True)]}
    client.post(url, {**form, "due_at_0": day.isoformat(), "due_at_1": "10:00"})

    later = ScheduledMessage.objects.get()
    assert sorted(later.files.values_list("name", flat=True)) == ["list.txt", "uploaded.txt"]
    assert "uploaded.txt" in client.get(url).content.decode()
    assert sign_in(mentee).get(uploaded.get_absolute_url()).status_code == 404
