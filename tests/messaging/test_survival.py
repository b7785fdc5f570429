"""A real server that dies in the middle: nothing it acknowledged is lost, nothing is there twice."""

import asyncio
import json
from contextlib import suppress
from uuid import uuid4

import pytest
from django.conf import settings
from websockets.exceptions import ConnectionClosed

from tests.factories import RoomFactory
from tests.messaging.server import Server

MESSAGES = 24


@pytest.fixture
def room(transactional_db):
    return RoomFactory()


@pytest.fixture
def server(room, tmp_path, sign_in):
    person = room.members.first().person
    server = Server(tmp_path, sign_in(person).cookies["sessionid"].value)
    server.start()
    yield server
    server.kill()


async def speak(server, room, waiting, *, kill_after):
    """Send what waits, in order; returns the acknowledged {cid: seq}. The server dies after `kill_after` of them."""
    acknowledged = {}
    with suppress(ConnectionClosed):
        async with server.talk() as talk:
            await talk.send(json.dumps({"t": "hello", "v": 1, "rooms": {str(room.pk): 0}}))
            for cid in waiting:
                await talk.send(json.dumps({"t": "m", "cid": cid, "r": room.pk, "b": f"Message {cid}"}))
            while len(acknowledged) < len(waiting):
                frame = json.loads(await talk.recv())
                assert frame["t"] != "no", frame
                if frame["t"] == "ok":
                    acknowledged[frame["cid"]] = frame["s"]
                if len(acknowledged) == kill_after:  # what is under way to us counts as not heard
                    server.kill()
                    break
    return acknowledged


async def hear_all(server, room):
    async with server.talk() as talk:
        await talk.send(json.dumps({"t": "hello", "v": 1, "rooms": {str(room.pk): 0}}))
        ready = json.loads(await talk.recv())
        return [json.loads(await talk.recv()) for _n in range(ready["missed"])]


async def test_a_killed_server_loses_no_acknowledged_message_and_doubles_none(server, room):
    waiting = [str(uuid4()) for _n in range(MESSAGES)]

    before = await speak(server, room, waiting, kill_after=8)
    await asyncio.to_thread(server.start)
    after = await speak(server, room, [cid for cid in waiting if cid not in before], kill_after=None)
    heard = await hear_all(server, room)

    assert len(before) == 8
    assert [frame["s"] for frame in heard] == list(range(1, MESSAGES + 1))
    assert {frame["m"]["cid"]: frame["s"] for frame in heard} == before | after
    assert list(dict.fromkeys(frame["m"]["cid"] for frame in heard)) == waiting


@pytest.mark.skipif(not settings.REDIS_URL, reason="several processes need Redis")
async def test_what_is_said_in_one_process_is_heard_in_another(server, room, tmp_path):
    other = Server(tmp_path, server.cookie)
    await asyncio.to_thread(other.start)
    try:
        async with server.talk() as here, other.talk() as there:
            for talk in (here, there):
                await talk.send(json.dumps({"t": "hello", "v": 1, "rooms": {str(room.pk): 0}}))
                await talk.recv()
            cid = str(uuid4())
            await here.send(json.dumps({"t": "m", "cid": cid, "r": room.pk, "b": "Hello"}))

            heard = json.loads(await asyncio.wait_for(there.recv(), 20))
    finally:
        other.kill()

    assert (heard["t"], heard["s"], heard["m"]["cid"]) == ("c", 1, cid)
