"""In a circle somebody is kept apart from somebody: what comes live names people as what is fetched does."""

import json
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.db import transaction
from django.utils import timezone

from mentoring.messaging.frames import frames_after
from mentoring.messaging.models import RoomMember
from mentoring.messaging.serializers import Speech
from mentoring.messaging.services import react, send_message
from mentoring.safeguarding.services import block_person
from tests.factories import NOW, EnrolmentFactory, MessageFactory
from tests.messaging.test_consumers import connect, full_buckets, mentee, mentor, own_connections, room  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)
BEFORE, TURNED = "Before", "CALL 0912 345 6789"


@pytest.fixture
def member(room, mentee):  # noqa: F811
    """A third in the conversation, who is kept apart from the mentee and has another name since."""
    person = EnrolmentFactory(programme=room.relationship.programme, person__name=BEFORE).person
    RoomMember.objects.create(room=room, person=person, joined_at=NOW)
    MessageFactory(room=room, by=person)
    block_person(mentee, by=person, at=NOW)
    person.name = TURNED
    person.save()
    return person


def fetched(room, reader):  # noqa: F811
    return [json.loads(text) for text in frames_after(reader, Speech.of(reader), room.pk, 0)[1]]


async def test_a_new_message_its_quotes_and_signs_name_whoever_is_kept_apart_as_then(
    connect,  # noqa: F811
    room,  # noqa: F811
    mentor,  # noqa: F811
    mentee,  # noqa: F811
    member,
):
    first = await sync_to_async(room.messages.get)()

    def elsewhere():
        now = timezone.now()
        send_message(room, by=mentor, cid=uuid4(), body="As you say", reply_to=first, at=now)
        react(first, by=member, sign="thanks", on=True, at=now, cid=uuid4())

    async with connect(mentor) as ours, connect(mentee) as theirs, connect(member) as own:
        for socket in (ours, theirs, own):
            await socket.hello(**{f"r{room.pk}": 1})
        await own.give(t="m", cid=str(uuid4()), r=room.pk, b="Something new")
        await own.hear("c")
        await sync_to_async(elsewhere)()
        live = [[await socket.hear("c") for _n in range(3)] for socket in (ours, theirs)]

    for frames, reader, name in ((live[0], mentor, TURNED), (live[1], mentee, BEFORE)):
        said, quoting, sign = (frame["m"] for frame in frames)
        assert (said["name"], quoting["re"]["name"], sign["name"]) == (name, name, name)
        assert sign["x"] == {"thanks": [[member.pk, name]]}
        assert frames == (await sync_to_async(fetched)(room, reader))[1:]


async def test_where_only_somebody_kept_apart_listens_nothing_is_left_out(connect, room, mentor, mentee, member):  # noqa: F811
    @transaction.atomic
    def elsewhere():
        for body in ("One", "Two"):
            send_message(room, by=mentor, cid=uuid4(), body=body, at=timezone.now())

    async with connect(mentee) as theirs:
        await theirs.hello(**{f"r{room.pk}": 1})
        await theirs.ask(t="hb")
        await sync_to_async(elsewhere)()

        assert [(await theirs.hear("c"))["s"] for _n in range(2)] == [2, 3]


async def test_who_is_kept_apart_is_not_shown_who_writes(connect, room, mentor, mentee, member):  # noqa: F811
    async with connect(mentee) as theirs, connect(member) as own:
        for socket in (theirs, own):
            await socket.hello(**{f"r{room.pk}": 1})
        await own.give(t="ty", r=room.pk, on=True)
        await own.ask_for("hb", t="hb")

        assert (await theirs.ask(t="hb"))["t"] == "hb"
