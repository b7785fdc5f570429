"""A talk under way is kept by another statement than its first words: nothing else may be different."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.utils import timezone

from mentoring.messaging.models import Change, Message, Room
from mentoring.messaging.services import Conflict, NotAMember, RoomClosed, Send, send_all
from mentoring.messaging.services.refusals import EmptyMessage
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


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no lines of its own")
def test_a_new_line_to_the_database_prepares_the_statement_anew(room, people, begun):
    asked, at = begun
    for n in range(2):
        connection.close()
        send_all([Send(room.pk, people[0], uuid4(), f"{n}")], at=at, asked=asked)

    assert stored(room)[2] == 3
