"""Every frame of the socket, by everybody who may meet a conversation: a member, one who rests there, one of a closed room,
somebody who only reads there, somebody who left, a stranger."""

from typing import NamedTuple
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from mentoring.messaging import limits
from mentoring.messaging.consumers import HANDLERS
from mentoring.messaging.models import Message
from mentoring.messaging.services import announce, close_room
from mentoring.safeguarding.services import block_person
from tests.factories import (
    NOW,
    CoordinationFactory,
    EnrolmentFactory,
    MessageFactory,
    PersonFactory,
    ProgrammeFactory,
    RoomFactory,
)
from tests.messaging.test_consumers import connect, own_connections  # noqa: F401  fixtures

pytestmark = pytest.mark.django_db(transaction=True)
OUT = "not_found"
QUIET = ""
"""Done, without an answer."""


class Answers(NamedTuple):
    """The code of the refusal, or the frame that says it was done."""

    member: str
    resting: str
    closed: str
    reader: str
    outside: str = OUT


def acts(refused_to_readers: str = "only_reading") -> Answers:
    return Answers("ok", "resting", "closed", refused_to_readers)


TABLE: dict[str, Answers] = {
    "hello": Answers("ready", "ready", "ready", "ready"),
    "m": acts(),
    "e": Answers("not_allowed", "not_allowed", "not_allowed", "not_allowed"),
    "d": Answers("not_allowed", "not_allowed", "not_allowed", "not_allowed"),
    "x": acts(),
    "p": acts(),
    "th": acts(),
    "get": Answers("c", "c", "c", "c"),
    "dr": Answers(QUIET, QUIET, QUIET, QUIET),
    "rd": Answers(QUIET, QUIET, QUIET, QUIET),
    "dl": Answers(QUIET, QUIET, QUIET, QUIET),
    "ty": Answers(QUIET, QUIET, QUIET, QUIET),
    "sig": Answers("sig", "resting", "closed", "no_call_here"),
    "hb": Answers("hb", "hb", "hb", "hb", "hb"),
    "pr": Answers(QUIET, QUIET, QUIET, QUIET, QUIET),
}
"""What each frame that a person sends is answered."""


def frame(kind: str, room: int, message: int) -> dict:
    act = {"t": kind, "r": room, "m": message, "cid": str(uuid4())}
    more = {
        "hello": {"v": 1, "rooms": {str(room): 1}},
        "m": {"b": "Hello"},
        "e": {"rev": 0, "b": "Other"},
        "x": {"x": "agree", "on": True},
        "p": {"on": True},
        "th": {"b": "A topic"},
        "get": {"from": 1},
        "dr": {"b": "Hel"},
        "rd": {"s": 1},
        "dl": {"s": 1},
        "ty": {"on": True},
        "sig": {"dev": "a", "do": "ring", "call": str(uuid4())},
        "pr": {"on": True},
    }
    return {**act, **more.get(kind, {})}


def test_every_frame_that_is_understood_stands_in_the_table():
    assert set(TABLE) == set(HANDLERS)


def set_up(who: str) -> tuple[Message, object]:
    """A message that somebody else has said, and the person who asks."""
    if who == "reader":
        programme = ProgrammeFactory()
        office = CoordinationFactory(programme=programme).person
        reader = EnrolmentFactory(programme=programme).person
        return announce(programme, to="everyone", by=office, body="News", cid=uuid4(), at=NOW), reader
    message = MessageFactory(room=RoomFactory())
    person = PersonFactory() if who == "stranger" else message.room.members.exclude(person=message.sender).get().person
    if who == "left":
        message.room.members.filter(person=person).update(left_at=NOW)
    if who == "closed":
        close_room(message.room.relationship, at=NOW)
    if who == "resting":
        block_person(person, by=message.sender, at=timezone.now())
    return message, person


async def told(socket, asked: dict) -> list[dict]:
    """All answers to a frame, on a socket that listens to no room before."""
    if asked["t"] == "sig":
        await socket.ask(t="sig", dev=asked["dev"], do="look")
    await socket.give(**asked)
    if asked["t"] in ("m", "sig"):
        return [await socket.hear()]
    if asked["t"] == "hb":
        return [await socket.hear("hb")]
    await socket.give(t="hb")
    heard = []
    while not heard or heard[-1]["t"] != "hb":
        heard.append(await socket.hear())
    return heard[:-1]


def named(heard: list[dict]) -> str:
    return next((each.get("code", each["t"]) for each in heard[::-1]), QUIET)


@pytest.mark.parametrize("who", ["member", "resting", "closed", "reader", "left", "stranger"])
async def test_a_frame_does_what_its_sender_may(who, connect):  # noqa: F811
    message, person = await sync_to_async(set_up)(who)
    answers, unknown = {}, {}
    for kind in TABLE:
        limits._buckets.clear()
        async with connect(person) as socket:
            asked = frame(kind, message.room_id, message.pk)
            heard = await told(socket, asked)
            answers[kind] = named(heard)
            if who in ("left", "stranger"):  # as of a room that there never was
                other = {**frame(kind, 987654321, message.pk), "cid": asked["cid"], "call": asked.get("call")}
                unknown[kind] = await told(socket, other)
                assert [{**each, "r": 0} for each in heard] == [{**each, "r": 0} for each in unknown[kind]], kind

    column = "outside" if unknown else who
    assert answers == {kind: getattr(row, column) for kind, row in TABLE.items()}
