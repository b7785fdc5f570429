import asyncio
from threading import Event

import pytest
from django.db import OperationalError, connection

from core.threads import DatabaseThreads, Together


@pytest.fixture
async def threads():
    threads = DatabaseThreads(1, "test")
    yield threads
    await threads.close()


async def test_what_is_asked_meanwhile_is_asked_together(threads):
    asked, gate = [], Event()

    def answer(questions):
        asked.append(list(questions))
        assert gate.wait(20)
        return [question * 10 for question in questions]

    together = Together(threads, answer, most=3)
    first = asyncio.create_task(together(0))
    while not asked:
        await asyncio.sleep(0)
    others = [asyncio.create_task(together(n)) for n in range(1, 5)]
    await asyncio.sleep(0)
    gate.set()

    assert await asyncio.gather(first, *others) == [0, 10, 20, 30, 40]
    assert asked == [[0], [1, 2, 3], [4]]


async def test_a_bad_question_fails_for_who_asked_it_alone(threads):
    def answer(questions):
        return [1 // question for question in questions]

    together = Together(threads, answer)
    first, second = await asyncio.gather(together(0), together(1), return_exceptions=True)

    assert (type(first), second) == (ZeroDivisionError, 1)


async def test_a_database_that_is_away_is_asked_once_for_all(threads):
    asked = []

    def answer(questions):
        asked.append(list(questions))
        if len(asked) == 1:
            raise OperationalError
        return questions

    together = Together(threads, answer)
    failed = await asyncio.gather(together(0), together(1), return_exceptions=True)

    assert [type(each) for each in failed] == [OperationalError, OperationalError]
    assert (await together(1), asked) == (1, [[0, 1], [1]])


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite is asked nothing of the kind")
@pytest.mark.django_db(transaction=True)
async def test_every_new_connection_begins_as_it_was_told():
    def plans():
        with connection.cursor() as cursor:
            cursor.execute("SHOW enable_seqscan")
            return cursor.fetchone()[0]

    threads = DatabaseThreads(1, "test", begin="SET enable_seqscan = off")
    try:
        first = await threads(plans)
        await threads(lambda: connection.close())
        assert (first, await threads(plans)) == ("off", "off")
    finally:
        await threads.close()
