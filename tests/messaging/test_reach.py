"""Who is told of a message, in which ways, and when it is taken back."""

from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse

from core import jobs
from core.models import Job
from mentoring.messaging.forms import FOR_GOOD
from mentoring.messaging.models import Room
from mentoring.messaging.services import choose_ways, delete_message, move_deliveries, tell_unread
from notifications.models import Mail, Notification, Preference
from notifications.queries import Ways, waiting_for_digest
from notifications.services import keep_rhythm
from tests.factories import NOW, MessageFactory, PersonFactory, RoomFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def room():
    return RoomFactory()


@pytest.fixture
def mentor(room):
    return room.members.order_by("pk")[0].person


@pytest.fixture
def mentee(room):
    return room.members.order_by("pk")[1].person


def tell_now(room):
    return tell_unread(Room.objects.get(pk=room.pk), until=NOW + timedelta(minutes=1), at=NOW)


def test_what_is_in_sight_of_a_device_is_not_told_though_unread(room, mentor, mentee):
    MessageFactory(room=room, by=mentor)
    MessageFactory(room=room, by=mentor)
    move_deliveries({(room.pk, mentee.pk): 2})
    move_deliveries({(room.pk, mentee.pk): 1})
    assert tell_now(room) == 0
    MessageFactory(room=room, by=mentor)
    assert tell_now(room) == 1


def test_news_of_what_was_deleted_is_taken_back_once_nothing_else_is_unread(room, mentor):
    first, second = MessageFactory(room=room, by=mentor), MessageFactory(room=room, by=mentor)
    tell_now(room)
    delete_message(first, by=mentor, at=NOW)
    assert Notification.objects.count() == 1
    delete_message(second, by=mentor, at=NOW)
    assert Notification.objects.count() == 0


def test_a_mail_that_waited_does_not_leave_when_the_message_is_gone(room, mentor, mentee, run_jobs):
    keep_rhythm(mentee, at=NOW, free_days="sat_sun")  # NOW is a Sunday
    message = MessageFactory(room=room, by=mentor)
    tell_now(room)
    delete_message(message, by=mentor, at=NOW)
    Job.objects.update(due_at=NOW)
    run_jobs()
    assert not Mail.objects.exists()


def test_each_conversation_may_reach_one_in_its_own_way(room, mentor, mentee, sign_in, run_jobs, mailoutbox):
    client, url = sign_in(mentee), reverse("room_ways", args=[room.pk])
    assert client.get(url).content.decode().count("checked") == 4
    assert client.post(url, {"mute": "no", "in_app": "on"})["Location"] == room.get_absolute_url()
    member = room.members.get(person=mentee)
    assert (member.told_in_app, member.told_by_mail, member.muted_until) == (None, False, None)

    MessageFactory(room=room, by=mentor)
    tell_now(room)
    run_jobs()
    assert (Notification.objects.count(), mailoutbox) == (1, [])


def test_a_conversation_is_muted_for_a_while_or_for_good(room, mentor, mentee, sign_in):
    client, url = sign_in(mentee), reverse("room_ways", args=[room.pk])
    for pause in ("hour", "tomorrow", "week", "good"):
        client.post(url, {"mute": pause, "in_app": "on", "mail": "on"})
    assert room.members.get(person=mentee).muted_until == FOR_GOOD
    assert 'value="good" required' not in client.get(url).content.decode()
    MessageFactory(room=room, by=mentor)
    assert tell_now(room) == 0
    room.members.filter(person=mentee).update(muted_until=NOW - timedelta(hours=1))
    assert tell_now(room) == 1
    assert client.post(url, {"mute": "for ever"}).status_code == 200


def test_a_stranger_finds_no_such_conversation_to_mute(room, sign_in):
    assert sign_in(PersonFactory()).get(reverse("room_ways", args=[room.pk])).status_code == 404


def test_the_other_sees_that_it_is_quiet_time(room, mentor, mentee, sign_in):
    words = "quiet hours: they are told later"
    assert words not in sign_in(mentor).get(room.get_absolute_url()).content.decode()
    keep_rhythm(mentee, at=NOW, night=True, night_from="00:00", night_to="23:59:59.999999")
    assert words in sign_in(mentor).get(room.get_absolute_url()).content.decode()


def test_the_daily_mail_keeps_the_ways_of_one_conversation(room, mentor, mentee):
    other = RoomFactory()
    quiet, loud = room.members.get(person=mentee), other.members.create(person=mentee, joined_at=NOW)
    MessageFactory(room=room, by=mentor), MessageFactory(room=other, by=other.members.first().person)
    choose_ways(quiet, muted_until=None, ways=Ways(mail=False))
    for each in (room, other):
        tell_now(each)
    assert [news.url for news in waiting_for_digest(mentee)] == [other.get_absolute_url()]

    Preference.objects.create(person=mentee, kind="messaging.message", mail=False)  # holds for what follows it
    assert not waiting_for_digest(mentee)
    choose_ways(loud, muted_until=None, ways=Ways())
    Notification.objects.all().delete()
    tell_now(other)
    assert [news.url for news in waiting_for_digest(mentee)] == [other.get_absolute_url()]


@pytest.mark.django_db(transaction=True)
def test_telling_many_says_how_far_it_is_and_holds_no_transaction_around_them_all(room, mentor):
    MessageFactory(room=room, by=mentor)
    said = []
    with jobs.watched(lambda done, total: said.append((done, total, connection.in_atomic_block))):
        tell_now(room)
    assert said == [(0, 1, False)]
