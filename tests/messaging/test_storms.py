"""Hundreds lose their line in one moment and come back in the next: the database does not notice how many they are."""

import asyncio
import json
from threading import Event

import psycopg2
import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from accounts.queries import people_of_sessions
from mentoring.messaging.presence import _rooms_where_seen
from mentoring.messaging.queries import where_they_are
from mentoring.messaging.switchboard import _standing
from tests.factories import RoomFactory
from tests.messaging.server import Server

PAIRS, PAGES = 15, 8
READERS, WRITERS = 2, 1


@pytest.mark.parametrize("pairs", [1, 3])
def test_what_those_ask_who_come_in_one_moment_is_asked_once_for_all(db, sign_in, django_assert_num_queries, pairs):
    """Two questions who they are, one where their rooms are, two who may be seen there, one whether somebody rings them."""
    seats = [seat for _n in range(pairs) for seat in RoomFactory().members.select_related("person")]
    keys = [sign_in(seat.person).cookies["sessionid"].value for seat in seats]

    with django_assert_num_queries(6):
        found = people_of_sessions(keys, at=timezone.now())
        people = [found[key] for key in keys]
        heads = where_they_are([(seat.person_id, [seat.room_id]) for seat in seats])
        seen = _rooms_where_seen([person.pk for person in people])
        calls = _standing(people)

    assert people == [seat.person for seat in seats]
    assert [list(rooms) for rooms in heads] == [[seat.room_id] for seat in seats]
    assert seen == [{seat.room_id} for seat in seats]
    assert calls == [(None, set())] * len(seats)


@pytest.fixture
def cookies(transactional_db, sign_in):
    """{key of a session: room}"""
    seats = [seat for _n in range(PAIRS) for seat in RoomFactory().members.select_related("person")]
    return {sign_in(seat.person).cookies["sessionid"].value: seat.room_id for seat in seats}


@pytest.fixture
def server(cookies, tmp_path):
    server = Server(tmp_path, next(iter(cookies)))
    server.environment |= {"PGAPPNAME": "storm", "TALK_FRAMES_PER_SECOND": "1000"}
    server.start()
    yield server
    server.kill()


class Page:
    """What a page of a conversation says when its line is there, and what it waits for."""

    def __init__(self, server, cookie, room):
        self.server, self.cookie, self.room = server, cookie, room

    async def come(self):
        self.talk = await self.server.talk(cookie=self.cookie, open_timeout=60)
        await self.talk.send(json.dumps({"t": "hello", "v": 1, "rooms": {str(self.room): 0}, "pr": True}))
        await self.talk.send(json.dumps({"t": "sig", "do": "look", "dev": "page"}))
        while (frame := json.loads(await asyncio.wait_for(self.talk.recv(), 60)))["t"] != "sig":
            assert frame["t"] in ("ready", "pr"), frame

    def drop(self):
        self.talk.transport.abort()


def lines_of(name, done):
    """The most connections that the database had from programs of that name until `done` is set."""
    most = 0
    with psycopg2.connect(**connection.get_connection_params() | {"application_name": "watch"}) as watch:
        watch.autocommit = True
        with watch.cursor() as cursor:
            while True:
                cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE application_name = %s", [name])
                most = max(most, cursor.fetchone()[0])
                if done.wait(0.01):
                    break
    return most


@pytest.mark.skipif(not settings.REDIS_URL, reason="SQLite has no connections to count")
async def test_in_a_storm_a_process_keeps_as_many_connections_as_it_has_threads_for_the_database(server, cookies):
    """Whoever comes waits for one of two that read and one that writes, and for none of their own."""
    pages = [Page(server, cookie, room) for cookie, room in cookies.items() for _n in range(PAGES)]
    await asyncio.gather(*(page.come() for page in pages))
    done = Event()
    watch = asyncio.create_task(asyncio.to_thread(lines_of, "storm", done))

    for page in pages:
        page.drop()
    await asyncio.gather(*(page.come() for page in pages))

    done.set()
    assert 0 < await watch <= READERS + WRITERS
