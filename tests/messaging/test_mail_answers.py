"""Answers by mail: said once, only what their writer wrote, only by whom the address is for, and never by a machine."""

import mailbox
import os
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse

from mentoring.messaging import limits
from mentoring.messaging.mail import address_for, read
from mentoring.messaging.models import InboundMail, Message, Room
from mentoring.messaging.services import forget_mails, take_mail, tell_unread
from notifications.models import Notification
from tests.factories import NOW, MessageFactory, RoomFactory

pytestmark = pytest.mark.django_db
NOT_OURS = "reply+1-1-000000000000000000000000@mail.example.edu"


@pytest.fixture(autouse=True)
def addresses(settings):
    settings.REPLY_ADDRESS = "reply@mail.example.edu"
    settings.INBOUND_MAIL_SECRET = "let me in"


@pytest.fixture
def room():
    return RoomFactory()


@pytest.fixture
def mentee(room):
    return room.members.order_by("pk")[1].person


@pytest.fixture
def mail(room, mentee):
    def made(words="Yes, gladly", *, to=None, sender=None, html="", **headers):
        letter = EmailMessage()
        letter["From"] = sender or f"{mentee.name} <{mentee.email.upper()}>"
        letter["To"] = to or address_for(room.pk, mentee.pk)
        for name, value in {"Message-ID": "<1@home>", "Subject": "Re: news", **headers}.items():
            letter[name] = value
        letter.set_content(words)
        if html:
            letter.set_content(html, subtype="html")
        return letter.as_bytes()

    return made


def reason(raw):
    return take_mail(raw, at=NOW).reason


def test_a_mail_that_tells_of_a_message_can_be_answered(room, mentee, run_jobs, mailoutbox, mail):
    mentor = room.members.order_by("pk")[0].person
    MessageFactory(room=room, by=mentor)
    tell_unread(Room.objects.get(pk=room.pk), until=NOW + timedelta(minutes=1), at=NOW)
    run_jobs()
    (told,) = mailoutbox
    assert told.extra_headers["Auto-Submitted"] == "auto-generated"
    assert "You can answer this mail" in told.body
    assert reason(mail(to=told.extra_headers["Reply-To"])) == ""
    said = Message.objects.get(sender=mentee)
    assert (said.room, said.body) == (room, "Yes, gladly")


def test_the_same_mail_again_is_said_once(room, mail):
    assert [reason(mail()), reason(mail("Other words"))] == ["", ""]
    assert (Message.objects.count(), InboundMail.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"to": NOT_OURS}, "no_address"),
        ({"to": "somebody@example.org"}, "no_address"),
        ({"sender": "stranger@example.org"}, "other_sender"),
        ({"sender": "a@example.org, b@example.org"}, "other_sender"),
        ({"Authentication-Results": "mx; dmarc=fail"}, "forged"),
        ({"Auto-Submitted": "auto-replied"}, "automatic"),
        ({"Precedence": "bulk"}, "automatic"),
        ({"X-Autoreply": "yes"}, "automatic"),
        ({"Return-Path": "<>"}, "automatic"),
        ({"Subject": "Automatic reply: news"}, "automatic"),
        ({"Subject": "Out of the office until Monday"}, "automatic"),
        ({"Subject": "پاسخ خودکار: خبر"}, "automatic"),
        ({"Subject": "تا شنبه در مرخصی هستم"}, "automatic"),
        ({"words": "> only what was quoted"}, "empty"),
        ({"words": "x" * 9000}, "too_long"),
    ],
)
def test_what_is_not_an_answer_of_this_person_is_not_said(mail, changed, why):
    assert reason(mail(**changed)) == why
    assert not Message.objects.exists()


def test_one_is_told_that_ones_answer_did_not_arrive_and_machines_are_told_nothing(room, mentee, mail):
    Room.objects.update(closed_at=NOW)
    assert reason(mail()) == "closed"
    assert reason(mail(**{"Message-ID": "<2@home>", "Precedence": "bulk"})) == "automatic"
    (news,) = Notification.objects.all()
    assert (news.recipient, news.url) == (mentee, room.get_absolute_url())


def test_who_left_says_nothing_by_mail(room, mentee, mail):
    room.members.filter(person=mentee).update(left_at=NOW)
    assert reason(mail()) == "not_found"
    mentee.is_active = False
    mentee.save()
    assert reason(mail(**{"Message-ID": "<2@home>"})) == "no_address"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Yes.\n\nOn Mon, 2 Nov 2026 at 10:00, Peyvand <a@b.c> wrote:\n> Sara wrote", "Yes."),
        ("Yes.\n\nOn Mon, 2 Nov 2026 at 10:00, Peyvand\n<reply@mail.example.edu> wrote:\n\n> Sara", "Yes."),
        ("Yes.\n-----Original Message-----\nFrom: Peyvand", "Yes."),
        ("Yes.\n________________________________\nFrom: Peyvand <a@b.c>", "Yes."),
        ("Yes.\n-- \nNima\nUniversity", "Yes."),
        ("Yes.\nSent from my iPhone", "Yes."),
        ("بله، حتماً.\n\nدر تاریخ دوشنبه ۲ آذر ۱۴۰۵ ساعت ۱۰:۰۰، پیوند <a@b.c> نوشت:\n> سارا", "بله، حتماً."),
        ("\u200fبله.\n\u200fروز یکشنبه، پیوند <a@b.c> نوشت:\n> سارا", "\u200fبله."),
        ("بله.\nارسال شده از آیفون من", "بله."),
        ("On Monday I wrote the draft. It is done.\nSee you", "On Monday I wrote the draft. It is done.\nSee you"),
        ("First.\n\nSecond.", "First.\n\nSecond."),
    ],
)
def test_only_what_its_writer_wrote_is_kept(mail, written, kept):
    assert read(mail(written)).words == kept


def test_words_in_html_are_read_without_their_quote(mail):
    html = (
        "<style>p{}</style><p>Yes,</p><p>gladly &amp; soon</p><blockquote><p>Sara wrote</p></blockquote>"
        '<div class="gmail_quote">On Monday<div>more</div></div>'
    )
    assert read(mail(html=html)).words == "Yes,\ngladly & soon"


@pytest.mark.parametrize(
    "quote",
    [
        "<blockquote>Sara<br/>wrote<br/></blockquote>",
        "<blockquote>Sara<wbr>wrote<img src=x><hr><br></blockquote>",
        "<blockquote><p>Sara<p>wrote<ul><li>this</blockquote>",
        "<head><base href=x><meta charset=utf-8><link href=x></head>",
        "<blockquote>Sara</i></blockquote>",
    ],
)
def test_a_quote_ends_where_it_ends(mail, quote):
    assert read(mail(html=f"<p>Yes,</p>{quote}gladly")).words == "Yes,gladly"


def test_a_mail_whose_id_no_database_keeps_is_said(mail):
    raw = mail().replace(b"<1@home>", b"<1\0@home>")
    assert [take_mail(raw, at=NOW).message_id for _twice in range(2)] == ["<1@home>"] * 2
    assert Message.objects.get().body == "Yes, gladly"


def test_of_a_mail_with_a_great_file_the_words_are_said(mail):
    letter = message_from_bytes(mail(), policy=policy.default)
    letter.add_attachment(bytes(5_000_000), maintype="application", subtype="octet-stream")
    answer = Client().post(
        reverse("mail_inbound"),
        letter.as_bytes(),
        content_type="message/rfc822",
        headers={"Authorization": "Bearer let me in"},
    )
    assert (answer.json(), Message.objects.get().body) == ({"said": True, "reason": ""}, "Yes, gladly")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff\xfe",
        b"From: =?utf-8?q?=ff=fe?= <<>>\r\nTo: ,,;<\r\n\r\nx",
        b"Content-Type: text/plain; charset=nonsense\r\nTo: a@b.c\r\n\r\n\xff",
        b"Content-Type: multipart/mixed; boundary=\r\n\r\n--\r\n",
        b"Message-ID: " + b"<" + b"x" * 5000 + b">\r\n\r\n",
    ],
)
def test_a_broken_mail_breaks_nothing(raw):
    assert reason(raw) == "no_address"


def test_the_door_opens_to_the_mail_server_alone(mail, settings):
    url, ours = reverse("mail_inbound"), {"Authorization": "Bearer let me in"}
    client = Client(enforce_csrf_checks=True)

    def knock(**headers):
        return client.post(url, mail(), content_type="message/rfc822", headers=headers)

    assert [knock().status_code, knock(Authorization="Bearer let me").status_code] == [404, 404]
    assert knock(**ours).json() == {"said": True, "reason": ""}
    settings.INBOUND_MAIL_SECRET = ""
    assert knock(Authorization="Bearer ").status_code == 404


def test_a_mail_that_comes_too_fast_is_not_noted_and_is_said_when_it_comes_again(mail, monkeypatch):
    def hand_in(number):
        raw, ours = mail(f"Mail {number}", **{"Message-ID": f"<{number}@home>"}), {"Authorization": "Bearer let me in"}
        answer = Client().post(reverse("mail_inbound"), raw, content_type="message/rfc822", headers=ours)
        return answer.status_code, answer.json()["reason"]

    monkeypatch.setattr(limits.Bucket, "RATE", 0.001)
    monkeypatch.setattr(limits.Bucket, "BURST", 1)
    assert [hand_in(number) for number in (1, 1, 2)] == [(200, ""), (200, ""), (429, "busy")]
    reason(mail(sender="stranger@example.edu", **{"Message-ID": "<3@home>"}))  # takes nothing of what is hers
    assert set(InboundMail.objects.values_list("message_id", flat=True)) == {"<1@home>", "<3@home>"}

    monkeypatch.setattr(limits.Bucket, "RATE", 1e6)
    assert hand_in(2) == (200, "")
    assert [message.body for message in Message.objects.order_by("seq")] == ["Mail 1", "Mail 2"]


def test_mails_are_read_out_of_files_mailboxes_and_folders(tmp_path, mail, capsys):
    one, box, maildir = tmp_path / "one.eml", mailbox.mbox(tmp_path / "mbox"), mailbox.Maildir(tmp_path / "maildir")
    one.write_bytes(mail())
    box.add(mail("Second", **{"Message-ID": "<2@home>"}))
    box.flush()
    maildir.add(mail("Third", **{"Message-ID": "<3@home>"}))
    paths = [str(path) for path in (one, tmp_path / "mbox", tmp_path / "maildir")]
    call_command("read_mail", *paths)
    call_command("read_mail", *paths)
    assert [message.body for message in Message.objects.order_by("seq")] == ["Yes, gladly", "Second", "Third"]
    assert "<2@home> said" in capsys.readouterr().out
    with pytest.raises(CommandError):
        call_command("read_mail", str(tmp_path / "nowhere"))


def test_a_mail_that_cannot_be_read_stops_no_other(tmp_path, mail, capsys):
    for number in (1, 2):
        (tmp_path / f"{number}.eml").write_bytes(mail(f"Mail {number}", **{"Message-ID": f"<{number}@home>"}))
    tried = []

    def away_for_the_first(execute, sql, params, many, context):
        if "messaging_inboundmail" in sql and not tried:
            tried.append(sql)
            raise OperationalError("the disk is full")
        return execute(sql, params, many, context)

    with (
        connection.execute_wrapper(away_for_the_first),
        pytest.raises(CommandError, match="^1 could not be read") as told,
    ):
        call_command("read_mail", str(tmp_path))
    assert told.value.returncode == os.EX_TEMPFAIL
    assert [message.body for message in Message.objects.all()] == ["Mail 2"]
    assert "mail 1 could not be read" in capsys.readouterr().err


def test_mails_are_remembered_for_as_long_as_they_may_come_again(mail):
    reason(mail())
    assert [forget_mails(at=NOW + timedelta(days=days)) for days in (89, 91)] == [0, 1]
