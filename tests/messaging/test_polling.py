"""Waiting for changes over plain HTTP: the frames of the socket, as soon as there are some."""

import asyncio
import json
from unittest.mock import ANY
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from config.asgi import application
from mentoring.messaging.hub import readers
from mentoring.messaging.models import Call, RoomMember
from mentoring.messaging.services import place_call, send_message
from tests.factories import NOW, MessageFactory, PersonFactory, RoomFactory
from tests.messaging.test_consumers import (  # noqa: F401  fixtures
    full_buckets,
    mentee,
    mentor,
    own_connections,
    room,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ask(sign_in):
    async def asked(person, query, *, before=None, meanwhile=None):
        headers = [(b"host", b"localhost")]
        if person is not None:
            client = await sync_to_async(sign_in)(person)
            headers.append((b"cookie", f"sessionid={client.cookies['sessionid'].value}".encode()))
        scope = {"type": "http", "method": "GET", "path": "/rooms/changes", "query_string": query.encode(),
                 "headers": headers}  # fmt: skip
        if before:
            await before()
        line = ApplicationCommunicator(application, scope)
        await line.send_input({"type": "http.request", "body": b"", "more_body": False})
        if meanwhile:
            assert await line.receive_nothing(0.3)
            await sync_to_async(meanwhile)()
        start, body = [await line.receive_output(timeout=20) for _n in range(2)]
        await line.wait(timeout=20)
        return start["status"], json.loads(body["body"])

    return asked


async def test_what_was_missed_comes_at_once_and_what_is_said_meanwhile_ends_the_waiting(ask, room, mentor, mentee):  # noqa: F811
    await sync_to_async(MessageFactory)(room=room, by=mentor)

    def say():
        send_message(room, by=mentor, cid=uuid4(), body="There you are", at=timezone.now())

    missed = await ask(mentee, f"after={room.pk}:0")
    waited = await ask(mentee, f"after={room.pk}:1", meanwhile=say)
    nothing = await ask(mentee, f"after={room.pk}:2&wait=0")

    assert [(frame["t"], frame["s"]) for frame in missed[1]["frames"]] == [("c", 1)]
    assert [(frame["t"], frame["s"], frame["m"]["parts"]) for frame in waited[1]["frames"]] == [
        ("c", 2, [["There you are", ""]])
    ]
    assert nothing == (200, {"frames": [], "epochs": {str(room.pk): str(room.epoch)}, "rings": None})


async def test_a_stranger_learns_no_more_of_a_room_than_of_none_and_nobody_waits_signed_out(ask, room):  # noqa: F811
    stranger = await sync_to_async(PersonFactory)()

    for pk in (room.pk, room.pk + 1000):
        assert await ask(stranger, f"after={pk}:0") == (
            200,
            {
                "frames": [{"t": "no", "r": pk, "code": "not_found"}],
                "epochs": {},
                "rings": None,
            },
        )
    assert (await ask(None, f"after={room.pk}:0"))[0] == 401


async def test_who_only_asks_is_told_at_once_that_it_rings_and_may_decline(ask, sign_in, room, mentor, mentee):  # noqa: F811
    elsewhere = await sync_to_async(RoomFactory)()
    await sync_to_async(RoomMember.objects.create)(room=elsewhere, person=mentee, joined_at=NOW)
    cid, other, answers = uuid4(), f"after={elsewhere.pk}:0", []

    def ring():
        place_call(room, by=mentor, call_id=cid, device="theirs", at=timezone.now())

    def decline(person):
        frame = {"t": "sig", "cid": str(uuid4()), "do": "decline", "call": str(cid)}
        headers = {"Idempotency-Key": frame["cid"]}
        answer = sign_in(person).post(reverse("frame_post"), frame, content_type="application/json", headers=headers)
        answers.append((answer.status_code, answer.json()))

    _status, rung = await ask(mentee, other, meanwhile=ring)
    assert (rung["frames"], rung["rings"]["call"], rung["rings"]["name"]) == ([], str(cid), str(mentor))
    assert (rung["rings"]["st"], rung["rings"]["r"], rung["rings"]["to"]) == ("ringing", room.pk, mentee.pk)
    assert (await ask(mentee, other))[1] == rung  # a page that does not show it yet
    assert (await ask(mentor, f"after={room.pk}:1&wait=0"))[1]["rings"] is None  # who rings

    stranger = await sync_to_async(PersonFactory)()
    await sync_to_async(decline)(stranger)
    _status, over = await ask(mentee, f"{other}&rings={cid}", meanwhile=lambda: decline(mentee))
    assert (over["frames"], over["rings"]) == ([], None)
    assert answers == [(404, {"t": "no", "cid": ANY, "code": "not_found"}), (200, {"t": "noted"})]
    assert (await sync_to_async(Call.objects.get)(pk=cid)).state == Call.State.DECLINED


async def test_while_the_database_is_away_one_is_asked_to_come_again(ask, mentor, monkeypatch):  # noqa: F811
    async def away():
        await readers.close()
        monkeypatch.setitem(connections.settings["default"], "NAME", "/there/is/none")

    assert await ask(mentor, "after=1:0", before=away) == (503, {"t": "no", "code": "busy", "retry_ms": 1000})


async def test_what_is_no_question_is_refused(ask, mentor):  # noqa: F811
    bad = ["", "after=", "after=1", "after=1:x", "after=1:-1", "after=1:2&wait=26", "after=1:2&wait=nan",
           f"after={','.join(f'{n}:0' for n in range(61))}"]  # fmt: skip

    answers = await asyncio.gather(*(ask(mentor, query) for query in bad))

    assert {status for status, _ in answers} == {400}
