"""Frames over plain HTTP: the same rules as on the socket."""

import json
from unittest.mock import ANY
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from mentoring.messaging import limits
from mentoring.messaging.frames import frames_after
from mentoring.messaging.models import Message
from mentoring.messaging.serializers import Speech
from mentoring.messaging.services import close_room
from tests.factories import MessageFactory, PersonFactory, RoomFactory

pytestmark = pytest.mark.django_db
URL = reverse("frame_post")


@pytest.fixture(autouse=True)
def full_buckets():
    limits._buckets.clear()
    limits._recent.clear()


@pytest.fixture
def room():
    return RoomFactory()


@pytest.fixture
def mentor(room):
    return room.members.order_by("pk")[0].person


def post(client, *, key=None, **frame):
    frame = {"cid": str(uuid4()), **frame}
    answer = client.post(
        URL, json.dumps(frame), content_type="application/json", headers={"Idempotency-Key": key or frame["cid"]}
    )
    return answer.status_code, answer.json()


def test_a_message_posted_twice_under_one_key_is_said_once(room, mentor, sign_in):
    client, frame = sign_in(mentor), {"t": "m", "r": room.pk, "cid": str(uuid4()), "b": "Hello"}

    first, again = (post(client, **frame) for _n in range(2))
    other = post(client, **{**frame, "b": "Other"})

    assert first == again
    assert (first[0], first[1]["t"], first[1]["s"]) == (200, "ok", 1)
    assert (other[0], other[1]["code"]) == (409, "conflict")
    assert Message.objects.count() == 1


def test_words_are_changed_signed_and_taken_back(room, mentor, sign_in):
    client, message = sign_in(mentor), MessageFactory(room=room, at=timezone.now())
    on = {"r": room.pk, "m": message.pk}

    answers = [
        post(client, t="e", rev=0, b="Better", **on),
        post(client, t="x", x="agree", on=True, **on),
        post(client, t="d", **on),
    ]

    assert [(status, answer["t"], answer["s"]) for status, answer in answers] == [
        (200, "ok", 2), (200, "ok", 3), (200, "ok", 4),
    ]  # fmt: skip


def test_how_far_was_read_is_noted_for_who_may_read_there(room, mentor, sign_in):
    MessageFactory(room=room, by=room.members.order_by("pk")[1].person)
    read = {"t": "rd", "r": room.pk, "s": 1}

    assert post(sign_in(PersonFactory()), **read) == (404, {"t": "no", "cid": ANY, "r": room.pk, "code": "not_found"})
    assert post(sign_in(mentor), **{**read, "s": -1})[0] == 400
    assert post(sign_in(mentor), **read) == (200, {"t": "noted"})
    assert room.members.get(person=mentor).last_read_seq == 1


def test_a_draft_is_kept_for_who_writes_there_and_goes_when_it_is_empty(room, mentor, sign_in):
    begun = {"t": "dr", "r": room.pk, "b": "Half a", "dev": "page-1"}

    assert post(sign_in(PersonFactory()), **begun) == (404, {"t": "no", "cid": ANY, "r": room.pk, "code": "not_found"})
    assert post(sign_in(mentor), **{**begun, "b": "x" * 8001})[1]["code"] == "too_long"
    assert post(sign_in(mentor), **begun) == (200, {"t": "noted"})
    assert list(room.drafts.values_list("person", "body", "device")) == [(mentor.pk, "Half a", "page-1")]
    assert post(sign_in(mentor), **{**begun, "b": " "}) == (200, {"t": "noted"})
    assert not room.drafts.exists()


@pytest.mark.parametrize(("body", "status"), [("He\0llo", 200), ("Hello\ud800", 200), ("\0\ud800", 422)])
def test_signs_that_no_database_holds_are_left_out(room, mentor, sign_in, body, status):
    assert post(sign_in(mentor), t="m", r=room.pk, b=body)[0] == status
    assert [message.body for message in Message.objects.all()] == ["Hello"] * (status == 200)


def test_what_is_no_frame_or_not_allowed_is_refused_by_the_same_codes(room, mentor, sign_in, monkeypatch):
    client, stranger = sign_in(mentor), sign_in(PersonFactory())
    message = MessageFactory(room=room, at=timezone.now())
    say, sign = {"t": "m", "r": room.pk, "b": "Hi"}, {"t": "x", "r": room.pk, "m": message.pk, "x": "agree", "on": True}

    assert [(status, answer["code"]) for status, answer in (
        post(client, **say, key=str(uuid4())),
        post(client, t="hello", v=1, rooms={}),
        post(client, **{**say, "b": " "}),
        post(client, **{**say, "b": "x" * 40_000}),
        post(client, **{**sign, "x": "shout"}),
        post(stranger, **say),
        post(stranger, **sign),
    )] == [
        (400, "bad_frame"), (400, "bad_frame"), (422, "empty"), (400, "too_big"), (422, "bad_frame"),
        (404, "not_found"), (404, "not_found"),
    ]  # fmt: skip
    close_room(room.relationship, at=timezone.now())
    assert [post(client, **frame)[1]["code"] for frame in (say, sign)] == ["closed", "closed"]
    assert client.post(URL, "{", content_type="application/json").json() == {"t": "no", "code": "bad_frame"}
    assert Client().post(URL).status_code == 302
    monkeypatch.setattr(limits.Bucket, "RATE", 0.001)
    assert [post(client, t="?")[0] for _n in range(31)][-1] == 429


def test_what_is_said_after_somebody_left_is_not_read_by_who_was_let_in_before(room, mentor):
    mentee = room.members.order_by("pk")[1]
    MessageFactory(room=room, body="For both")

    def left_meanwhile(execute, sql, params, many, context):
        if 'FROM "messaging_change"' in sql and mentee.left_at is None:
            mentee.left_at = timezone.now()
            mentee.save()
            MessageFactory(room=room, body="Just between us")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(left_meanwhile):
        seq, frames = frames_after(mentee.person, Speech.of(mentee.person), room.pk, 0)

    assert seq == 1 and len(frames) == 1 and "For both" in frames[0]


def test_another_site_says_and_reads_nothing_in_a_persons_name(room, mentor):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(mentor, backend="django.contrib.auth.backends.ModelBackend")
    frame = json.dumps({"t": "m", "r": room.pk, "cid": str(uuid4()), "b": "Not mine"})
    answer = strict.post(
        reverse("frame_post"), frame, content_type="application/json", headers={"Origin": "https://evil.example"}
    )
    assert (answer.status_code, Message.objects.count()) == (403, 0)
    read = strict.get(reverse("room_changes", args=[room.pk]), headers={"Origin": "https://evil.example"})
    assert not [name for name in read.headers if name.lower().startswith("access-control-")]
