"""Ringing, answering and what stays in the conversation; and what passes between two devices over the socket."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from core.errors import NotAllowed
from core.models import Job
from mentoring.messaging import relays
from mentoring.messaging.models import Call, Change, Message
from mentoring.messaging.queries import RINGS
from mentoring.messaging.services import (
    CallIsOver,
    Conflict,
    InCall,
    NoCallHere,
    NotAMember,
    Resting,
    RoomClosed,
    TooManyCalls,
    answer_call,
    close_room,
    decline_call,
    delete_message,
    end_call,
    keep_call,
    mark_read,
    place_call,
    watch_call,
)
from mentoring.safeguarding.services import block_person
from notifications.models import Notification
from notifications.queries import still_news
from tests.factories import NOW, EnrolmentFactory, PersonFactory, RelationshipFactory, RoomFactory
from tests.messaging.test_consumers import connect, full_buckets, own_connections  # noqa: F401  fixtures

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
State = Call.State


@pytest.fixture
def room(db):
    return RoomFactory()


@pytest.fixture
def mentor(room):
    return room.members.order_by("pk")[0].person


@pytest.fixture
def mentee(room):
    return room.members.order_by("pk")[1].person


def ring(room, by, at=NOW, **more):
    return place_call(room, by=by, call_id=more.pop("call_id", uuid4()), device=more.pop("device", "desk"), at=at)


def told(room):
    return [(change.seq, change.kind, change.data) for change in Change.objects.filter(room=room).order_by("seq")]


def news(person):
    return list(Notification.objects.filter(recipient=person).values_list("kind", flat=True))


def test_a_call_is_a_row_of_the_conversation_that_changes_as_the_call_does(room, mentor, mentee):
    call_id = uuid4()
    call = ring(room, mentor, call_id=call_id)
    assert ring(room, mentor, call_id=call_id) == call
    assert (call.state, call.callee, news(mentee)) == (State.RINGING, mentee, ["messaging.call"])

    answer_call(call, by=mentee, device="phone", at=NOW + 5 * SECOND)
    end_call(call, by=mentor, at=NOW + 725 * SECOND)
    end_call(call, by=mentee, at=NOW + 800 * SECOND)

    call.refresh_from_db()
    assert (call.state, call.seconds, call.minutes) == (State.TALKED, 720, 12)
    assert told(room) == [(1, "message", {}), (2, "call", {"state": "live"}), (3, "call", {"state": "talked"})]
    room.refresh_from_db()
    room.relationship.refresh_from_db()
    assert (room.last_seq, room.relationship.last_contact_at, news(mentee)) == (3, NOW + 5 * SECOND, [])


def test_whoever_does_not_come_to_the_phone_finds_it_missed(room, mentor, mentee):
    call = ring(room, mentor)
    job = Job.objects.get(name="messaging.watch_call")
    assert (job.due_at, job.payload) == (NOW + 35 * SECOND, {"call_id": str(call.pk)})

    watch_call(call, at=job.due_at)

    call.refresh_from_db()
    assert (call.state, news(mentee), news(mentor)) == (State.MISSED, ["messaging.missed_call"], [])
    assert list(Message.objects.unread_by(mentee)) == [call.message]
    room.refresh_from_db()
    mark_read(room, by=mentee, seq=2, at=NOW)
    assert not Notification.objects.filter(read_at=None).exists()
    with pytest.raises(CallIsOver):
        answer_call(call, by=mentee, device="phone", at=NOW + 40 * SECOND)


def test_a_device_is_told_of_a_call_only_while_it_rings(room, mentor, mentee):
    now = timezone.now()
    call = ring(room, mentor, at=now)

    def tells():
        return still_news(RINGS, key=f"{RINGS}:{call.pk}", recipient=mentee, url=room.get_absolute_url(), held=False)

    assert tells()
    Message.objects.filter(pk=call.message_id).update(created_at=now - 40 * SECOND)  # nobody has looked after it yet
    assert not tells()
    Message.objects.filter(pk=call.message_id).update(created_at=now)
    answer_call(call, by=mentee, device="phone", at=now)
    assert not tells()


def test_a_declined_call_is_told_nobody_and_stays_declined(room, mentor, mentee):
    call = ring(room, mentor)

    decline_call(call, by=mentor, at=NOW)  # only the other one can
    decline_call(call, by=mentee, at=NOW)
    watch_call(call, at=NOW + 40 * SECOND)

    call.refresh_from_db()
    assert (call.state, news(mentee)) == (State.DECLINED, [])


def test_two_who_ring_each_other_are_in_one_call(room, mentor, mentee):
    call = ring(room, mentor, device="a")

    assert ring(room, mentee, device="b") == call
    call.refresh_from_db()
    assert (call.state, call.caller_device, call.callee_device) == (State.LIVE, "a", "b")


def test_a_call_moves_to_another_device_of_the_same_person(room, mentor, mentee):
    call = answer_call(ring(room, mentor, device="a"), by=mentee, device="b", at=NOW)

    answer_call(call, by=mentor, device="c", at=NOW + SECOND)
    answer_call(call, by=mentee, device="d", at=NOW + SECOND)

    call.refresh_from_db()
    assert (call.state, call.caller_device, call.callee_device, call.answered_at) == (State.LIVE, "c", "d", NOW)


def test_whoever_is_in_a_call_hears_no_other_and_begins_no_other(room, mentor, mentee):
    answer_call(ring(room, mentor), by=mentee, device="phone", at=NOW)
    other = RoomFactory(relationship=RelationshipFactory(mentor=EnrolmentFactory(mentor=True, person=mentor)))
    third = other.members.exclude(person=mentor).get().person

    call = ring(other, third, at=NOW + SECOND)

    assert (call.state, news(mentor)) == (State.BUSY, ["messaging.missed_call"])
    with pytest.raises(InCall):
        ring(other, mentor, at=NOW + SECOND)


def test_a_call_that_both_have_left_without_a_word_ends_when_it_was_last_heard_of(room, mentor, mentee):
    call = answer_call(ring(room, mentor), by=mentee, device="phone", at=NOW)
    keep_call(call, by=mentee, at=NOW + 60 * SECOND)
    watch_call(call, at=NOW + 120 * SECOND)
    call.refresh_from_db()
    assert call.state == State.LIVE

    watch_call(call, at=NOW + 240 * SECOND)

    call.refresh_from_db()
    assert (call.state, call.seconds) == (State.TALKED, 60)
    assert Job.objects.filter(name="messaging.watch_call").count() == 2


def test_ringing_again_and_again_is_refused_until_a_while_has_passed(room, mentor, mentee):
    for n in range(5):
        end_call(ring(room, mentor, at=NOW + n * SECOND), by=mentor, at=NOW + n * SECOND)

    with pytest.raises(TooManyCalls):
        ring(room, mentor, at=NOW + 10 * SECOND)
    assert ring(room, mentor, at=NOW + timedelta(minutes=11)).state == State.RINGING


def test_who_may_ring(room, mentor, mentee):
    theirs = RoomFactory()
    with pytest.raises(NotAMember):
        ring(theirs, mentor)
    call_id = ring(room, mentor).pk
    with pytest.raises(Conflict):
        ring(theirs, theirs.members.first().person, call_id=call_id)

    with pytest.raises(RoomClosed):
        close_room(theirs.relationship, at=NOW)
        ring(theirs, theirs.members.first().person)

    circle = RoomFactory()
    circle.members.create(person=PersonFactory(), joined_at=NOW)
    with pytest.raises(NoCallHere):
        ring(circle, circle.members.first().person)


def test_a_closing_relationship_ends_the_call(room, mentor, mentee):
    call = answer_call(ring(room, mentor), by=mentee, device="phone", at=NOW)

    close_room(room.relationship, at=NOW + 60 * SECOND)

    call.refresh_from_db()
    assert (call.state, call.seconds) == (State.TALKED, 60)


def test_who_is_kept_apart_from_the_other_neither_rings_nor_talks_on(room, mentor, mentee):
    answer_call(ring(room, mentor), by=mentee, device="phone", at=NOW)

    block_person(mentor, by=mentee, at=NOW + 60 * SECOND)

    assert Call.objects.get().state == State.TALKED
    for person in (mentor, mentee):
        with pytest.raises(Resting):
            ring(room, person, at=NOW + 70 * SECOND)


def test_the_trace_of_a_call_is_nobodys_words(room, mentor):
    call = ring(room, mentor)
    with pytest.raises(NotAllowed):
        delete_message(call.message, by=mentor, at=NOW)


def test_the_password_of_the_relay_is_made_as_coturn_makes_it():
    until = datetime(2030, 1, 1, tzinfo=UTC)
    assert relays.credentials(7, "north", until=until) == ("1893456000:7", "8Dn3iwnskdmhEZ5lni/FfsjhPHc=")


def test_browsers_are_told_of_servers_only_where_the_settings_name_them(db, settings):
    person = PersonFactory()
    assert relays.ice_servers(person, now=NOW) == []
    settings.STUN_URLS, settings.TURN_URLS, settings.TURN_SECRET = ["stun:s"], ["turn:t"], "north"
    stun, turn = relays.ice_servers(person, now=NOW)
    assert stun == {"urls": ["stun:s"]}
    assert turn["urls"] == ["turn:t"] and turn["username"].endswith(f":{person.pk}")


async def on_the_line(socket, device):
    await socket.give(t="sig", dev=device, do="look")
    return await socket.hear("sig")


@pytest.mark.django_db(transaction=True)
async def test_a_call_rings_on_all_devices_and_goes_on_between_two(transactional_db, connect, room, mentor, mentee):  # noqa: F811
    async with connect(mentor) as ours, connect(mentee) as phone, connect(mentee) as laptop:
        for socket, device in ((ours, "a"), (phone, "b"), (laptop, "c")):
            assert await on_the_line(socket, device) == {"t": "sig", "st": "none"}
        call = str(uuid4())

        await ours.give(t="sig", dev="a", do="ring", call=call, r=room.pk)
        rung = [await socket.hear("sig") for socket in (ours, phone, laptop)]
        assert [(state["st"], state["name"]) for state in rung] == [
            ("ringing", str(mentee)), ("ringing", str(mentor)), ("ringing", str(mentor)),
        ]  # fmt: skip

        await phone.give(t="sig", dev="b", do="answer", call=call)
        live = [await socket.hear("sig") for socket in (ours, phone, laptop)]
        assert [(state["st"], state["devs"], "ice" in state) for state in live] == [
            ("live", ["a", "b"], True), ("live", ["a", "b"], True), ("live", ["a", "b"], False),
        ]  # fmt: skip

        await ours.give(t="sig", dev="a", call=call, to="b", data={"sdp": "x\ud800"})
        assert await phone.hear("sig") == {"t": "sig", "call": call, "from": "a", "data": {"sdp": "x"}}
        refused = await laptop.ask(t="sig", dev="c", call=call, to="a", data={})
        assert refused == {"t": "no", "call": call, "code": "call_over"}
        await sync_to_async(lambda: close_room(room.relationship, at=timezone.now()))()
        assert [(await socket.hear("sig"))["st"] for socket in (ours, phone, laptop)] == ["talked"] * 3
        assert (await ours.ask(t="sig", dev="a", call=call, to="b", data={}))["code"] == "closed"


@pytest.mark.django_db(transaction=True)
async def test_a_page_that_comes_later_is_told_of_the_call(transactional_db, connect, room, mentor, mentee):  # noqa: F811
    await sync_to_async(ring)(room, mentor, at=timezone.now())
    async with connect(mentee) as socket:
        assert (await on_the_line(socket, "b"))["st"] == "ringing"
        bad = [
            {},
            {"dev": ""},
            {"dev": "x" * 37},
            {"dev": "b"},
            {"dev": "b", "do": "dance"},
            {"dev": "b", "do": "ring"},
        ]
        assert {(await socket.ask(t="sig", **frame))["code"] for frame in bad} == {"bad_frame"}
