import asyncio
import json
from contextlib import asynccontextmanager
from datetime import timedelta
from threading import Event
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.conf import settings
from django.db import connections
from django.utils import timezone

from accounts.services import erase_person, tell_signed_out
from config.asgi import application
from core import realtime
from core.models import Tally
from mentoring.messaging import consumers, frames, hub, limits, promptness, pulse
from mentoring.messaging.pen import Pen, writer
from mentoring.messaging.services import Send, announce, begin_epoch, edit_message, keep_draft, send_all, send_message
from mentoring.safeguarding.services import block_person, lift_block
from tests.factories import (
    NOW,
    CoordinationFactory,
    EnrolmentFactory,
    MessageFactory,
    PersonFactory,
    ProgrammeFactory,
    RoomFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
async def own_connections():
    yield
    await sync_to_async(connections.close_all)()


@pytest.fixture
def room(transactional_db):
    return RoomFactory()


@pytest.fixture
def mentor(room):
    return room.members.order_by("pk")[0].person


@pytest.fixture
def mentee(room):
    return room.members.order_by("pk")[1].person


class Socket:
    """A browser's end, speaking in frames."""

    def __init__(self, headers):
        scope = {"type": "websocket", "path": "/ws/talk", "query_string": b"", "headers": headers, "subprotocols": []}
        self.line = ApplicationCommunicator(application, scope)

    async def open(self):
        await self.line.send_input({"type": "websocket.connect"})
        return (await self.line.receive_output(timeout=20))["type"] == "websocket.accept"

    async def close(self):
        await self.line.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.line.wait(timeout=20)

    async def give_raw(self, **event):
        await self.line.send_input({"type": "websocket.receive", **event})

    async def give(self, **frame):
        await self.give_raw(text=json.dumps(frame))

    async def hear(self, kind=None):
        """The next frame, or the next one of a kind."""
        while True:
            frame = json.loads((await self.line.receive_output(timeout=20))["text"])
            if kind is None or frame["t"] == kind:
                return frame

    async def hello(self, **rooms):
        await self.give(t="hello", v=1, rooms={key.lstrip("r"): seq for key, seq in rooms.items()})
        return await self.hear("ready")

    async def ask(self, **frame):
        await self.give(**frame)
        return await self.hear()

    async def ask_for(self, kind, **frame):
        """The answer of a kind, whatever else is heard before it."""
        await self.give(**frame)
        return await self.hear(kind)


@pytest.fixture
def connect(sign_in):
    @asynccontextmanager
    async def connected(person, origin="http://localhost", browser=None):
        headers = [(b"host", b"localhost"), (b"origin", origin.encode())]
        if person is not None:
            client = browser or await sync_to_async(sign_in)(person)
            headers.append((b"cookie", f"sessionid={client.cookies['sessionid'].value}".encode()))
        socket = Socket(headers)
        yield socket if await socket.open() else None
        await socket.close()

    return connected


@pytest.fixture(autouse=True)
def full_buckets():
    limits._buckets.clear()


async def test_what_one_says_the_other_hears_and_the_speaker_is_told_first(connect, room, mentor, mentee):
    async with connect(mentor) as ours, connect(mentee) as theirs:
        await ours.hello(**{f"r{room.pk}": 0})
        await theirs.hello(**{f"r{room.pk}": 0})
        cid = str(uuid4())

        ok = await ours.ask(t="m", cid=cid, r=room.pk, b="سلام https://example.org/a.")
        change = await theirs.hear("c")

        assert (ok["t"], ok["cid"], ok["r"], ok["s"]) == ("ok", cid, room.pk, 1)
        assert (change["r"], change["s"], change["k"]) == (room.pk, 1, "message")
        assert (change["m"]["id"], change["m"]["cid"], change["m"]["u"]) == (ok["id"], cid, mentor.pk)
        assert change["m"]["parts"] == [
            ["سلام ", ""], ["https://example.org/a", "https://example.org/a"], [".", ""],
        ]  # fmt: skip
        assert (await ours.hear("c"))["s"] == 1


async def test_what_is_handed_out_too_late_is_counted_once_and_a_reaction_is_no_message(
    connect, room, mentor, mentee, monkeypatch
):
    monkeypatch.setattr(promptness, "WITHIN_S", -1.0)
    await sync_to_async(promptness.delivered.flush)(at=timezone.now())
    await sync_to_async(Tally.objects.all().delete)()
    async with connect(mentor) as ours, connect(mentee) as theirs:
        await ours.hello(**{f"r{room.pk}": 0})
        await theirs.hello(**{f"r{room.pk}": 0})
        await theirs.ask(t="hb")  # answered when the room is listened to
        ok = await ours.ask(t="m", cid=str(uuid4()), r=room.pk, b="Hello")
        await theirs.hear("c")
        await ours.give(t="x", cid=str(uuid4()), r=room.pk, m=ok["id"], x="agree", on=True)
        await theirs.hear("c")

    await sync_to_async(promptness.delivered.flush)(at=timezone.now())
    counts = await sync_to_async(lambda: list(Tally.objects.values_list("what", "bucket", "count")))()
    assert counts == [(promptness.WHAT, promptness.LATE, 1)]


async def test_the_same_message_again_gets_the_same_answer_and_other_words_a_conflict(connect, room, mentor):
    async with connect(mentor) as ours:
        message = {"t": "m", "cid": str(uuid4()), "r": room.pk}

        first = await ours.ask(**message, b="Hello")
        again = await ours.ask(**message, b="Hello")
        other = await ours.ask(**message, b="Other")

        assert first == again
        assert other == {"t": "no", "cid": message["cid"], "r": room.pk, "code": "conflict"}


async def test_who_was_away_is_given_the_rest_in_order(connect, room, mentor, mentee):
    @sync_to_async
    def meanwhile():
        message = [MessageFactory(room=room, by=mentor, at=timezone.now()) for _n in range(3)][1]
        edit_message(message, by=mentor, body="Better", at=timezone.now())

    await meanwhile()
    async with connect(mentee) as theirs:
        ready = await theirs.hello(**{f"r{room.pk}": 1})
        changes = [await theirs.hear("c") for _n in range(3)]

        assert (ready["heads"], ready["missed"]) == ({str(room.pk): 4}, 3)
        assert [(c["s"], c["k"], c["m"]["s"]) for c in changes] == [
            (2, "message", 2),
            (3, "message", 3),
            (4, "edit", 2),
        ]
        assert changes[2]["m"]["parts"] == [["Better", ""]]
        assert (await theirs.ask(t="get", r=room.pk, **{"from": 4}))["s"] == 4


async def test_who_missed_too_much_is_sent_to_the_pages_of_changes(connect, room, mentor, monkeypatch):
    monkeypatch.setattr(frames, "MOST_CHANGES", 2)
    await sync_to_async(lambda: [MessageFactory(room=room) for _n in range(3)])()
    async with connect(mentor) as ours:
        await ours.hello(**{f"r{room.pk}": 0})

        assert await ours.hear() == {"t": "gap", "r": room.pk, "head": 3}


async def test_a_client_ahead_of_a_restored_database_is_told_so_and_goes_on_hearing(connect, room, mentor):
    async with connect(mentor) as ours:
        await ours.hello(**{f"r{room.pk}": 99})

        assert await ours.hear() == {"t": "gap", "r": room.pk, "head": 0}
        await ours.give(t="m", cid=str(uuid4()), r=room.pk, b="Hello")
        assert (await ours.hear("c"))["s"] == 1


async def test_a_stranger_hears_the_same_of_a_room_as_of_one_that_does_not_exist(connect, room):
    stranger = await sync_to_async(PersonFactory)()
    async with connect(stranger) as theirs:
        for pk in (room.pk, room.pk + 1000, 10**17):
            ready = await theirs.hello(**{f"r{pk}": 0})
            cid = str(uuid4())
            assert (ready["heads"], ready["missed"]) == ({}, 0)
            assert await theirs.hear() == {"t": "no", "r": pk, "code": "not_found"}
            assert await theirs.ask(t="get", r=pk, **{"from": 1}) == {"t": "no", "r": pk, "code": "not_found"}
            assert await theirs.ask(t="rd", r=pk, s=1) == {"t": "no", "r": pk, "code": "not_found"}
            assert await theirs.ask(t="ty", r=pk, on=True) == {"t": "no", "r": pk, "code": "not_found"}
            assert await theirs.ask(t="m", r=pk, cid=cid, b="Hi") == {
                "t": "no", "cid": cid, "r": pk, "code": "not_found",
            }  # fmt: skip


async def test_who_leaves_while_listening_hears_nothing_more(connect, room, mentor, mentee):
    @sync_to_async
    def leave_and_speak():
        room.members.filter(person=mentee).update(left_at=timezone.now())
        send_message(room, by=mentor, cid=uuid4(), body="Just between us", at=timezone.now())

    async with connect(mentee) as theirs:
        await theirs.hello(**{f"r{room.pk}": 0})
        await leave_and_speak()

        assert await theirs.hear() == {"t": "no", "r": room.pk, "code": "not_found"}
        assert await theirs.line.receive_nothing(0.2)


async def test_reading_is_seen_by_the_writer(connect, room, mentor, mentee):
    await sync_to_async(MessageFactory)(room=room, by=mentor)
    async with connect(mentor) as ours, connect(mentee) as theirs:
        assert (await ours.hello(**{f"r{room.pk}": 1}))["read"] == {str(room.pk): 0}
        await theirs.give(t="rd", r=room.pk, s=1)

        assert await ours.hear() == {"t": "rd", "r": room.pk, "s": 1}


async def test_on_a_poor_line_news_comes_in_batches_or_with_what_one_asks_for_and_typing_is_not_told(
    connect, room, mentor, mentee, monkeypatch
):
    monkeypatch.setattr(consumers, "LOW_EVERY_S", 0.01)
    async with connect(mentor) as ours, connect(mentee) as theirs:
        await ours.hello(**{f"r{room.pk}": 0})
        await theirs.ask(t="hello", v=1, rooms={str(room.pk): 0}, pr=True, low=True)
        await ours.ask_for("c", t="m", cid=str(uuid4()), r=room.pk, b="First")
        assert (await theirs.hear())["s"] == 1

        monkeypatch.setattr(consumers, "LOW_EVERY_S", 3600)
        await ours.give(t="ty", r=room.pk, on=True)
        for body in ("Second", "Third"):
            await ours.ask_for("c", t="m", cid=str(uuid4()), r=room.pk, b=body)
        assert theirs.line.output_queue.empty()
        await theirs.give(t="hb")
        heard = [await theirs.hear() for _n in range(3)]
        assert [(frame["t"], frame.get("s")) for frame in heard] == [("c", 2), ("c", 3), ("hb", None)]


async def test_typing_is_seen_by_the_other_only_and_not_more_than_every_three_seconds(
    connect, room, mentor, mentee, monkeypatch
):
    monkeypatch.setattr(consumers, "TYPING_EVERY_S", 3600)  # however slow we are
    async with connect(mentor) as ours, connect(mentee) as theirs:
        for socket in (ours, theirs):
            await socket.hello(**{f"r{room.pk}": 0})
            await socket.ask(t="hb")  # answered when the room is listened to
        for _n in range(3):
            await ours.give(t="ty", r=room.pk, on=True)
        await ours.give(t="ty", r=room.pk, on=False)

        assert [(await theirs.hear())["on"], (await theirs.hear())["on"]] == [True, False]
        assert await ours.line.receive_nothing(0.1)


NOT_FRAMES = [
    "", "{", "[]", "1", '{"t": "sing"}', '{"t": ["m"]}', '{"t": "hello", "v": 2, "rooms": {}}',
    '{"t": "hello", "v": 1, "rooms": {"x": 1}}', '{"t": "hello", "v": 1, "rooms": {"1": -1}}',
    '{"t": "m", "r": 1, "b": "x"}', '{"t": "rd", "r": true, "s": 1}', '{"t": "rd", "r": 1, "s": NaN}',
    '{"t": "get", "r": 1e400, "from": 1}', '{"t": "rd", "r": 99999999999999999999, "s": 1}', "[" * 20_000,
]  # fmt: skip


async def test_what_is_not_a_frame_gets_a_code_and_does_no_harm(connect, room, mentor):
    async with connect(mentor) as ours:
        for text in NOT_FRAMES:
            await ours.give_raw(text=text)
            assert (await ours.hear())["code"] == "bad_frame", text
        await ours.give_raw(bytes=b"\x00\xff")
        assert (await ours.hear())["code"] == "bad_frame"
        await ours.give_raw(text=json.dumps({"t": "m", "b": "x" * 33_000}))
        assert (await ours.hear())["code"] == "too_big"
        for body, code in ((" ", "empty"), ("x" * 8001, "too_long")):
            assert (await ours.ask(t="m", cid=str(uuid4()), r=room.pk, b=body))["code"] == code
        assert (await ours.hello())["t"] == "ready"


async def test_signs_that_no_database_holds_are_left_out_or_refused_and_end_nothing(connect, room, mentor):
    async with connect(mentor) as ours:
        await ours.give(t="dr", r=room.pk, b="Half\0 a \ud800sign", dev="\ud800\0page")
        await ours.hello(**{f"r{room.pk}": 0})
        for body, answer in (("Hello\0", "ok"), ("\ud800Hello", "ok"), ("\0\udfff", "no")):
            assert (await ours.ask_for(answer, t="m", cid=str(uuid4()), r=room.pk, b=body))["t"] == answer
        assert (await ours.ask_for("no", t="m", cid="\ud800", r=room.pk, b="Hello"))["cid"] == ""
    assert await sync_to_async(room.drafts.get)()
    assert set(await sync_to_async(lambda: list(room.messages.values_list("body", flat=True)))()) == {"Hello"}


async def test_readers_of_announcements_do_not_reach_each_other(connect):
    @sync_to_async
    def announced():
        programme = ProgrammeFactory()
        office = CoordinationFactory(programme=programme).person
        readers = [EnrolmentFactory(programme=programme).person for _n in range(2)]
        said = announce(programme, to="everyone", by=office, body="Hello", cid=uuid4(), at=timezone.now())
        return said.room, office, *readers

    news, office, first, second = await announced()
    async with connect(first) as ours, connect(second) as theirs, connect(office) as desk:
        for socket in (ours, theirs, desk):
            await socket.hello(**{f"r{news.pk}": 1})
            await socket.ask(t="hb")  # answered when the room is listened to
        for frame in ({"t": "ty", "on": True}, {"t": "rd", "s": 1}):
            await ours.give(r=news.pk, **frame)
        await ours.ask(t="hb")
        await desk.give(t="ty", r=news.pk, on=True)

        assert (await theirs.hear())["name"] == str(office)
        assert await desk.line.receive_nothing(1.5)
        await news.members.aupdate(last_read_seq=1)
        assert (await theirs.hello(**{f"r{news.pk}": 1}))["read"] == {str(news.pk): 0}


async def test_an_open_page_hears_at_once_that_the_conversation_rests_and_that_it_goes_on(
    connect, room, mentor, mentee
):
    async with connect(mentor) as ours:
        await ours.hello(**{f"r{room.pk}": 0})
        await ours.ask(t="hb")  # answered when the room is listened to
        block = await sync_to_async(block_person)(mentor, by=mentee, at=timezone.now())
        assert await ours.hear() == {"t": "rs", "r": room.pk, "on": True}
        await sync_to_async(lift_block)(block, by=mentee, at=timezone.now())
        assert await ours.hear() == {"t": "rs", "r": room.pk, "on": False}


@pytest.mark.skipif(not settings.REDIS_URL, reason="other processes are heard through Redis")
async def test_a_hint_that_is_not_understood_ends_no_listening(connect, room, mentor):
    @sync_to_async
    def said_elsewhere():
        send_all([Send(room.pk, mentor, uuid4(), "Hello")], at=timezone.now())
        for hint in ("{", '{"kind": "talk.of tomorrow"}', "{}", f'{{"kind": "talk.changed", "rooms": [{room.pk}]}}'):
            realtime._redis().publish(realtime._channel(), hint)

    async with connect(mentor) as ours:
        await ours.hello(**{f"r{room.pk}": 0})
        await ours.ask(t="hb")
        await said_elsewhere()

        assert (await ours.hear("c"))["s"] == 1


async def test_one_that_cannot_be_kept_is_refused_for_good_and_harms_no_other(room, mentor):
    async with asyncio.TaskGroup() as tasks:
        told, answers = [], {}
        pen = Pen(tasks.create_task, lambda sent, _now: told.extend(message.body for message in sent.new))
        for body, cid in (("Before", uuid4()), ("Broken", "no id"), ("After", uuid4())):
            pen.say(Send(room.pk, mentor, cid, body), lambda answer, body=body: answers.update({body: answer}))
    await writer.close()

    assert told == ["Before", "After"]
    assert (answers["Before"].seq, answers["After"].seq) == (1, 2)
    assert answers["Broken"].code == "cannot_be_kept"


async def test_a_flood_is_told_to_wait_and_the_waiting_is_shared_by_all_sockets_of_a_person(
    connect, room, mentor, monkeypatch
):
    monkeypatch.setattr(limits.Bucket, "RATE", 0.01)
    async with connect(mentor) as ours, connect(mentor) as second:
        # two handshakes took theirs
        assert [(await ours.ask(t="hb"))["t"] for _n in range(28)] == ["hb"] * 28
        refused = await second.ask(t="m", cid=str(uuid4()), r=room.pk, b="Hello")
        assert refused["code"] == "busy"
        assert refused["retry_ms"] > 50_000
        await second.give(t="hello", v=1, rooms={})  # half a hello is none: it comes again
        assert await second.line.receive_output(timeout=20) == {"type": "websocket.close", "code": 1013}


async def test_without_a_session_or_from_another_site_there_is_no_socket(connect, mentor):
    async with connect(None) as nobody, connect(mentor, origin="https://evil.example") as foreign:
        assert nobody is None
        assert foreign is None


async def test_the_heartbeat_says_where_rooms_are_and_ends_with_the_session(connect, room, mentor, monkeypatch):
    monkeypatch.setattr(pulse, "HEARTBEAT_S", 0.05)
    async with connect(mentor) as ours:
        await ours.hello(**{f"r{room.pk}": 0})
        async with asyncio.timeout(20):
            while not (heads := (await ours.hear("hb"))["heads"]):
                pass  # begun before the hello
        assert heads == {str(room.pk): 0}
        mentor.is_active = False
        await sync_to_async(mentor.save)()
        while (event := await ours.line.receive_output(timeout=20))["type"] != "websocket.close":
            pass

        assert event["code"] == pulse.SIGNED_OUT


async def test_times_are_in_the_words_of_the_reader(connect, room, mentor, mentee):
    @sync_to_async
    def yesterday():
        mentee.language, mentee.calendar, mentee.time_zone = "fa", "jalali", "Asia/Tehran"
        mentee.save()
        return MessageFactory(room=room, by=mentor, at=timezone.now() - timedelta(days=1))

    message = await yesterday()
    async with connect(mentee) as theirs:
        await theirs.hello(**{f"r{room.pk}": 0})
        said = (await theirs.hear("c"))["w"]

        here = message.created_at.astimezone(mentee.zone)
        assert said["time"] == here.strftime("%H:%M").translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
        assert said["day"] == here.date().isoformat()


async def test_words_are_changed_signed_and_taken_back_over_the_socket_once_each(connect, room, mentor, mentee):
    message = await sync_to_async(MessageFactory)(room=room, by=mentor, body="Helo", at=timezone.now())
    on = {"r": room.pk, "m": message.pk}
    async with connect(mentor) as ours, connect(mentee) as theirs:
        await theirs.hello(**{f"r{room.pk}": 1})
        edit = {"t": "e", "cid": str(uuid4()), **on, "rev": 0, "b": "Hello"}
        sign = {"t": "x", "cid": str(uuid4()), **on, "x": "thanks", "on": True}
        gone = {"t": "d", "cid": str(uuid4()), **on}

        answers = [await ours.ask(**edit), await theirs.ask_for("ok", **sign), await ours.ask(**gone)]
        again = [await ours.ask(**edit), await theirs.ask_for("ok", **sign), await ours.ask(**gone)]
        other = await ours.ask(**{**edit, "b": "Other"})
        heard = await ours.hello(**{f"r{room.pk}": 1})
        changes = [await ours.hear("c") for _n in range(3)]

    assert [(answer["t"], answer["s"], answer["id"]) for answer in answers] == [
        ("ok", seq, message.pk) for seq in (2, 3, 4)
    ]
    assert again == answers
    assert (other["t"], other["code"]) == ("no", "conflict")
    assert heard["heads"] == {str(room.pk): 4}
    assert [change["k"] for change in changes] == ["edit", "react", "delete"]


async def test_a_change_carries_the_words_the_revision_and_who_signed(connect, room, mentor, mentee):
    message = await sync_to_async(MessageFactory)(room=room, by=mentor, body="Helo", at=timezone.now())
    on = {"r": room.pk, "m": message.pk}
    async with connect(mentor) as ours, connect(mentee) as theirs:
        await theirs.hello(**{f"r{room.pk}": 1})
        await ours.ask(t="e", cid=str(uuid4()), **on, rev=0, b="Hello")
        await ours.ask(t="x", cid=str(uuid4()), **on, x="idea", on=True)
        edit, sign = [(await theirs.hear("c"))["m"] for _n in range(2)]
        stale = await ours.ask(t="e", cid=str(uuid4()), **on, rev=0, b="Hi")

    assert (edit["parts"], edit["rev"], edit["edited"]) == ([["Hello", ""]], 1, True)
    assert sign["x"] == {"idea": [[mentor.pk, mentor.name]]}
    assert stale["code"] == "stale"


async def test_signing_out_ends_the_sockets_of_that_session_at_once_and_no_others(connect, room, mentor, sign_in):
    browser = await sync_to_async(sign_in)(mentor)
    async with connect(mentor, browser=browser) as ours, connect(mentor) as elsewhere:
        for socket in (ours, elsewhere):
            await socket.hello(**{f"r{room.pk}": 0})
        await sync_to_async(browser.post)("/account/logout/")
        event = await ours.line.receive_output(timeout=20)

        assert (event["type"], event["code"]) == ("websocket.close", pulse.SIGNED_OUT)
        assert (await elsewhere.ask(t="hb"))["t"] == "hb"


async def test_a_new_password_ends_the_sockets_of_all_who_used_the_old_one(connect, room, mentor):
    @sync_to_async
    def change_password():
        mentor.set_password("quite another sentence")
        mentor.save()
        tell_signed_out(people=[mentor.pk])

    async with connect(mentor) as ours:
        await ours.hello(**{f"r{room.pk}": 0})
        await change_password()
        event = await ours.line.receive_output(timeout=20)

    assert (event["type"], event["code"]) == ("websocket.close", pulse.SIGNED_OUT)


async def test_after_a_restore_the_rooms_say_that_their_numbers_are_of_another_time(connect, room, mentor):
    async with connect(mentor) as ours:
        before = (await ours.hello(**{f"r{room.pk}": 0}))["epochs"]
        await sync_to_async(begin_epoch)()
        after = (await ours.hello(**{f"r{room.pk}": 0}))["epochs"]

    assert before == {str(room.pk): str(room.epoch)}
    assert before.keys() == after.keys()
    assert before != after


async def test_a_heartbeat_brings_the_new_epoch_where_nobody_was_told_of_it(connect, room, mentor, monkeypatch):
    monkeypatch.setattr(pulse, "HEARTBEAT_S", 0.05)
    async with connect(mentor) as ours:
        await ours.hello(**{f"r{room.pk}": 0})
        assert "epochs" not in await ours.ask(t="hb")
        room.epoch = uuid4()
        await room.asave(update_fields=["epoch"])

        async with asyncio.timeout(20):
            while (heard := await ours.hear("hb")).get("epochs") != {str(room.pk): str(room.epoch)}:
                assert not heard.get("epochs")  # asked before it was saved
        assert (await ours.ask_for("hb", t="hb"))["epochs"] == {str(room.pk): str(room.epoch)}


async def test_a_draft_is_shown_on_ones_other_pages_and_to_nobody_else(connect, room, mentor, mentee):
    async with connect(mentor) as ours, connect(mentor) as second, connect(mentee) as theirs:
        for socket in (ours, second, theirs):
            await socket.hello(**{f"r{room.pk}": 0})
            await socket.ask(t="hb")
        await ours.give(t="dr", r=room.pk, b="Half a thought", dev="page-1")

        assert await second.hear() == {"t": "dr", "r": room.pk, "b": "Half a thought", "dev": "page-1"}
        assert await theirs.line.receive_nothing(0.1)


async def test_drafts_in_a_row_are_shown_in_their_order(connect, room, mentor):
    many = 200
    async with connect(mentor) as ours:
        await ours.hello(**{f"r{room.pk}": 0})
        await ours.ask(t="hb")
        for number in range(1, many + 1):
            await sync_to_async(keep_draft)(room, by=mentor, body=str(number), at=timezone.now())

        shown = [int((await ours.hear("dr"))["b"]) for _n in range(many)]
        assert shown == sorted(shown)
        assert shown[-1] == many


async def test_what_was_kept_though_the_answer_got_lost_is_heard_when_it_is_said_again(connect, room, mentor, mentee):
    cid = uuid4()
    async with connect(mentor) as ours, connect(mentee) as theirs:
        for socket in (ours, theirs):
            await socket.hello(**{f"r{room.pk}": 0})
            await socket.ask(t="hb")  # answered when the room is listened to
        await sync_to_async(send_all)([Send(room.pk, mentor, cid, "Hello")], at=timezone.now())

        assert (await ours.ask(t="m", cid=str(cid), r=room.pk, b="Hello"))["t"] == "ok"
        assert (await theirs.hear("c"))["s"] == 1


async def test_when_somebody_is_erased_their_conversations_are_read_anew_and_no_others(connect, room, mentor, mentee):
    await sync_to_async(MessageFactory)(room=room, by=mentor, body="In trust")
    other = await sync_to_async(RoomFactory)()
    seat = await sync_to_async(other.members.order_by("pk").first)()
    reader = await sync_to_async(lambda: seat.person)()
    async with connect(mentee) as ours, connect(reader) as elsewhere:
        before = (await ours.hello(**{f"r{room.pk}": 1}))["epochs"]
        there = (await elsewhere.hello(**{f"r{other.pk}": 0}))["epochs"]
        await sync_to_async(erase_person)(mentor, by=mentor, at=NOW)

        assert await ours.hear() == {"t": "gap", "r": room.pk, "head": 1}
        assert (await ours.hello(**{f"r{room.pk}": 1}))["epochs"] != before
        assert (await elsewhere.ask(t="hb"))["t"] == "hb"  # nothing before it
        assert (await elsewhere.hello(**{f"r{other.pk}": 0}))["epochs"] == there


async def test_who_comes_back_while_the_room_is_still_read_for_who_has_left_goes_on_hearing(connect, room, mentor):
    others = await sync_to_async(PersonFactory)()
    known, read_on = {f"r{room.pk}": 0}, Event()
    async with connect(others) as elsewhere, connect(mentor) as back:
        await elsewhere.hello()
        async with connect(mentor) as before:
            await before.hello(**known)
            held = [asyncio.create_task(hub.readers(read_on.wait)) for _thread in range(2)]
            hub.hub().hear({"kind": "talk.changed", "rooms": [room.pk]})
        await back.give(t="hello", v=1, rooms={str(room.pk): 0})
        read_on.set()
        await asyncio.gather(*held)
        await back.hear("ready")
        await elsewhere.ask(t="hb")

        assert (await back.ask(t="m", cid=str(uuid4()), r=room.pk, b="I am here"))["t"] == "ok"
        assert (await back.hear("c"))["s"] == 1


async def test_who_joins_before_news_is_handed_out_hears_it_once(connect, room, mentor, mentee):
    known = {f"r{room.pk}": 0}
    async with connect(mentor) as ours, connect(mentee) as theirs:
        await ours.hello(**known)
        await ours.ask(t="hb")  # answered when the room is listened to
        await sync_to_async(send_all)(
            [Send(room.pk, mentor, uuid4(), "Hello")], at=timezone.now()
        )  # nobody is told yet
        await theirs.hello(**known)
        assert (await theirs.hear("c"))["s"] == 1
        await theirs.ask(t="hb")
        hub.hub().hear({"kind": "talk.changed", "rooms": [room.pk]})

        assert (await ours.hear("c"))["s"] == 1
        assert (await theirs.ask(t="hb"))["t"] == "hb"
