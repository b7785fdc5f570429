"""What only PostgreSQL can show: many who speak at once."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection

from mentoring.messaging.models import Change, Message, Room
from mentoring.messaging.services import send_message, sending
from tests.factories import NOW, RoomFactory

SENDS, CONNECTIONS = 50, 16

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("sqlite" in connection.settings_dict["ENGINE"], reason="SQLite has one writer and hides races"),
]


@pytest.fixture
def room():
    room = RoomFactory()
    Room.objects.filter(pk=room.pk).update(relationship=None)  # or its lock would come first
    return Room.objects.get(pk=room.pk)


def send_all_at_once(room, cids):
    """The sequence number of each send, or the error it ended with."""
    sender = room.members.first().person

    def send(cid):
        try:
            return send_message(room, by=sender, cid=cid, body="Hello", at=NOW).seq
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        return list(pool.map(send, cids))


def test_fifty_sends_at_once_take_fifty_numbers_without_a_gap(room):
    numbers = send_all_at_once(room, [uuid4() for _n in range(SENDS)])

    assert sorted(numbers) == list(range(1, SENDS + 1))
    assert list(Change.objects.order_by("seq").values_list("seq", flat=True)) == sorted(numbers)


def test_without_the_lock_the_same_fifty_collide(room, monkeypatch):
    def unheld(wanted, *_rest):
        heads = Room.objects.filter(pk__in=wanted).values_list("pk", "last_seq")
        return {pk: sending.Head(seq, True) for pk, seq in heads}

    monkeypatch.setattr(sending, "_held", unheld)
    monkeypatch.setattr(sending, "TRIES", 1)

    results = send_all_at_once(room, [uuid4() for _n in range(SENDS)])

    assert any(isinstance(result, IntegrityError) for result in results)


def test_one_message_sent_on_many_connections_at_once_is_one_message(room):
    numbers = send_all_at_once(room, [uuid4()] * SENDS)

    assert set(numbers) == {1}
    assert (Message.objects.count(), Room.objects.get(pk=room.pk).last_seq) == (1, 1)
