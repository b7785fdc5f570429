"""Every frame of the socket, sent by a member, a stranger and somebody who left, to an open room and to a closed one."""

from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async

from mentoring.messaging.services import close_room
from tests.factories import NOW, MessageFactory, PersonFactory
from tests.messaging.test_consumers import (  # noqa: F401  fixtures
    connect,
    full_buckets,
    mentee,
    mentor,
    own_connections,
    room,
)

pytestmark = pytest.mark.django_db(transaction=True)


def frames(pk: int, message: int) -> dict[str, dict]:
    act = {"r": pk, "m": message, "cid": str(uuid4())}
    return {
        "e": {"t": "e", **act, "rev": 0, "b": "Other"},
        "d": {"t": "d", **act},
        "p": {"t": "p", **act, "cid": str(uuid4()), "on": True},
        "x": {"t": "x", **act, "x": "agree", "on": True},
        "get": {"t": "get", "r": pk, "from": 1},
        "dr": {"t": "dr", "r": pk, "b": "Hel"},
        "rd": {"t": "rd", "r": pk, "s": 1},
        "ty": {"t": "ty", "r": pk, "on": True},
        "sig": {"t": "sig", "r": pk, "dev": "a", "do": "ring", "call": str(uuid4())},
        "m": {"t": "m", "r": pk, "cid": str(uuid4()), "b": "Hello"},
    }


@sync_to_async
def knock(who: str, room, mentor):  # noqa: F811
    """The person who asks; the room holds one message already."""
    MessageFactory(room=room, by=mentor)
    person = PersonFactory() if who == "stranger" else room.members.exclude(person=mentor).get().person
    if who == "left":
        room.members.filter(person=person).update(left_at=NOW)
    if who == "member of a closed room":
        close_room(room.relationship, at=NOW)
    return person


@pytest.mark.parametrize("who", ["member", "member of a closed room", "stranger", "left"])
async def test_a_frame_does_what_its_sender_may(who, connect, room, mentor):  # noqa: F811
    person = await knock(who, room, mentor)
    message = await sync_to_async(room.messages.get)()
    async with connect(person) as socket:
        ready = await socket.hello(**{f"r{room.pk}": 1})
        if who in ("stranger", "left"):
            assert ready["heads"] == ready["read"] == {}
            assert (await socket.hear())["code"] == "not_found"
            for kind, frame in frames(room.pk, message.pk).items():
                refused = await socket.ask(**frame)
                unknown = await socket.ask(**{**frame, "r": 987654321})
                assert refused == {**unknown, "r": room.pk}, kind
                assert refused["code"] == "not_found"
            return
        assert ready["heads"] == {str(room.pk): 1}
        asked = frames(room.pk, message.pk)
        assert (await socket.ask(**asked["get"]))["t"] == "c"
        await socket.give(**asked["m"])
        answer = await socket.hear("ok" if who == "member" else "no")
        assert answer.get("code") == (None if who == "member" else "closed")
        assert {kind: (await socket.ask_for("no", **asked[kind]))["code"] for kind in "ed"} == dict.fromkeys(
            "ed", "not_allowed"
        )
        await socket.give(t="sig", dev="a", do="look")
        await socket.hear("sig")
        await socket.give(**asked["sig"])
        answer = await socket.hear("sig" if who == "member" else "no")
        assert answer.get("code", answer.get("st")) == ("ringing" if who == "member" else "closed")
        await socket.give(**asked["x"])
        assert (await socket.hear("ok" if who == "member" else "no")).get("code") == (
            None if who == "member" else "closed"
        )
