"""Plain words are kept by another statement than all others: nothing else may be different."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.utils import timezone

from core.models import Job
from mentoring.messaging.models import Change, Message, Room, RoomMember, WordRules
from mentoring.messaging.services import Conflict, NotAMember, RoomClosed, Send, send_all
from mentoring.messaging.services.refusals import EmptyMessage, Held, Resting
from tests.factories import PersonFactory, RoomFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def room():
    return RoomFactory()


@pytest.fixture
def people(room):
    return [member.person for member in room.members.order_by("pk")]


@pytest.fixture
def begun(room, people):
    """What is known after the first words, and when they were said."""
    at = timezone.now()
    sent = send_all([Send(room.pk, people[0], uuid4(), "Hello")], at=at)
    return sent.asked, at


def stored(room):
    said = Message.objects.filter(room=room).order_by("seq").values_list("seq", "sender", "cid", "body", "body_norm")
    changes = Change.objects.filter(room=room).order_by("seq").values_list("seq", "kind", "actor", "message__seq")
    return list(said), list(changes), Room.objects.get(pk=room.pk).last_seq


def test_what_is_said_next_takes_the_next_numbers(room, people, begun):
    asked, at = begun
    sends = [Send(room.pk, people[n % 2], UUID(int=n), f"پیام‌ها {n}\r\n") for n in range(5)]

    sent = send_all(sends, at=at, asked=asked)

    said, changes, head = stored(room)
    assert said[1:] == [(n + 2, people[n % 2].pk, UUID(int=n), f"پیام‌ها {n}", f"پیام ها {n}\nپیامها") for n in range(5)]
    assert changes[1:] == [(n + 2, "message", people[n % 2].pk, n + 2) for n in range(5)]
    assert head == 6
    assert sent.new == sent.outcomes == list(Message.objects.filter(seq__gt=1).order_by("seq"))
    assert sent.present == {room.pk: {person.pk for person in people}}
    kept = Message.objects.get(seq=2)
    named = [field.attname for field in Message._meta.concrete_fields if field.attname != "body_norm"]
    assert {name: getattr(sent.new[0], name) for name in named} == {name: getattr(kept, name) for name in named}


def test_what_is_refused_harms_no_other_and_is_refused_for_the_same_reason(room, people, begun):
    asked, at = begun
    elsewhere, stranger = RoomFactory(), PersonFactory()
    first = Message.objects.get()
    Room.objects.filter(pk=elsewhere.pk).update(closed_at=at)
    asked |= {key.replace(f":{room.pk}:", f":{elsewhere.pk}:") for key in asked}
    twice = uuid4()
    sends = [
        Send(room.pk, people[0], first.cid, "Hello"),
        Send(room.pk, people[0], first.cid, "Other words"),
        Send(room.pk, stranger, uuid4(), "Let me in"),
        Send(room.pk, people[1], uuid4(), " "),
        Send(room.pk, people[1], twice, "Once"),
        Send(room.pk, people[1], twice, "Once"),
        Send(elsewhere.pk, elsewhere.members.first().person, uuid4(), "Too late"),
    ]

    outcomes = send_all(sends, at=at, asked=asked).outcomes

    kept = Message.objects.get(cid=twice)
    assert (outcomes[0], outcomes[4], outcomes[5]) == (first, kept, kept)
    assert [type(outcomes[n]) for n in (1, 2, 3, 6)] == [Conflict, NotAMember, EmptyMessage, RoomClosed]
    assert stored(room)[2] == 2


def test_an_answer_keeps_its_place_among_plain_words(room, people, begun):
    asked, at = begun
    quoted = Message.objects.get().pk
    sends = [Send(room.pk, people[0], uuid4(), f"{n}", quoted if n == 1 else None) for n in range(3)]

    sent = send_all(sends, at=at, asked=asked)

    assert [(m.seq, m.body, m.reply_to_id) for m in sent.outcomes] == [(2, "0", None), (3, "1", quoted), (4, "2", None)]


def test_a_clock_that_jumps_back_changes_nothing_in_the_order(room, people, begun):
    asked, at = begun

    for n, back in enumerate((0, 3600, 7200)):
        send_all([Send(room.pk, people[0], uuid4(), f"{n}")], at=at - timedelta(seconds=back), asked=asked)

    assert [row[3] for row in stored(room)[0]] == ["Hello", "0", "1", "2"]


def test_first_words_are_a_contact_and_are_told_of_later(room, people, begun):
    _asked, at = begun

    room.relationship.refresh_from_db()
    assert (room.relationship.first_contact_at, room.relationship.last_contact_at) == (at, at)
    job = Job.objects.get(name="messaging.tell")
    assert job.payload["room_id"] == room.pk
    assert job.due_at.isoformat() == (datetime.fromisoformat(job.payload["until"]) + timedelta(seconds=20)).isoformat()


def test_first_words_that_are_not_kept_leave_no_trace(room, people):
    at, stranger = timezone.now(), PersonFactory()
    RoomMember.objects.filter(room=room, person=people[1]).update(rests_since=at)
    sends = [Send(room.pk, stranger, uuid4(), "Let me in"), Send(room.pk, people[1], uuid4(), "Please")]

    outcomes = send_all(sends, at=at).outcomes

    assert [type(outcome) for outcome in outcomes] == [NotAMember, Resting]
    room.relationship.refresh_from_db()
    assert room.relationship.last_contact_at is None
    assert stored(room) == ([], [], 0) and not Job.objects.filter(name="messaging.tell").exists()


def test_first_words_under_rules_wait_for_a_coordinator(room, people):
    WordRules.objects.create(programme=room.relationship.programme, phones=WordRules.Does.HOLD)

    sent = send_all([Send(room.pk, people[0], uuid4(), "Call me: +98 912 345 6789")], at=timezone.now())

    assert [type(outcome) for outcome in sent.outcomes] == [Held] and stored(room)[0] == []


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no lines of its own")
def test_a_new_line_to_the_database_prepares_the_statement_anew(room, people, begun):
    asked, at = begun
    for n in range(2):
        connection.close()
        send_all([Send(room.pk, people[0], uuid4(), f"{n}")], at=at, asked=asked)

    assert stored(room)[2] == 3
