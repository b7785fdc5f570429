"""Pages and answers come in fewer bytes to browsers that take them so; files come as they are."""

import gzip

import pytest
from django.urls import reverse
from django.utils import timezone

from mentoring.messaging.services import look_into, take_file
from tests.factories import MessageFactory, RoomFactory

pytestmark = pytest.mark.django_db
TAKES = {"Accept-Encoding": "gzip, deflate, br"}


@pytest.fixture
def room():
    room = RoomFactory()
    for _n in range(20):
        MessageFactory(room=room, at=timezone.now())
    return room


def test_a_page_and_a_json_answer_are_small_and_say_the_same(room, sign_in):
    browser = sign_in(room.members.first().person)
    for address in (reverse("room", args=[room.pk]), reverse("room_changes", args=[room.pk])):
        plain, small = browser.get(address), browser.get(address, headers=TAKES)

        assert "Content-Encoding" not in plain
        assert (small["Content-Encoding"], int(small["Content-Length"])) == ("gzip", len(small.content))
        assert "Accept-Encoding" in small["Vary"]
        assert len(small.content) < len(plain.content) / 3
        assert b"Message" in gzip.decompress(small.content)


def test_the_length_of_a_page_is_another_each_time_so_that_nothing_is_read_from_it(room, sign_in):
    browser = sign_in(room.members.first().person)

    assert len({len(browser.get(reverse("rooms"), headers=TAKES).content) for _n in range(12)}) > 3


def test_a_file_comes_as_it_is(room, sign_in):
    person = room.members.first().person
    data = b"My plan\n" * 200
    file = take_file(
        room, look_into(room, name="plan.txt", claimed="text/plain", data=data), by=person, at=timezone.now()
    )

    answer = sign_in(person).get(file.get_absolute_url(), headers=TAKES)

    assert "Content-Encoding" not in answer
    assert b"".join(answer) == data
