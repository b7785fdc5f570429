"""A file on its way into a conversation and out of it again: whole, once, and only for those it is meant for."""

import io
from datetime import timedelta
from hashlib import sha256
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts.models import User
from accounts.personal_data import erase, export
from mentoring.messaging.files.checks import EICAR
from mentoring.messaging.models import Attachment, AttachmentPart, Message, Room
from mentoring.messaging.queries import changes_after, with_files
from mentoring.messaging.serializers import change_frame
from mentoring.messaging.services import (
    PART,
    Conflict,
    FileNotReady,
    OtherPart,
    Send,
    TooBig,
    TooManyFiles,
    add_part,
    begin_file,
    content_of,
    delete_message,
    drop_file,
    finish_file,
    forget_files,
    look_into,
    send_all,
    send_message,
    take_file,
)
from mentoring.messaging.services.changing import REVISIONS_KEPT
from mentoring.messaging.views.rooms import send_with_files
from tests.factories import NOW, MessageFactory, PersonFactory, RoomFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def room():
    return RoomFactory()


@pytest.fixture
def mentor(room):
    return room.members.order_by("pk")[0].person


@pytest.fixture
def mentee(room):
    return room.members.order_by("pk")[1].person


def png(size=(800, 600)):
    made = io.BytesIO()
    Image.new("RGB", size, "teal").save(made, "PNG")
    return made.getvalue()


def take(room, by, data=b"Some words", name="notes.txt", claimed="text/plain"):
    return take_file(room, look_into(room, name=name, claimed=claimed, data=data), by=by, at=NOW)


def say(room, by, *files, body="", cid=None):
    return send_message(room, by=by, cid=cid or uuid4(), body=body, files=[file.pk for file in files], at=NOW)


def begin(client, room, data, name="notes.txt", digest=True):
    said = {"name": name, "size": len(data), "claimed": "", "digest": sha256(data).hexdigest() if digest else ""}
    return client.post(reverse("file_begin", args=[room.pk]), said)


def part(client, pk, start, data):
    url = reverse("file_part", args=[pk]) + f"?start={start}"
    return client.post(url, data, content_type="application/octet-stream")


def test_a_file_comes_in_parts_and_goes_on_after_a_cut_from_where_it_was(room, mentor, mentee, sign_in):
    client, data = sign_in(mentor), b"line of text\n" * 50_000  # three parts
    state = begin(client, room, data).json()
    assert (state["have"], state["part"], state["state"]) == (0, PART, "uploaded")
    assert part(client, state["id"], 0, data[:PART]).json()["have"] == PART

    again = begin(client, room, data).json()  # the page was loaded anew
    assert (again["id"], again["have"]) == (state["id"], PART)
    twice = part(client, state["id"], 0, data[:PART])  # the answer to this part had been lost
    assert (twice.status_code, twice.json()["have"]) == (409, PART)
    assert part(client, state["id"], PART, data[PART : 2 * PART]).json()["have"] == 2 * PART
    assert part(client, state["id"], 2 * PART, data[2 * PART :]).json()["state"] == "clean"

    file = Attachment.objects.get()
    message = say(room, mentor, file, body="My notes")
    got = sign_in(mentee).get(file.get_absolute_url())
    assert (got.content, message.body) == (data, "My notes")


def test_bytes_beyond_the_end_or_changed_on_the_way_are_not_taken(room, mentor):
    file = begin_file(room, by=mentor, name="a.txt", size=4, claimed="", digest=sha256(b"good").hexdigest(), at=NOW)
    with pytest.raises(OtherPart):
        add_part(file, start=0, data=b"longer")
    with pytest.raises(OtherPart):
        finish_file(file)
    add_part(file, start=0, data=b"evil")
    assert (finish_file(file).reason, file.parts.count()) == ("broken", 0)


def parts_are_read(sql):
    return sql.startswith("SELECT") and '"messaging_attachmentpart"."data"' in sql


@pytest.mark.django_db(transaction=True)
def test_nobody_who_writes_waits_while_a_file_is_looked_into(room, mentor, sign_in):
    locked = []

    class Brought(SimpleUploadedFile):
        def read(self, *args):
            locked.append(connection.in_atomic_block)
            return super().read(*args)

    def watch(execute, sql, params, many, context):
        if parts_are_read(sql):
            locked.append(connection.in_atomic_block)
        return execute(sql, params, many, context)

    file = begin_file(room, by=mentor, name="a.png", size=len(png()), claimed="", digest="", at=NOW)
    add_part(file, start=0, data=png())
    with connection.execute_wrapper(watch):
        assert finish_file(file).state == "clean"
        said = {"cid": uuid4(), "body": "", "reply_to": None, "topic": None, "files": [Brought("b.txt", b"words")]}
        send_with_files(room, mentor, said)
    assert (locked, Message.objects.count()) == ([False, False], 1)


def test_a_file_that_was_taken_away_while_it_was_looked_into_stays_away(room, mentor):
    file, dropped = begin_file(room, by=mentor, name="a.png", size=len(png()), claimed="", digest="", at=NOW), []
    add_part(file, start=0, data=png())

    def drop_meanwhile(execute, sql, params, many, context):
        found = execute(sql, params, many, context)
        if parts_are_read(sql) and not dropped:
            dropped.append(file.pk)
            drop_file(file, at=NOW)
        return found

    with connection.execute_wrapper(drop_meanwhile):
        finish_file(file)
    file.refresh_from_db()
    assert (dropped, file.state, file.deleted_at, file.parts.count()) == ([file.pk], "uploaded", NOW, 0)


@pytest.mark.parametrize(
    ("data", "name", "claimed", "why"),
    [
        (EICAR, "harmless.txt", "text/plain", "virus"),
        (b"", "empty.txt", "text/plain", "empty"),
        (b"<html><script>alert(1)</script>", "page.txt", "text/plain", "two_in_one"),
        (png(), "cv.pdf", "application/pdf", "not_what_it_says"),
    ],
)
def test_a_blocked_file_is_not_kept_not_sent_and_not_given_out(room, mentor, sign_in, data, name, claimed, why):
    file = take(room, mentor, data, name, claimed)
    assert (file.state, file.reason, AttachmentPart.objects.count()) == ("blocked", why, 0)
    with pytest.raises(FileNotReady):
        say(room, mentor, file)
    with pytest.raises(IntegrityError), transaction.atomic():
        Attachment.objects.filter(pk=file.pk).update(message=MessageFactory(room=room))
    assert sign_in(mentor).get(file.get_absolute_url()).status_code == 404


def test_a_programme_says_how_big_and_what(room, mentor, sign_in):
    programme = room.relationship.programme
    programme.files_megabytes, programme.file_kinds = 1, ["picture"]
    programme.save()
    room = Room.objects.get(pk=room.pk)
    with pytest.raises(TooBig):
        take(room, mentor, b"x" * 1_100_000)
    assert take(room, mentor).reason == "not_allowed"
    assert take(room, mentor, png(), "a.png", "image/png").state == "clean"
    page = sign_in(mentor).get(room.get_absolute_url()).content.decode()
    assert ".png" in page and ".pdf" not in page and "data-record" not in page
    programme.file_kinds = []
    programme.save()
    assert "data-add" not in sign_in(mentor).get(room.get_absolute_url()).content.decode()


def test_only_the_people_of_the_conversation_get_a_file_and_only_once_it_is_sent(room, mentor, mentee, sign_in):
    file = take(room, mentor, png(), "a.png", "image/png")
    stranger, urls = PersonFactory(), [file.get_absolute_url(), reverse("file_small", args=[file.pk])]

    def seen_by(person):
        return [sign_in(person).get(url).status_code for url in urls]

    assert (seen_by(mentor), seen_by(mentee), seen_by(stranger)) == ([200, 200], [404, 404], [404, 404])
    for act in ("file_part", "file_drop"):
        assert sign_in(mentee).post(reverse(act, args=[file.pk])).status_code == 404
    say(room, mentor, file)
    assert (seen_by(mentor), seen_by(mentee), seen_by(stranger)) == ([200, 200], [200, 200], [404, 404])
    assert begin(sign_in(stranger), room, b"x").status_code == 404
    assert Client().get(urls[0]).status_code == 302

    room.members.filter(person=mentee).update(left_at=NOW)
    assert seen_by(mentee) == [404, 404]


def test_what_is_given_out_cannot_act_in_the_readers_name(room, mentor, sign_in):
    page, client = take(room, mentor, b"plain words"), sign_in(mentor)
    picture = take(room, mentor, png(), "دفترچه.png", "image/png")
    kept, shown = client.get(page.get_absolute_url()), client.get(reverse("file_small", args=[picture.pk]))
    for answer in (kept, shown):
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer["Cache-Control"] == "private, no-store"
    assert kept["Content-Disposition"] == 'attachment; filename="notes.txt"'
    assert (shown["Content-Type"], shown["Content-Disposition"]) == ("image/webp", 'inline; filename="picture.webp"')
    assert "filename*=utf-8''" in client.get(picture.get_absolute_url())["Content-Disposition"]
    assert client.get(reverse("file_small", args=[page.pk])).status_code == 404
    some = client.get(page.get_absolute_url(), headers={"Range": "bytes=6-"})
    assert (some.status_code, some.content, some["Content-Range"]) == (206, b"words", "bytes 6-10/11")


def test_where_data_is_dear_a_picture_waits_for_a_tap_and_says_what_it_costs(room, mentor, sign_in):
    client = sign_in(mentor)
    say(room, mentor, take(room, mentor, png(), "a.png", "image/png"))
    file = Attachment.objects.light().get()
    small = reverse("file_small", args=[file.pk])
    for wish, browser, low in [
        ("device", "", False),
        ("device", "on", True),
        ("full", "on", False),
        ("low", "", True),
    ]:
        User.objects.filter(pk=mentor.pk).update(data_use=wish)
        page = client.get(room.get_absolute_url(), headers={"Save-Data": browser}).content.decode()
        assert (f'<img src="{small}"' in page) is not low
        assert (f'data-taps href="{small}"' in page and 'class="talk-low"' in page) is low
        assert ('rel="preload"' in page) is not low
    assert file.weight == len(Attachment.objects.get().small) > 0


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\me\\cv.txt", "cv.txt"),
        ("\u202egpj.txt", "gpj.txt"),
        (".htaccess", "htaccess.txt"),
        ("a\r\nSet-Cookie: x.txt", "a Set-Cookie: x.txt"),
        ("x" * 400 + ".txt", "x" * 100 + ".txt"),
        ("no ending", "no ending.txt"),
    ],
)
def test_the_name_of_a_file_is_only_a_name(room, mentor, name, kept):
    assert take(room, mentor, name=name, claimed="").name == kept


def test_files_without_words_say_their_names_once_and_arrive_in_the_frame(room, mentor):
    files = [take(room, mentor, png(), "a.png", "image/png"), take(room, mentor)]
    cid = uuid4()
    message = say(room, mentor, *files, cid=cid)
    assert say(room, mentor, *files, cid=cid) == message
    with pytest.raises(Conflict):
        say(room, mentor, *files, body="Other words", cid=cid)
    frame = change_frame(changes_after(room.pk, 0)[0])["m"]
    assert (message.body, frame["parts"]) == ("a.png, notes.txt", [])
    assert [(file["name"], file["kind"], "small" in file) for file in frame["files"]] == [
        ("a.png", "picture", True),
        ("notes.txt", "document", False),
    ]


def test_a_file_goes_with_one_message_of_its_uploader_in_its_room(room, mentor, mentee):
    file, other = take(room, mentor), RoomFactory()
    with pytest.raises(FileNotReady):
        say(room, mentee, file)
    with pytest.raises(FileNotReady):
        say(other, other.members.first().person, file)
    say(room, mentor, file)
    with pytest.raises(FileNotReady):
        say(room, mentor, file)
    with pytest.raises(TooManyFiles):
        say(room, mentor, *[take(room, mentor, name=f"{n}.txt") for n in range(6)])
    assert Message.objects.count() == 1


def test_with_the_words_go_the_files(room, mentor, sign_in):
    file = take(room, mentor)
    message = say(room, mentor, file)
    delete_message(message, by=mentor, at=NOW)
    client = sign_in(mentor)
    assert client.get(file.get_absolute_url()).status_code == 404
    assert client.get(reverse("file_small", args=[file.pk])).status_code == 404
    assert with_files([Message.objects.get()])[0].files == []


def test_a_deleted_file_is_kept_for_a_report_as_long_as_the_words_and_then_nothing_of_it(room, mentor):
    delete_message(say(room, mentor, take(room, mentor)), by=mentor, at=NOW)
    forget_files(at=NOW + REVISIONS_KEPT)
    assert content_of(Attachment.objects.get()) == b"Some words"
    forget_files(at=NOW + REVISIONS_KEPT + timedelta(days=1))
    assert (Attachment.objects.count(), AttachmentPart.objects.count()) == (0, 0)


def test_without_javascript_a_plain_form_sends_files_and_says_which_one_is_not_accepted(room, mentor, sign_in):
    client, url = sign_in(mentor), reverse("room_send", args=[room.pk])

    def post(*files, body="Look", cid=None):
        sent = [SimpleUploadedFile(name, data, content_type="") for name, data in files]
        return client.post(url, {"cid": cid or str(uuid4()), "body": body, "files": sent})

    refused = post(("good.txt", b"words"), ("evil.txt", EICAR))
    page = refused.content.decode()
    assert refused.status_code == 422 and "evil.txt" in page and "something harmful" in page and "Look" in page
    assert not Attachment.objects.exists() and not Message.objects.exists()
    assert post(("good.txt", b"words"), ("a.png", png())).status_code == 302
    cid = str(uuid4())
    assert [post(("once.txt", b"words"), body="", cid=cid).status_code for _twice in range(2)] == [302, 302]
    assert Attachment.objects.filter(name="once.txt").count() == 1
    page = client.get(room.get_absolute_url()).content.decode()
    assert "good.txt" in page and reverse("file_small", args=[Attachment.objects.get(kind="picture").pk]) in page


def test_an_empty_file_is_refused_by_its_name_and_the_words_are_kept(room, mentor, sign_in):
    client, said = sign_in(mentor), {"cid": str(uuid4()), "body": "Here it comes", "when": "choose"}

    def post(name, **more):
        empty = SimpleUploadedFile("nothing.txt", b"", content_type="text/plain")
        return client.post(reverse(name, args=[room.pk]), {**said, **more, "files": [empty]}).content.decode()

    for way in ("room_send", "room_later"):
        page = post(way)
        assert "nothing.txt: This file is empty." in page and "Here it comes" in page, way
    assert "Here it comes" in post("room_later", cid="no id")
    assert not Message.objects.exists()


def test_what_was_never_sent_goes_after_a_day(room, mentor):
    take(room, mentor)
    sent = take(room, mentor, name="sent.txt")
    say(room, mentor, sent)
    forget_files(at=NOW + timedelta(hours=25))
    assert [file.name for file in Attachment.objects.all()] == ["sent.txt"]


def test_files_are_in_the_export_of_who_sent_them_and_go_with_them(room, mentor, mentee):
    file = take(room, mentor, png(), "mine.png", "image/png")
    say(room, mentor, file)
    (row,) = export(mentor)["messaging.Attachment"]
    assert (row["name"], row["download"].endswith(file.get_absolute_url())) == ("mine.png", True)
    assert "small" not in row and "messaging.Attachment" not in export(mentee)
    erase(mentor, at=NOW)
    file.refresh_from_db()
    assert (file.name == "mine.png", bytes(file.small), file.deleted_at) == (False, b"", NOW)
    assert content_of(file) == b""


def test_a_file_goes_with_a_message_of_a_conversation_that_is_under_way(room, mentor):
    first = send_all([Send(room.pk, mentor, uuid4(), "Here it comes")], at=NOW)
    file = take(room, mentor)
    sent = send_all([Send(room.pk, mentor, uuid4(), "", files=(file.pk,))], at=NOW, asked=first.asked)
    assert [(message.body, message.files) for message in sent.new] == [("notes.txt", [file])]
    assert Attachment.objects.get().message == sent.new[0]
