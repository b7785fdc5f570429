"""Calling somebody by name: found in the text, told once, listed for them."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from mentoring.messaging.models import Change, Mention, Room
from mentoring.messaging.serializers import change_frame, new_message_frame
from mentoring.messaging.services import delete_message, edit_message, mark_read, send_message, tell_unread
from mentoring.messaging.words import mentioned, parts
from notifications.models import Notification
from tests.factories import NOW, PersonFactory, RoomFactory

NAMES = {1: "Sara", 2: "Sara Ahmadi", 3: "نیلوفر کریمی", 4: "C. (Chris)"}


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("@Sara Ahmadi and @sara, look", {2: "@Sara Ahmadi", 1: "@sara"}),
        ("@نيلوفر\u200cكريمي سلام", {3: "@نيلوفر\u200cكريمي"}),
        ("@C. (Chris)!", {4: "@C. (Chris)"}),
        (f"@Sara{' ' * 300}Ahmadi", {1: "@Sara"}),
        ("me@Sara.org, @Saraband, Sara", {}),
    ],
)
def test_a_name_is_called_by_an_at_in_any_spelling_and_only_as_a_whole(text, who):
    assert mentioned(text, NAMES) == who


def test_called_names_are_pieces_of_their_own_and_joined_they_are_the_text():
    text = "@Sara: https://example.org/@Sara, thanks @Sara Ahmadi"
    found = parts(text, ["@Sara", "@Sara Ahmadi", ""])

    assert "".join(words for words, _ in found) == text
    assert [words for words, address in found if address == "@"] == ["@Sara", "@Sara Ahmadi"]


@pytest.fixture
def room(db):
    room = RoomFactory()
    room.members.create(person=PersonFactory(name="Nilufar Karimi"), joined_at=NOW)
    return room


@pytest.fixture
def sender(room):
    return room.members.order_by("pk")[0].person


@pytest.fixture
def called(room):
    return room.members.order_by("pk")[2].person


def say(room, sender, body, at=NOW):
    return send_message(room, by=sender, cid=uuid4(), body=body, at=at)


def test_the_new_frame_and_the_one_read_later_call_the_same_names(room, sender, called):
    message = say(room, sender, f"@nilufar karimi and @{sender.name}")

    new = new_message_frame(message, str(sender))
    later = change_frame(Change.objects.for_frames().get())

    assert new == later
    assert new["m"]["parts"][0] == ("@nilufar karimi", "@")
    assert list(Mention.objects.values_list("person", flat=True)) == [called.pk]


def test_who_is_called_is_told_of_that_even_when_muted_until_they_read(room, sender, called):
    say(room, sender, "@Nilufar Karimi, are you there?")
    room.members.update(muted_until=NOW + timedelta(days=1))

    for _n in range(2):
        tell_unread(room, until=NOW + timedelta(minutes=1), at=NOW)

    assert list(Notification.objects.values_list("recipient", "kind")) == [(called.pk, "messaging.mention")]
    mark_read(Room.objects.get(pk=room.pk), by=called, seq=1, at=NOW)
    assert not Notification.objects.filter(read_at=None).exists()


def test_a_name_drawn_out_calls_nobody_and_is_said_all_the_same(room, sender):
    assert say(room, sender, f"@Nilufar{' ' * 300}Karimi").pk
    assert not Mention.objects.exists()


def test_an_edit_calls_anew_and_a_deletion_calls_nobody(room, sender, called):
    message = say(room, sender, "@Nilufar Karimi")
    edit_message(message, by=sender, body="Nobody", at=NOW)
    assert not Mention.objects.exists()
    edit_message(message, by=sender, body="@Nilufar Karimi!", at=NOW)
    assert [mention.person for mention in Mention.objects.all()] == [called]
    delete_message(message, by=sender, at=NOW)
    assert not Mention.objects.exists()


def test_the_page_of_ones_name_is_ones_own(room, sender, called, sign_in):
    say(room, sender, "@Nilufar Karimi, the date is fixed", at=timezone.now())
    url = reverse("rooms_mentions")

    assert "the date is fixed" in sign_in(called).get(url).content.decode()
    assert "Nobody has called you yet" in sign_in(sender).get(url).content.decode()
    assert (
        '<b class="called"><bdi>@Nilufar Karimi</bdi></b>'
        in sign_in(sender).get(room.get_absolute_url()).content.decode()
    )
