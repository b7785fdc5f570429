"""Calls in a programme's room elsewhere: what stays of them, and what the servers of such rooms tell, in requests made and sealed
here as their documents say. No BigBlueButton, Jitsi or LiveKit takes part."""

import hashlib
import json
from base64 import b64encode
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.models import Job
from mentoring.messaging.models import Call, Change, Room
from mentoring.messaging.queries import MEETS
from mentoring.messaging.serializers import change_frame
from mentoring.messaging.services import Resting, close_room, end_elsewhere, enter_elsewhere, place_call, watch_call
from mentoring.relationships.outside import code_of, enter
from mentoring.relationships.outside.tokens import token
from mentoring.safeguarding.services import block_person
from notifications.models import Notification
from notifications.queries import still_news
from tests.factories import NOW, PersonFactory, RoomFactory
from tests.relationships.test_outside import Answering, server  # noqa: F401  fixture

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
State = Call.State
CODE = "peyvand-of-these"


@pytest.fixture
def room(db):
    return RoomFactory()


@pytest.fixture
def mentor(room):
    return room.members.order_by("pk")[0].person


@pytest.fixture
def mentee(room):
    return room.members.order_by("pk")[1].person


def go(room, by, at=NOW):
    return enter_elsewhere(room.relationship, code=CODE, by=by, at=at)


def told(room):
    return [(change.seq, change.kind, change.data) for change in Change.objects.filter(room=room).order_by("seq")]


def news(person):
    return list(Notification.objects.filter(recipient=person).values_list("kind", flat=True))


def choose(room, by, **fields):
    programme = room.relationship.programme
    for name, value in {"by": by, **fields}.items():
        setattr(programme, f"calls_{name}", value)
    programme.save()
    return programme


def test_a_call_elsewhere_stays_in_the_conversation_with_its_length(room, mentor, mentee):
    call = go(room, mentor)
    assert go(room, mentor, NOW + MINUTE) == call
    assert (call.state, call.callee, news(mentee), news(mentor)) == (State.LIVE, None, [MEETS], [])
    room.relationship.refresh_from_db()
    assert room.relationship.last_contact_at is None  # nobody else is there yet

    assert go(room, mentee, NOW + 2 * MINUTE) == call
    assert end_elsewhere(CODE, begun_by=NOW + 30 * MINUTE, at=NOW + 30 * MINUTE)
    assert end_elsewhere(CODE, begun_by=NOW + 40 * MINUTE, at=NOW + 40 * MINUTE)

    call.refresh_from_db()
    room.relationship.refresh_from_db()
    assert (call.state, call.callee, call.minutes, room.relationship.last_contact_at) == (
        State.TALKED, mentee, 30, NOW + 2 * MINUTE,
    )  # fmt: skip
    assert told(room) == [(1, "message", {}), (2, "call", {"state": "talked"})]
    assert news(mentee) == []
    frame = change_frame(Change.objects.for_frames().get(seq=1))
    assert frame["m"]["call"] == {
        "id": str(call.pk), "st": "talked", "since": NOW.isoformat(), "seconds": 1800, "minutes": 30, "outside": True,
    }  # fmt: skip


def test_the_news_of_an_open_room_is_told_only_while_it_is_open(room, mentor, mentee):
    call = go(room, mentor, timezone.now())

    def tells():
        key = f"{MEETS}:{call.pk}:{mentee.pk}"
        return still_news(MEETS, key=key, recipient=mentee, url=room.get_absolute_url(), held=False)

    assert tells()
    end_elsewhere(CODE, begun_by=timezone.now(), at=timezone.now())
    assert not tells()


def test_where_nobody_tells_the_end_it_is_never_guessed_and_the_next_is_another_call(room, mentor, mentee):
    call = go(room, mentor)
    job = Job.objects.get(name="messaging.watch_call")
    assert job.due_at == NOW + timedelta(hours=3)

    watch_call(call, at=job.due_at)
    watch_call(call, at=job.due_at)

    call.refresh_from_db()
    assert (call.state, call.ended_at, call.seconds, told(room)[1:]) == (
        State.UNTOLD, None, 0, [(2, "call", {"state": "untold"})],
    )  # fmt: skip
    assert go(room, mentee, job.due_at + MINUTE) != call


def test_what_is_told_of_an_earlier_meeting_ends_no_younger_one(room, mentor):
    first = go(room, mentor)
    assert end_elsewhere(CODE, begun_by=NOW + MINUTE, at=NOW + 10 * MINUTE)
    second = go(room, mentor, NOW + 20 * MINUTE)

    assert end_elsewhere(CODE, begun_by=NOW + MINUTE, at=NOW + 30 * MINUTE)

    assert second != first and Call.objects.get(pk=second.pk).state == State.LIVE
    assert not end_elsewhere("", begun_by=NOW, at=NOW)


def test_only_one_call_goes_on_in_a_room_elsewhere_and_ringing_is_no_such_call(room, mentor, mentee):
    call = go(room, mentor)
    with pytest.raises(IntegrityError), transaction.atomic():
        Call.objects.create(
            id=uuid4(), message=RoomFactory().messages.create(seq=1, sender=mentor, cid=uuid4(), body="☎", created_at=NOW),
            outside=CODE, state=State.LIVE, answered_at=NOW, seen_at=NOW,
        )  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        Call.objects.filter(pk=call.pk).update(outside="")
    rung = place_call(room, by=mentor, call_id=uuid4(), device="desk", at=NOW)  # being elsewhere keeps nobody from it
    assert rung.state == State.RINGING


def test_who_is_kept_apart_goes_nowhere_and_is_sent_out(room, mentor, mentee):
    choose(room, "bbb", address="https://a.example.edu/bigbluebutton", secret="north")
    call = go(room, mentor)

    block_person(mentor, by=mentee, at=NOW + MINUTE)

    call.refresh_from_db()
    assert (call.state, call.minutes) == (State.TALKED, 1)
    assert Job.objects.filter(name="relationships.end_meeting").count() == 1
    with pytest.raises(Resting):
        go(room, mentor, NOW + 2 * MINUTE)


def test_in_a_circle_the_others_talk_on_when_one_wishes_not_to_be_reached(room, mentor, mentee):
    third = PersonFactory()
    room.members.create(person=third, joined_at=NOW)
    Room.objects.filter(pk=room.pk).update(kind=Room.Kind.GROUP)
    call = go(room, mentor)
    assert (news(mentee), news(third)) == ([MEETS], [MEETS])

    block_person(third, by=mentee, at=NOW + MINUTE)

    call.refresh_from_db()
    assert call.state == State.LIVE
    go(room, mentee, NOW + 2 * MINUTE)
    with pytest.raises(Resting):
        go(room, third, NOW + 2 * MINUTE)


def test_a_closing_relationship_ends_it(room, mentor):
    call = go(room, mentor)
    close_room(room.relationship, at=NOW + MINUTE)
    call.refresh_from_db()
    assert call.state == State.TALKED


def test_the_page_says_who_is_there_leads_there_and_offers_to_log_it(room, mentor, mentee, sign_in):
    choose(room, "link", address="https://meet.example.edu/{room}")
    meet, url = reverse("relationship_meet", args=[room.relationship_id]), room.get_absolute_url()
    assert sign_in(mentor).get(meet).url.startswith("https://meet.example.edu/peyvand-")

    page = sign_in(mentee).get(url).content.decode()
    assert f"{mentor} opened the programme’s room for calls" in page and f'href="{meet}" target="_blank"' in page
    log = f"{reverse('session_past', args=[room.relationship_id])}?starts_at="
    assert log in page and "&amp;minutes=" not in page
    mine = sign_in(mentor).get(url).content.decode()
    assert "You opened the programme’s room for calls" in mine

    end_elsewhere(code_of(room.relationship), begun_by=timezone.now(), at=timezone.now() + 12 * MINUTE)

    page = sign_in(mentee).get(url).content.decode()
    assert (
        f"Call in the programme’s room, begun by {mentor} · 12 min" in page
        and "&amp;minutes=12&amp;origin=message:" in page
    )
    assert f'href="{meet}" target="_blank" rel="noopener noreferrer">Join' not in page


def test_a_circle_calls_in_the_room_elsewhere_and_is_told_where_there_is_none(room, mentor, mentee, sign_in):
    room.members.create(person=PersonFactory(), joined_at=NOW)
    Room.objects.filter(pk=room.pk).update(kind=Room.Kind.GROUP)
    url, browser = room.get_absolute_url(), sign_in(mentor)
    none = "More than two talk in a room elsewhere, and your programme has none yet."

    page = browser.get(url)
    assert none in page.content.decode() and not page.context["can_call"]

    choose(room, "link", address="https://meet.example.edu/{room}")
    page = browser.get(url).content.decode()
    assert none not in page and "Call in the programme’s room" in page


# What the servers tell.


def tell(client, programme, body=None, what="ended", query="", **headers):
    """Status and content of what `calls_told` answers."""
    url = reverse("calls_told", args=[programme.slug, what]) + query
    if body is None:
        answer = client.get(url, headers=headers)
    else:
        answer = client.post(url, body, content_type="application/webhook+json", headers=headers)
    return answer.status_code, answer.content


def nothing(client):
    answer = client.get("/calls/told/there-is-no-such-programme/ended")
    return answer.status_code, answer.content


def test_bigbluebutton_calls_the_address_that_it_was_given_with_the_meeting(client, settings, room, mentor, server):  # noqa: F811
    settings.MEETINGS_IN_OWN_NETWORK = True
    programme = choose(room, "bbb", address=server, secret="north")
    now = timezone.now()
    enter(room.relationship, mentor, at=now)
    made = parse_qs(urlsplit(Answering.asked[0]).query)
    given = urlsplit(made["meta_endCallbackUrl"][0])
    code = code_of(room.relationship)
    assert given.path == f"/calls/told/{programme.slug}/ended" and made["meetingID"] == [code]

    sealed = dict(parse_qs(given.query))
    since, seal = sealed["since"][0], sealed["seal"][0]
    assert seal == hashlib.sha256(f"endedmeetingID={code}&since={since}north".encode()).hexdigest()

    def over(**changes):
        told = {"since": since, "seal": seal, "recordingmarks": "false", "meetingID": code, **changes}
        return tell(client, programme, query=f"?{urlencode(told)}")

    forged = [over(seal=""), over(seal="x" * 64), over(meetingID="peyvand-x"), over(since=str(int(since) + 3600))]
    assert {*forged, tell(client, programme)} == {nothing(client)} and nothing(client)[0] == 404
    assert Call.objects.get().state == State.LIVE
    assert over() == over() == (204, b"")
    assert Call.objects.get().state == State.TALKED and Change.objects.count() == 2

    Call.objects.update(answered_at=now - timedelta(hours=1))
    enter(room.relationship, mentor, at=now + timedelta(hours=1))  # another meeting, later: the old address ends it not
    assert over() == (204, b"") and Call.objects.filter(state=State.LIVE).count() == 1


def jitsi_event(code, at, **more):
    event = {
        "event_name": "muc-room-destroyed", "room_name": code, "room_jid": f"{code}@conference.meet.example.edu",
        "is_breakout": False, "created_at": int(at.timestamp()) - 60, "destroyed_at": int(at.timestamp()), "all_occupants": [],
    }  # fmt: skip
    return json.dumps({**event, **more})


def test_jitsi_tells_by_the_token_of_its_operator_and_of_nobody_else(client, room, mentor):
    programme = choose(room, "jitsi", address="https://meet.example.edu", key="app", secret="north")
    began = timezone.now() - 20 * MINUTE
    way_in = enter(room.relationship, mentor, at=began)
    code, over = code_of(room.relationship), began + 15 * MINUTE
    good = token({"aud": "peyvand", "iss": "app"}, "north")

    def say(bearer, body, what="events/room/destroyed"):
        return tell(client, programme, body, what, Authorization=f"Bearer {bearer}")

    of_a_person = parse_qs(urlsplit(way_in).query)["jwt"][0]
    head, claims, seal = good.split(".")
    unsealed = ".".join([b64encode(b'{"alg":"none"}').decode().rstrip("="), claims, ""])
    for bearer in (
        of_a_person,
        unsealed,
        "",
        "a.b.c",
        "ü",
        f"{head}.{claims}.{seal[:-2]}",
        token({"aud": "peyvand", "iss": "app"}, "south"),
        token({"aud": "peyvand", "iss": "other"}, "north"),
        token({"aud": "peyvand", "iss": "app", "exp": began.timestamp()}, "north"),
    ):
        assert say(bearer, jitsi_event(code, over)) == nothing(client)
    for body in ("", "[]", "{", '{"event_name": "muc-room-destroyed"}', jitsi_event(code, over, destroyed_at="soon")):
        assert say(good, body) == nothing(client)
    assert say(good, jitsi_event("peyvand-unknown", over)) == nothing(client)
    assert say(good, jitsi_event(code, over, event_name="muc-occupant-joined"), "events/occupant/joined") == (204, b"")
    assert say(good, jitsi_event(code, over, is_breakout=True)) == (204, b"")
    assert Call.objects.get().state == State.LIVE

    assert say(good, jitsi_event(code, over)) == say(good, jitsi_event(code, over)) == (204, b"")
    call = Call.objects.get()
    assert (call.state, call.minutes, Change.objects.count()) == (State.TALKED, 15, 2)

    enter(room.relationship, mentor, at=timezone.now())
    assert say(good, jitsi_event(code, over)) == (204, b"")
    assert Call.objects.filter(state=State.LIVE).count() == 1
    choose(room, "jitsi", secret="")  # without a secret nothing can be sealed, not even by nothing
    assert say(token({"aud": "peyvand", "iss": "app"}, ""), jitsi_event(code, timezone.now())) == nothing(client)


def test_livekit_seals_all_that_it_says(client, room, mentor):
    address = "https://meet.example.edu/custom?liveKitUrl=wss://live.example.edu"
    programme = choose(room, "livekit", address=address, key="api", secret="north")
    began = timezone.now() - 20 * MINUTE
    way_in = urlsplit(enter(room.relationship, mentor, at=began))
    code = code_of(room.relationship)
    entered = parse_qs(way_in.query)
    assert (way_in.path, entered["liveKitUrl"]) == ("/custom", ["wss://live.example.edu"])
    expected = {
        "iss": "api", "exp": int((began + timedelta(hours=3)).timestamp()), "sub": str(mentor.pk), "name": str(mentor),
        "video": {"roomJoin": True, "room": code},
    }  # fmt: skip
    assert entered["token"] == [token(expected, "north")]

    def event(at, kind="room_finished", name=code):
        told = {
            "event": kind,
            "room": {"sid": "RM_1", "name": name},
            "id": "EV_1",
            "createdAt": str(int(at.timestamp())),
        }
        return json.dumps(told).encode()

    def seal(body, secret="north", **claims):
        whole = b64encode(hashlib.sha256(body).digest()).decode()
        until = timezone.now() + 5 * MINUTE
        return token({"iss": "api", "exp": int(until.timestamp()), "sha256": whole, **claims}, secret)

    over = event(began + 15 * MINUTE)

    def say(body, authorization):
        return tell(client, programme, body, Authorization=authorization)

    for authorization in (
        entered["token"][0],
        "",
        seal(event(began)),  # of something else that was said
        seal(over, "south"),
        seal(over, iss="other"),
        seal(over, exp=int(began.timestamp())),
    ):
        assert say(over, authorization) == nothing(client)
    assert say(b"[]", seal(b"[]")) == nothing(client)
    stranger = event(began, name="elsewhere")
    assert say(stranger, seal(stranger)) == nothing(client)
    started = event(began, kind="room_started")
    assert say(started, seal(started)) == (204, b"")
    assert Call.objects.get().state == State.LIVE

    assert say(over, seal(over)) == say(over, f"Bearer {seal(over)}") == (204, b"")
    strict = Client(enforce_csrf_checks=True)  # a server of rooms has no page of ours with a token in it
    assert tell(strict, programme, over, Authorization=seal(over)) == (204, b"")
    call = Call.objects.get()
    assert (call.state, call.minutes, Change.objects.count()) == (State.TALKED, 15, 2)
    enter(room.relationship, mentor, at=timezone.now())
    assert say(over, seal(over)) == (204, b"")  # the same once more ends no younger call
    assert Call.objects.filter(state=State.LIVE).count() == 1


def test_a_link_and_ones_own_calls_tell_nothing(client, room):
    for by in ("link", "own"):
        assert tell(client, choose(room, by, address="https://meet.example.edu"), b"{}") == nothing(client)
