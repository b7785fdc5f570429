from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from core.errors import NotAllowed
from core.models import Job
from mentoring.messaging import services
from mentoring.messaging.models import Change, Message, Room, RoomMember
from mentoring.messaging.queries import pointers_of, slowest, thread_of, where_they_are
from mentoring.messaging.services import (
    Conflict,
    Deleted,
    EmptyMessage,
    NotAMember,
    RoomClosed,
    TooLate,
    TooLong,
    delete_message,
    edit_message,
    mark_read,
    open_room,
    send_message,
)
from mentoring.relationships.models import RelationshipMember
from mentoring.relationships.services import start_relationship
from mentoring.relationships.signals import mentee_joined, relationship_closed, relationship_reopened
from notifications.models import Notification, Rhythm
from tests.factories import (
    NOW,
    EnrolmentFactory,
    MessageFactory,
    PersonFactory,
    ProgrammeFactory,
    RelationshipFactory,
    RoomFactory,
)

pytestmark = pytest.mark.django_db


def people_of(room):
    return [member.person for member in room.members.order_by("pk")]


def test_a_relationship_brings_a_conversation_of_its_two_people():
    programme = ProgrammeFactory()
    mentor, mentee = EnrolmentFactory(programme=programme, mentor=True), EnrolmentFactory(programme=programme)

    relationship = start_relationship(programme, mentor=mentor, mentee=mentee, why={}, score=None, by=None, at=NOW)

    assert {member.person_id for member in relationship.room.members.all()} == {mentor.person_id, mentee.person_id}
    assert relationship.room.kind == Room.Kind.PAIR


def test_opening_twice_is_opening_once():
    relationship = RelationshipFactory()

    assert open_room(relationship, at=NOW) == open_room(relationship, at=NOW)
    assert RoomMember.objects.count() == 2


def test_somebody_who_joins_a_circle_has_nothing_unread_from_before():
    room = RoomFactory()
    MessageFactory(room=room)
    newcomer = EnrolmentFactory(programme=room.relationship.programme)
    member = RelationshipMember.objects.create(
        relationship=room.relationship, enrolment=newcomer, person=newcomer.person, role=newcomer.role, joined_at=NOW
    )

    mentee_joined.send(type(member), relationship=room.relationship, member=member, at=NOW)

    room.refresh_from_db()
    pointers = list(room.members.order_by("pk").values_list("joined_seq", "last_read_seq"))
    assert (room.kind, pointers) == (Room.Kind.GROUP, [(0, 0), (0, 0), (1, 1)])


def test_a_message_takes_the_next_number_and_writes_one_change_and_counts_as_contact():
    room = RoomFactory()
    mentor, _mentee = people_of(room)

    first = send_message(room, by=mentor, cid=uuid4(), body="سلام", at=NOW)
    second = send_message(room, by=mentor, cid=uuid4(), body="  two\r\nlines\0 \ud800 ", at=NOW)

    room.refresh_from_db()
    changes = list(Change.objects.order_by("seq").values_list("seq", "kind", "message"))
    assert (first.seq, second.seq, room.last_seq) == (1, 2, 2)
    assert second.body == "two\nlines"
    assert changes == [(1, "message", first.pk), (2, "message", second.pk)]
    room.relationship.refresh_from_db()
    assert room.relationship.first_contact_at == NOW


def test_sending_again_is_sending_once():
    room = RoomFactory()
    mentor, _mentee = people_of(room)
    cid = uuid4()

    first = send_message(room, by=mentor, cid=cid, body="Hello", at=NOW)
    again = send_message(room, by=mentor, cid=cid, body="Hello", at=NOW + timedelta(minutes=1))

    room.refresh_from_db()
    assert (again, room.last_seq, Message.objects.count(), Change.objects.count()) == (first, 1, 1, 1)


def test_the_same_client_id_with_other_words_or_in_another_room_is_a_conflict():
    room, cid = RoomFactory(), uuid4()
    mentor, _mentee = people_of(room)
    other = RoomFactory()
    RoomMember.objects.create(room=other, person=mentor, joined_at=NOW)
    first = send_message(room, by=mentor, cid=cid, body="Hello", at=NOW)

    for place, body, reply in ((room, "Other", None), (other, "Hello", None), (room, "Hello", first)):
        with pytest.raises(Conflict):
            send_message(place, by=mentor, cid=cid, body=body, at=NOW, reply_to=reply)


def test_two_people_may_use_the_same_client_id():
    room, cid = RoomFactory(), uuid4()

    assert [send_message(room, by=person, cid=cid, body="Hi", at=NOW).seq for person in people_of(room)] == [1, 2]


@pytest.mark.parametrize(("body", "refusal"), [(" \n\0", EmptyMessage), ("x" * 8001, TooLong)])
def test_a_message_is_neither_empty_nor_endless(body, refusal):
    room = RoomFactory()

    with pytest.raises(refusal):
        send_message(room, by=people_of(room)[0], cid=uuid4(), body=body, at=NOW)

    room.refresh_from_db()
    assert room.last_seq == 0


def test_strangers_and_those_who_left_say_nothing():
    room = RoomFactory()
    mentor, _mentee = people_of(room)
    room.members.filter(person=mentor).update(left_at=NOW)

    for person in (mentor, PersonFactory()):
        with pytest.raises(NotAMember):
            send_message(room, by=person, cid=uuid4(), body="Hello", at=NOW)


def test_a_closed_conversation_is_only_read_until_the_relationship_opens_again():
    message = MessageFactory()
    room, mentor = message.room, message.sender
    relationship_closed.send(type(room.relationship), relationship=room.relationship, at=NOW)

    with pytest.raises(RoomClosed):
        send_message(room, by=mentor, cid=uuid4(), body="Hello", at=NOW)
    with pytest.raises(RoomClosed):
        edit_message(message, by=mentor, body="Other", at=NOW)
    relationship_reopened.send(type(room.relationship), relationship=room.relationship, at=NOW)
    assert send_message(room, by=mentor, cid=uuid4(), body="Hello", at=NOW).seq == 2


def test_an_edit_and_a_deletion_are_changes_too_and_deleted_words_are_gone():
    message = MessageFactory(body="Helo")

    edit_message(message, by=message.sender, body="Helo", at=NOW)  # the same words: no change
    edit_message(message, by=message.sender, body="Hello", at=NOW + timedelta(minutes=15))
    delete_message(message, by=message.sender, at=NOW + timedelta(minutes=2))

    message.refresh_from_db()
    assert list(Change.objects.order_by("seq").values_list("seq", "kind")) == [
        (1, "message"),
        (2, "edit"),
        (3, "delete"),
    ]
    assert (message.body, message.seq, message.deleted_at) == ("", 1, NOW + timedelta(minutes=2))
    with pytest.raises(Deleted):
        edit_message(message, by=message.sender, body="Back", at=NOW)


def test_only_its_author_changes_a_message_and_only_for_a_quarter_of_an_hour():
    message = MessageFactory()
    _mentor, mentee = people_of(message.room)

    with pytest.raises(NotAllowed):
        edit_message(message, by=mentee, body="Other", at=NOW)
    with pytest.raises(TooLate):
        delete_message(message, by=message.sender, at=NOW + timedelta(minutes=15, seconds=1))
    message.room.refresh_from_db()
    assert message.room.last_seq == 1


def test_what_was_sent_and_edited_since_may_be_sent_again():
    message = MessageFactory(body="Hello")
    edit_message(message, by=message.sender, body="Hello!", at=NOW)

    assert send_message(message.room, by=message.sender, cid=message.cid, body="Hello", at=NOW) == message


def test_the_read_pointer_only_moves_forward_and_not_past_the_end():
    message = MessageFactory()
    _mentor, mentee = people_of(message.room)
    room = Room.objects.get(pk=message.room_id)

    assert [mark_read(room, by=mentee, seq=seq, at=NOW) for seq in (2**62, 1, 0)] == [True, False, False]
    assert room.members.get(person=mentee).last_read_seq == 1


def test_who_has_not_read_is_told_once_until_they_read_on():
    room = RoomFactory()
    mentor, mentee = people_of(room)
    for _n in range(3):
        MessageFactory(room=room, by=mentor)
    job = Job.objects.get(name="messaging.tell")
    assert timedelta(seconds=20) <= job.due_at - NOW <= timedelta(seconds=50)

    tell_now()
    tell_now()
    assert told() == [(mentee.pk, {"partner": mentor.name})]

    mark_read(Room.objects.get(pk=room.pk), by=mentee, seq=3, at=NOW)
    assert not Notification.objects.filter(read_at=None).exists()
    MessageFactory(room=room, by=mentor)
    tell_now()
    assert len(told()) == 2


def test_who_has_read_by_then_or_muted_the_room_is_not_told():
    message = MessageFactory()
    room = Room.objects.get(pk=message.room_id)
    _mentor, mentee = people_of(room)
    room.members.filter(person=mentee).update(muted_until=NOW + timedelta(days=1))
    tell_now()
    assert told() == []

    room.members.filter(person=mentee).update(muted_until=None)
    mark_read(room, by=mentee, seq=1, at=NOW)
    tell_now()
    assert told() == []


def tell_now():
    for room in Room.objects.all():
        services.tell_unread(room, until=NOW + timedelta(minutes=1), at=NOW)


def told():
    return list(Notification.objects.order_by("pk").values_list("recipient", "params"))


def test_the_job_tells(run_jobs):
    MessageFactory(at=NOW - timedelta(days=1))

    Job.objects.filter(name="messaging.tell").update(due_at=NOW - timedelta(days=1))
    run_jobs()

    assert len(told()) == 1


def test_a_number_can_never_be_used_twice_in_a_room():
    message = MessageFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.create(
            room=message.room, seq=1, sender=message.sender, cid=uuid4(), body="Again", created_at=NOW
        )


@pytest.mark.parametrize("hides", ["reader", "writer"])
def test_what_one_reads_may_be_kept_to_oneself_and_is_then_not_told_either_way(hides):
    room = RoomFactory()
    writer, reader = people_of(room)
    send_message(room, by=writer, cid=uuid4(), body="Hello", at=NOW)
    room.refresh_from_db()
    mark_read(room, by=reader, seq=1, at=NOW)

    def told():
        [where] = where_they_are([(writer.pk, [room.pk])])
        return {
            where[room.pk].read,
            slowest(pointers_of([room.pk])[room.pk], writer.pk),
            thread_of(room, writer).read_seq,
        }

    assert told() == {1}
    Rhythm.objects.create(person={"reader": reader, "writer": writer}[hides], tells_read=False)
    assert told() == {0}
    assert room.members.get(person=reader).last_read_seq == 1
