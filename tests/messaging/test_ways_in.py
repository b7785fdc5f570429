"""One contract for all ways in: what is said over the socket, by POST, by a plain form, by mail or for later is kept alike, heard
alike, and refused by the same codes."""

import asyncio
import json
from datetime import timedelta
from email.message import EmailMessage
from uuid import UUID, uuid4

import pytest
from asgiref.sync import sync_to_async
from django.urls import reverse
from django.utils import timezone

from core.errors import DomainError
from core.models import Job
from mentoring.messaging import limits
from mentoring.messaging.frames import frames_after
from mentoring.messaging.mail import address_for
from mentoring.messaging.models import Change, Message, Room, ScheduledMessage
from mentoring.messaging.serializers import Speech
from mentoring.messaging.services import (
    close_room,
    refusals,
    schedule_message,
    send_scheduled,
    take_mail,
)
from mentoring.safeguarding.services import block_person
from tests.factories import PersonFactory, RoomFactory
from tests.messaging.test_consumers import connect, own_connections  # noqa: F401  fixtures

pytestmark = pytest.mark.django_db(transaction=True)
SAID = ""
"""In place of a code: it was said."""


class Ways:
    """Each says `words` as `person` in `room` under the id `cid`, and returns the code of the refusal or SAID."""

    def __init__(self, sign_in, connect) -> None:  # noqa: F811
        self.sign_in, self.connect = sign_in, connect

    async def socket(self, room: Room, person, cid: UUID, words: str) -> str:
        async with self.connect(person) as socket:
            await socket.give(t="m", r=room.pk, cid=str(cid), b=words)
            event = await socket.line.receive_output(timeout=20)
        if event.get("code") == 1013:  # not even let in
            return "busy"
        return json.loads(event["text"]).get("code", SAID)

    @sync_to_async
    def post(self, room: Room, person, cid: UUID, words: str) -> str:
        frame = json.dumps({"t": "m", "r": room.pk, "cid": str(cid), "b": words})
        answer = self.sign_in(person).post(
            reverse("frame_post"), frame, content_type="application/json", headers={"Idempotency-Key": str(cid)}
        )
        return answer.json().get("code", SAID)

    @sync_to_async
    def form(self, room: Room, person, cid: UUID, words: str) -> str:
        answer = self.sign_in(person).post(reverse("room_send", args=[room.pk]), {"cid": str(cid), "body": words})
        if answer.status_code in (302, 404):
            return SAID if answer.status_code == 302 else refusals.NotAMember.code
        (sentence,) = answer.context["form"].errors["body"]
        return next(refusal.code for refusal in REFUSALS if str(refusal.default) == sentence)

    @sync_to_async
    def mail(self, room: Room, person, cid: UUID, words: str) -> str:
        letter = EmailMessage()
        letter["From"], letter["To"] = person.email, address_for(room.pk, person.pk)
        letter["Message-ID"] = f"<{cid}@home>"
        letter.set_content(words)
        try:
            return take_mail(letter.as_bytes(), at=timezone.now()).reason
        except refusals.TooFast as later:
            return later.code

    @sync_to_async
    def later(self, room: Room, person, cid: UUID, words: str) -> str:
        now = timezone.now()
        try:
            due_at = now + timedelta(seconds=1)
            waits = schedule_message(room, by=person, cid=cid, body=words, due_at=due_at, at=now)
        except DomainError as refusal:
            return refusal.code
        send_scheduled(waits.pk, at=due_at)
        return ScheduledMessage.objects.filter(pk=waits.pk).values_list("refused", flat=True).first() or SAID


REFUSALS = [each for each in vars(refusals).values() if isinstance(each, type) and each is not DomainError]
WAYS = ["socket", "post", "form", "mail", "later"]


@pytest.fixture
def ways(settings, sign_in, connect):  # noqa: F811
    settings.REPLY_ADDRESS = "reply@mail.example.edu"
    return Ways(sign_in, connect)


@pytest.fixture(params=WAYS)
def say(request, ways):
    return getattr(ways, request.param)


@pytest.fixture(autouse=True)
def full_buckets():
    limits._buckets.clear()
    limits._recent.clear()


def kept(room: Room) -> dict:
    """Everything that was written down of what was said there."""
    messages = Message.objects.filter(room=room).order_by("seq")
    changes = Change.objects.filter(room=room).order_by("seq")
    return {
        "head": Room.objects.get(pk=room.pk).last_seq,
        "messages": list(messages.values_list("seq", "sender", "body", "body_norm", "reply_to", "topic", "rev")),
        "changes": list(changes.values_list("seq", "kind", "message__seq", "actor", "cid", "data")),
        "told later": Job.objects.filter(name="messaging.tell", payload__room_id=room.pk).count(),
    }


def heard(room: Room, person) -> list[dict]:
    """What the other one is brought, without what no two messages share."""
    _seq, texts = frames_after(person, Speech.of(person), room.pk, 0)
    frames = [json.loads(text) for text in texts]
    for frame in frames:
        del frame["w"], frame["m"]["id"], frame["m"]["cid"], frame["m"]["ts"]
    return frames


def pair() -> tuple[Room, object, object]:
    room = RoomFactory()
    return room, *(seat.person for seat in room.members.order_by("pk"))


WORDS = "سلام، see https://example.org/a — می‌روم"


async def test_what_is_said_is_kept_and_heard_alike_and_saying_it_again_is_saying_it_once(say):
    room, writer, reader = await sync_to_async(pair)()
    cid = uuid4()

    assert [await say(room, writer, cid, WORDS) for _n in range(2)] == [SAID, SAID]

    words = [["سلام، see ", ""], ["https://example.org/a", "https://example.org/a"], [" — می‌روم", ""]]
    norm = "سلام، see https://example.org/a — می روم\nمیروم"
    assert await sync_to_async(kept)(room) == {
        "head": 1,
        "messages": [(1, writer.pk, WORDS, norm, None, None, 0)],
        "changes": [(1, "message", 1, writer.pk, None, {})],
        "told later": 1,
    }
    assert await sync_to_async(heard)(room, reader) == [
        {
            "t": "c", "r": room.pk, "s": 1, "k": "message",
            "m": {"s": 1, "u": writer.pk, "name": str(writer), "parts": words, "files": [], "re": None, "x": {},
                  "pin": False, "rev": 0, "edited": False, "gone": False},
        }
    ]  # fmt: skip


def nothing(_room, _writer, _reader):
    pass


def closed(room, _writer, _reader):
    close_room(room.relationship, at=timezone.now())


def blocked(_room, writer, reader):
    block_person(writer, by=reader, at=timezone.now())


def left(room, writer, _reader):
    room.members.filter(person=writer).update(left_at=timezone.now())


@pytest.mark.parametrize(
    ("before", "words", "code"),
    [
        (nothing, " \n ", "empty"),
        (nothing, "x" * 8001, "too_long"),
        (closed, WORDS, "closed"),
        (blocked, WORDS, "resting"),
        (left, WORDS, "not_found"),
    ],
)
async def test_what_is_refused_is_refused_by_the_same_code_and_leaves_nothing(ways, before, words, code):
    for way in WAYS:
        room, writer, reader = await sync_to_async(pair)()
        was = await sync_to_async(kept)(room)
        await sync_to_async(before)(room, writer, reader)

        assert await getattr(ways, way)(room, writer, uuid4(), words) == code, way
        assert await sync_to_async(kept)(room) == was, way


async def test_a_room_of_others_is_not_there(ways):
    room, _writer, _reader = await sync_to_async(pair)()
    stranger = await sync_to_async(PersonFactory)()
    for way in WAYS:
        assert await getattr(ways, way)(room, stranger, uuid4(), WORDS) == "not_found", way
    assert (await sync_to_async(kept)(room))["head"] == 0


async def test_the_same_id_with_other_words_is_a_conflict_on_every_way_that_has_ids_and_the_first_words_stay(ways):
    """A mail that is known already is not read again, and words for later may still be changed."""
    for way in ("socket", "post", "form"):
        room, writer, _reader = await sync_to_async(pair)()
        cid = uuid4()
        for first in ("socket", "post", "form"):
            assert await getattr(ways, first)(room, writer, cid, WORDS) == SAID
        assert await getattr(ways, way)(room, writer, cid, "Other") == "conflict", way
        assert [row[2] for row in (await sync_to_async(kept)(room))["messages"]] == [WORDS]


async def test_who_speaks_too_fast_over_one_way_has_to_wait_on_the_others_too(ways, monkeypatch):
    monkeypatch.setattr(limits.Bucket, "RATE", 0.001)
    monkeypatch.setattr(limits.Bucket, "BURST", 2)  # a handshake takes one, too
    at_once = [way for way in WAYS if way != "later"]
    for first in at_once:
        room, writer, _reader = await sync_to_async(pair)()
        assert await getattr(ways, first)(room, writer, uuid4(), WORDS) == SAID
        for way in at_once:
            assert await getattr(ways, way)(room, writer, uuid4(), WORDS) == "busy", (first, way)
        assert (await sync_to_async(kept)(room))["head"] == 1


async def test_what_is_said_at_once_over_all_ways_takes_one_number_each(ways):
    room, writer, reader = await sync_to_async(pair)()

    said = [getattr(ways, way)(room, person, uuid4(), way) for way in WAYS for person in (writer, reader)]
    assert await asyncio.gather(*said) == [SAID] * 10

    found = await sync_to_async(kept)(room)
    assert [row[0] for row in found["changes"]] == [row[0] for row in found["messages"]] == list(range(1, 11))
    assert sorted(row[2] for row in found["messages"]) == sorted(WAYS * 2)
