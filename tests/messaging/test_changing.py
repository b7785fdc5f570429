"""What is done to a message: once, in the order of the room, with the words of before kept for a while."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from mentoring.messaging.models import Change, MessageRevision, Pin, Reaction, SavedMessage
from mentoring.messaging.services import (
    Conflict,
    Deleted,
    NoSuchSign,
    NotAMember,
    RoomClosed,
    Stale,
    TooManyPins,
    close_room,
    delete_message,
    edit_message,
    forget_revisions,
    marking,
    pin,
    react,
    save,
)
from tests.factories import NOW, MessageFactory, PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def message():
    return MessageFactory(body="Helo")


@pytest.fixture
def reader(message):
    return message.room.members.exclude(person=message.sender).get().person


def kinds():
    return list(Change.objects.order_by("seq").values_list("seq", "kind"))


def test_the_words_of_before_are_kept_for_ninety_days_and_read_by_nobody(message):
    edit_message(message, by=message.sender, body="Hello", at=NOW)
    edit_message(message, by=message.sender, body="Hello!", at=NOW)
    delete_message(message, by=message.sender, at=NOW)

    assert list(MessageRevision.objects.order_by("rev").values_list("rev", "body")) == [
        (0, "Helo"), (1, "Hello"), (2, "Hello!"),
    ]  # fmt: skip
    assert forget_revisions(at=NOW + timedelta(days=90)) == 0
    assert forget_revisions(at=NOW + timedelta(days=90, seconds=1)) == 3


def test_a_later_revision_is_never_overwritten_unseen(message):
    edit_message(message, by=message.sender, body="Hello", rev=0, at=NOW)

    with pytest.raises(Stale):
        edit_message(message, by=message.sender, body="Hi", rev=0, at=NOW)

    message.refresh_from_db()
    assert (message.body, message.rev) == ("Hello", 1)


def test_the_same_edit_again_is_one_edit_even_after_later_ones_and_after_the_time_for_it(message):
    cid, by, late = uuid4(), message.sender, NOW + timedelta(hours=1)
    first = edit_message(message, by=by, body="Hello", at=NOW, cid=cid)
    edit_message(message, by=by, body="Hello!", at=NOW)

    again = edit_message(message, by=by, body="Hello", at=late, cid=cid)

    assert again.change == first.change
    assert again.message.body == "Hello!"
    with pytest.raises(Conflict):
        edit_message(message, by=by, body="Other", at=NOW, cid=cid)
    with pytest.raises(Conflict):
        delete_message(message, by=by, at=NOW, cid=cid)
    assert kinds() == [(1, "message"), (2, "edit"), (3, "edit")]


def test_a_sign_stands_once_per_person_and_goes_again(message, reader):
    cid = uuid4()
    first = react(message, by=reader, sign="thanks", on=True, at=NOW, cid=cid)
    again = react(message, by=reader, sign="thanks", on=True, at=NOW, cid=cid)
    other = react(message, by=reader, sign="thanks", on=True, at=NOW)
    react(message, by=message.sender, sign="thanks", on=True, at=NOW)
    react(message, by=reader, sign="thanks", on=False, at=NOW)

    assert (again.change, other.change) == (first.change, None)
    assert [row.person for row in Reaction.objects.all()] == [message.sender]
    assert kinds() == [(1, "message"), (2, "react"), (3, "react"), (4, "react")]
    with pytest.raises(Conflict):
        react(message, by=reader, sign="idea", on=True, at=NOW, cid=cid)


def test_signs_are_put_by_members_on_words_that_stand_in_an_open_conversation(message, reader):
    on = {"sign": "idea", "on": True, "at": NOW}
    with pytest.raises(NoSuchSign):
        react(message, by=reader, sign="shout", on=True, at=NOW)
    with pytest.raises(NotAMember):
        react(message, by=PersonFactory(), **on)
    react(message, by=reader, **on)
    delete_message(message, by=message.sender, at=NOW)
    assert not Reaction.objects.exists()
    with pytest.raises(Deleted):
        react(message, by=reader, **on)
    close_room(message.room.relationship, at=NOW)
    with pytest.raises(RoomClosed):
        react(message, by=reader, **on)


def test_a_pin_is_for_all_and_goes_with_the_words_or_by_anybody(message, reader):
    cid = uuid4()
    first = pin(message, by=reader, on=True, at=NOW, cid=cid)
    assert pin(message, by=reader, on=True, at=NOW, cid=cid).change == first.change
    assert pin(message, by=message.sender, on=True, at=NOW).change is None
    pin(message, by=message.sender, on=False, at=NOW)
    pin(message, by=reader, on=True, at=NOW)
    with pytest.raises(NotAMember):
        pin(message, by=PersonFactory(), on=True, at=NOW)
    delete_message(message, by=message.sender, at=NOW)

    assert not Pin.objects.exists()
    assert [kind for _seq, kind in kinds()] == ["message", "pin", "pin", "pin", "delete"]


def test_there_are_no_more_pins_than_one_can_look_through(message, reader, monkeypatch):
    monkeypatch.setattr(marking, "MOST_PINS", 1)
    pin(message, by=reader, on=True, at=NOW)

    with pytest.raises(TooManyPins):
        pin(MessageFactory(room=message.room), by=reader, on=True, at=NOW)


def test_what_one_keeps_is_ones_own_takes_no_number_and_goes_with_the_words(message, reader):
    for _n in range(2):
        save(message, by=reader, on=True, at=NOW)

    assert [row.message for row in SavedMessage.objects.visible_to(reader)] == [message]
    assert not SavedMessage.objects.visible_to(message.sender).exists()
    assert kinds() == [(1, "message")]
    message.room.members.filter(person=reader).update(left_at=NOW)
    assert not SavedMessage.objects.visible_to(reader).exists()
    with pytest.raises(NotAMember):
        save(message, by=reader, on=True, at=NOW)
    save(message, by=reader, on=False, at=NOW)
    assert not SavedMessage.objects.exists()


def test_the_database_knows_each_sign_and_each_id_once(message, reader):
    react(message, by=reader, sign="idea", on=True, at=NOW, cid=(cid := uuid4()))
    for twice in (
        lambda: Reaction.objects.create(message=message, person=reader, sign="idea", at=NOW),
        lambda: Change.objects.create(
            room=message.room, seq=9, kind="react", message=message, actor=reader, cid=cid, at=NOW
        ),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            twice()
