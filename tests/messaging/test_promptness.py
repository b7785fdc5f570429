"""Of what is said a few messages are looked at again after five seconds: did every device that was there have them?"""

import asyncio
from datetime import timedelta
from types import SimpleNamespace

import pytest

from core.models import Tally
from evaluation.facts import Facts
from evaluation.indicators import BY_CODE
from mentoring.messaging import promptness
from mentoring.messaging.consumers import MOST_UNSENT, Socket
from mentoring.messaging.promptness import MOST, WHAT, Promptness, delivered
from mentoring.messaging.services import open_room
from tests.factories import NOW, PersonFactory, RelationshipFactory

pytestmark = pytest.mark.django_db


class Reader:
    """A socket without a network: what it holds back has not been given."""

    waits = Socket.waits

    def __init__(self, user, *, holds=(), over=False, too_slow=False):
        self.user, self.unsent, self.over, self.too_slow = user, list(holds), over, too_slow


@pytest.fixture
def room(monkeypatch):
    monkeypatch.setattr(promptness, "WITHIN_S", 0.01)
    made = open_room(RelationshipFactory(), at=NOW)
    delivered.flush(at=NOW)
    Tally.objects.all().delete()
    return made


def said(room, sender, seconds_ago=0.0):
    return SimpleNamespace(room_id=room.pk, sender_id=sender.pk, created_at=NOW - timedelta(seconds=seconds_ago))


def looked(*watched):
    """Let these be watched and the time pass."""

    async def watch():
        watching = Promptness(asyncio.get_running_loop())
        for message, given in watched:
            watching.watch(message, given, NOW)
        busy = not watching.is_free
        await asyncio.sleep(0.05)
        return busy, watching.watched

    return asyncio.run(watch())


def counted(programme):
    delivered.flush(at=NOW)
    return Facts(programme, NOW).deliveries


def test_a_message_is_in_time_when_every_other_device_that_is_still_there_has_it(room):
    me, other, third = PersonFactory.create_batch(3)
    text, mine = "a frame", Reader(me, holds=["a frame"])
    looked(
        (said(room, me), [(mine, text), (Reader(other), text), (Reader(third), text)]),
        (said(room, me), [(Reader(other), text), (Reader(third, over=True), text)]),
        (said(room, me), [(Reader(other), text), (Reader(third, holds=[text]), text)]),
        (said(room, me), [(Reader(other, over=True, too_slow=True), text)]),
        (said(room, me, seconds_ago=6), [(Reader(other), text)]),
        (said(room, me), [(Reader(other, over=True), text)]),  # went away: nobody was there
        (said(room, me), [(mine, text)]),  # nobody else was there
    )

    assert counted(room.relationship.programme) == (2, 5)
    assert set(Tally.objects.values_list("what", "owner")) == {(WHAT, room.relationship.programme_id)}


def test_only_so_many_messages_are_watched_at_the_same_time_and_then_others(room):
    me, other = PersonFactory.create_batch(2)
    given = [(Reader(other), "a frame")]

    assert looked(*[(said(room, me), given)] * MOST) == (True, 0)
    assert counted(room.relationship.programme) == (MOST, MOST)


def test_is2_needs_a_hundred_messages(room):
    programme = room.relationship.programme

    def measured(count):
        for _each in range(count):
            delivered.count(room.pk, promptness.IN_TIME)
        counted(programme)
        found = BY_CODE["IS2"].compute(Facts(programme, NOW))
        return bool(found.enough[0]), float(found.raw[0])

    delivered.count(room.pk, promptness.LATE)
    assert not measured(98)[0]
    assert measured(1) == (True, 0.99)


def test_a_socket_that_was_too_slow_still_waits_for_what_it_was_not_given():
    async def slow():
        async def send(_event):
            await asyncio.sleep(0)

        socket = Socket.__new__(Socket)
        socket.over = socket.too_slow = False
        socket.sending, socket.low, socket.later, socket.send = True, False, None, send
        socket.unsent, socket.unsent_bytes = [], 0
        socket.hub = SimpleNamespace(spawn=lambda work: work.close())
        for number in range(MOST_UNSENT + 1):
            socket.put(f"frame {number}")
        return socket.over, socket.waits("frame 1")

    assert asyncio.run(slow()) == (True, True)
