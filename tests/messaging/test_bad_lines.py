"""Over a real server: a text beyond all measure, and a reader who takes nothing. Each costs its own socket and nobody a word."""

import asyncio
import json
import socket
from contextlib import suppress
from uuid import uuid4

import pytest
from websockets.exceptions import ConnectionClosed

from tests.factories import RoomFactory
from tests.messaging.server import Server

TOO_BIG, SLOW = 1009, 4008
LONG, MANY = "x" * 7_900, 900
"""More than the buffers of a loopback line hold beside what a socket may have unsent."""


@pytest.fixture
def room(transactional_db):
    return RoomFactory()


@pytest.fixture
def servers(room, tmp_path, sign_in):
    """The same one, as the one of the two reaches it and as the other does."""
    first, second = (sign_in(member.person).cookies["sessionid"].value for member in room.members.order_by("pk"))
    ours = Server(tmp_path, first)
    theirs = Server.__new__(Server)
    ours.environment["TALK_FRAMES_PER_SECOND"] = "100000"
    ours.start()
    theirs.__dict__.update(ours.__dict__, cookie=second)
    yield ours, theirs
    ours.kill()


def message(room, words):
    return json.dumps({"t": "m", "cid": str(uuid4()), "r": room.pk, "b": words})


def hello(room, last=0):
    return json.dumps({"t": "hello", "v": 1, "rooms": {str(room.pk): last}})


async def changes(talk, many, refused=None):
    """The numbers of the next changes; what is `refused` meanwhile is handed on."""
    heard = []
    async with asyncio.timeout(120):
        while len(heard) < many:
            frame = json.loads(await talk.recv())
            if frame["t"] == "c":
                heard.append(frame["s"])
            elif frame["t"] == "no":
                refused(frame)
    return heard


async def test_a_text_of_a_megabyte_ends_the_socket_that_sent_it_and_no_other(servers, room):
    ours, theirs = servers
    async with ours.talk() as big, theirs.talk() as other:
        for talk in (big, other):
            await talk.send(hello(room))
            assert json.loads(await talk.recv())["t"] == "ready"
        await big.send(message(room, "Before"))
        assert json.loads(await big.recv())["t"] == "ok"
        await big.send(message(room, "x" * 1_000_000))
        with pytest.raises(ConnectionClosed) as closed:
            while True:
                await asyncio.wait_for(big.recv(), 20)
        assert closed.value.rcvd.code == TOO_BIG

        async with ours.talk() as again:
            await again.send(hello(room))
            assert await changes(again, 1) == [1]
            await again.send(message(room, "After"))
            assert await changes(other, 2) == [1, 2]


async def test_who_takes_nothing_is_sent_away_and_has_all_of_it_when_they_come_again(servers, room):
    ours, theirs = servers
    narrow = socket.socket()
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    narrow.connect(("127.0.0.1", ours.port))
    narrow.setblocking(False)
    async with ours.talk() as writer, theirs.talk() as reader, theirs.talk(sock=narrow, max_queue=1) as slow:
        for talk in (writer, reader, slow):
            await talk.send(hello(room))
            assert json.loads(await talk.recv())["t"] == "ready"

        texts = [message(room, LONG) for _n in range(MANY)]
        by_cid = {json.loads(text)["cid"]: text for text in texts}
        to_say: asyncio.Queue[str] = asyncio.Queue()
        for text in texts:
            to_say.put_nowait(text)

        async def write():
            while True:
                await writer.send(await to_say.get())

        def busy(frame):
            later = frame["retry_ms"] / 1000
            asyncio.get_running_loop().call_later(later, to_say.put_nowait, by_cid[frame["cid"]])

        writing = asyncio.create_task(write())
        hearing = asyncio.create_task(changes(writer, MANY, busy))
        assert await changes(reader, MANY) == list(range(1, MANY + 1)) == await hearing
        writing.cancel()

        taken = []
        with suppress(ConnectionClosed):
            while True:
                frame = json.loads(await asyncio.wait_for(slow.recv(), 20))
                taken += [frame["s"]] if frame["t"] == "c" else []
        assert slow.close_code == SLOW
        assert taken == list(range(1, len(taken) + 1)) and len(taken) < MANY

    async with theirs.talk() as again:
        last = max(len(taken), MANY - 400)
        await again.send(hello(room, last))
        assert await changes(again, MANY - last) == list(range(last + 1, MANY + 1))
