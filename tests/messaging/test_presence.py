"""Who is here: told to those who share a room and are seen themselves, and to nobody else."""

import asyncio

import pytest
from asgiref.sync import sync_to_async

from mentoring.messaging import presence
from mentoring.messaging.hub import hub, readers
from mentoring.messaging.models import RoomMember
from notifications.services import keep_rhythm
from tests.factories import NOW, PersonFactory, RoomFactory
from tests.messaging.test_consumers import connect, full_buckets, mentee, mentor, own_connections, room  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(presence, "GRACE_S", 0)


async def watch(socket, room):  # noqa: F811
    await socket.give(t="hello", v=1, rooms={str(room.pk): 0}, pr=True)
    await socket.hear("ready")


async def nothing_is_told(socket):
    """Frames come in order: what had been told would come before the answer."""
    await socket.give(t="hb")
    assert (await socket.hear())["t"] == "hb"


async def test_each_sees_that_the_other_comes_and_goes(connect, room, mentor, mentee):  # noqa: F811
    async with connect(mentor) as ours:
        await watch(ours, room)
        async with connect(mentee) as theirs:
            await watch(theirs, room)
            assert await theirs.hear() == {"t": "pr", "r": room.pk, "u": mentor.pk, "name": str(mentor), "on": True}
            assert await ours.hear() == {"t": "pr", "r": room.pk, "u": mentee.pk, "name": str(mentee), "on": True}
            await theirs.give(t="pr", on=False)
            assert (await ours.hear("pr"))["on"] is False
            await theirs.give(t="pr", on=True)
            assert (await ours.hear("pr"))["on"] is True
        assert (await ours.hear("pr"))["on"] is False


async def test_one_is_here_until_the_last_of_ones_pages_is_gone(connect, room, mentor, mentee):  # noqa: F811
    async with connect(mentor) as ours, connect(mentee) as phone:
        await watch(ours, room)
        await watch(phone, room)
        await ours.hear("pr")
        async with connect(mentee) as laptop:
            await watch(laptop, room)
        await nothing_is_told(ours)


async def test_of_all_who_come_in_one_moment_the_other_processes_are_told_in_two_sentences(transactional_db):
    seats = await sync_to_async(
        lambda: [s for _n in range(3) for s in RoomFactory().members.select_related("person")]
    )()
    told, go, tasks = [], asyncio.Event(), set()

    async def tell_others(_kind, *, people, gone):
        if not gone:
            told.append(set(people))
            await go.wait()

    loop = asyncio.get_running_loop()
    here = presence.Presence(readers, lambda work: tasks.add(loop.create_task(work)), tell_others, lambda _room: ())
    for seat in seats:
        await here.arrive(Watcher(seat.person), looks=True)
    here.look(next(each for each in here.watchers if each.user == seats[-1].person), False)
    await asyncio.sleep(0.01)  # nobody is gone from one page to the next; who is, is not told of any more
    go.set()
    await asyncio.gather(*tasks)

    people = [seat.person_id for seat in seats]
    assert told == [{people[0]}, set(people[1:-1])]


class Watcher:
    """A page that looks, without its line."""

    watches, rooms = False, frozenset()

    def __init__(self, user):
        self.user = user


async def test_who_hides_is_not_seen_and_sees_nobody(connect, room, mentor, mentee):  # noqa: F811
    await sync_to_async(keep_rhythm)(mentee, at=NOW, seen=False)
    async with connect(mentor) as ours, connect(mentee) as theirs:
        await watch(ours, room)
        await watch(theirs, room)
        await nothing_is_told(ours)
        await nothing_is_told(theirs)

        await sync_to_async(keep_rhythm)(mentee, at=NOW, seen=True)
        await hub().presence.renew()
        assert (await ours.hear())["on"] is True
        await sync_to_async(keep_rhythm)(mentee, at=NOW, seen=False)
        await hub().presence.renew()
        assert (await ours.hear())["on"] is False


async def test_strangers_and_old_clients_are_told_nothing(connect, room, mentor):  # noqa: F811
    stranger = await sync_to_async(PersonFactory)()
    other = await sync_to_async(RoomFactory)()
    await sync_to_async(RoomMember.objects.create)(room=other, person=stranger, joined_at=NOW)
    async with connect(mentor) as ours, connect(stranger) as theirs, connect(mentor) as old:
        await old.hello(**{f"r{room.pk}": 0})
        await theirs.give(t="hello", v=1, rooms={str(room.pk): 0, str(other.pk): 0}, pr=True)
        assert [(await theirs.hear())["t"] for _ in range(2)] == ["ready", "no"]
        await watch(ours, room)
        for socket in (theirs, old, ours):
            await nothing_is_told(socket)


async def test_who_left_the_room_is_not_here_any_more(connect, room, mentor, mentee):  # noqa: F811
    async with connect(mentor) as ours, connect(mentee) as theirs:
        await watch(ours, room)
        await watch(theirs, room)
        await ours.hear("pr")
        await sync_to_async(RoomMember.objects.filter(person=mentee).update)(left_at=NOW)
        await hub().presence.renew()
        assert (await ours.hear("pr"))["on"] is False


async def test_people_of_other_processes_are_believed_for_a_while(connect, room, mentor, mentee, monkeypatch):  # noqa: F811
    elsewhere = {"kind": "talk.here", "people": {str(mentee.pk): [str(mentee), [room.pk]]}, "gone": []}
    async with connect(mentor) as ours:
        await watch(ours, room)
        await nothing_is_told(ours)
        hub().hear(elsewhere)
        assert (await ours.hear())["on"] is True
        hub().hear(elsewhere)
        await nothing_is_told(ours)
        hub().hear({"kind": "talk.here", "people": {}, "gone": [mentee.pk]})
        assert (await ours.hear())["on"] is False

        monkeypatch.setattr(presence, "BELIEVED_S", -1)
        hub().hear(elsewhere)
        assert (await ours.hear())["on"] is True
        await hub().presence.renew()
        assert (await ours.hear())["on"] is False
