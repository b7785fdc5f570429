"""More sockets of one person than a process holds for them, over a real server and its real handshakes."""

import asyncio
import json
from contextlib import AsyncExitStack

import pytest
from websockets.exceptions import ConnectionClosed

from mentoring.messaging.limits import CROWDED, MOST_LINES
from tests.factories import PersonFactory
from tests.messaging.server import Server

LATER = 1013


@pytest.fixture
def server(transactional_db, tmp_path, sign_in):
    server = Server(tmp_path, sign_in(PersonFactory()).cookies["sessionid"].value)
    yield server
    server.kill()


async def answers(talk):
    """0; 429 when it has to wait; or the code with which it was closed."""
    try:
        await talk.send(json.dumps({"t": "hb"}))
        return 0 if json.loads(await asyncio.wait_for(talk.recv(), 20))["t"] == "hb" else 429
    except ConnectionClosed as closed:
        return closed.rcvd.code


async def test_with_one_more_than_twenty_the_one_that_was_open_longest_goes_and_leaves_its_place(server):
    server.environment["TALK_FRAMES_PER_SECOND"] = "1000"
    await asyncio.to_thread(server.start)
    async with AsyncExitStack() as stack:
        talks = [await stack.enter_async_context(server.talk()) for _n in range(MOST_LINES + 2)]
        assert [await answers(talk) for talk in talks] == [CROWDED, CROWDED, *[0] * MOST_LINES]

        await talks[2].close()
        talks.append(await stack.enter_async_context(server.talk()))
        assert [await answers(talk) for talk in talks[3:]] == [0] * MOST_LINES


async def test_a_storm_of_one_person_is_told_to_come_later_and_then_is_let_in(server):
    await asyncio.to_thread(server.start)
    async with AsyncExitStack() as stack:
        talks = await asyncio.gather(*(stack.enter_async_context(server.talk()) for _n in range(60)))
        assert LATER in [await answers(talk) for talk in talks]

        async with asyncio.timeout(20):
            while await answers(await stack.enter_async_context(server.talk())):
                await asyncio.sleep(0.5)  # as a client does
