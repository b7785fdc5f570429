from datetime import timedelta
from importlib import import_module
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.personal_data import erase
from mentoring.messaging.models import Message, Topic
from mentoring.messaging.search import excerpt, found_by, understood
from mentoring.messaging.services import announce, delete_message, edit_message, open_topic, place_call
from mentoring.messaging.words import searchable
from tests.factories import NOW, CoordinationFactory, MessageFactory, PersonFactory, RoomFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def room():
    room = RoomFactory()
    for member, name in zip(room.members.order_by("pk"), ("Sara Lindqvist", "Daniel Okafor"), strict=True):
        type(member.person).objects.filter(pk=member.person_id).update(name=name)
    return room


def reader(room):
    return room.members.order_by("pk")[0].person


def partner(room):
    return room.members.order_by("pk")[1].person


def bodies(person, query):
    return [message.body for message in found_by(person, understood(query))]


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("كتابي عربي", "کتابی"),
        ("کتابی فارسی", "كتابي"),
        ("فردا می‌روم", "میروم"),
        ("فردا می‌روم", "می روم"),
        ("فردا می‌روم", "می‌روم"),
        ("فردا میروم", "می‌روم"),
        ("فردا می روم", "می‌روم"),
        ("ساعت ۱۴:۳۰", "14:30"),
        ("ساعت 14:30", "١٤:٣٠"),
        ("مُدَرِّس خوب", "مدرس"),
        ("مــن آمدم", "من"),
        ("Hello Straße", "STRASSE hel"),
        ("100% sure_thing", '"100%" sure_'),
        ("see https://example.org/a", "https://example.org"),
    ],
)
def test_words_are_found_in_whatever_way_they_are_spelt(room, said, asked):
    MessageFactory(room=room, body=said)
    MessageFactory(room=room, body="Something else, 1000 surething")

    assert bodies(reader(room), asked) == [said]


def test_in_finds_announcements_by_what_they_are_called_and_the_messages_of_a_topic(room):
    programme, me = room.relationship.programme, reader(room)
    type(programme).objects.filter(pk=programme.pk).update(name_en="Bridges", name_fa="پل‌ها")
    office = CoordinationFactory(programme=programme).person
    announce(programme, to="everyone", by=office, body="we begin", cid=uuid4(), at=NOW)
    root = MessageFactory(room=room, by=partner(room), body="a plan")
    open_topic(root, by=me, title="پایان‌نامه", at=NOW)
    topic = Topic.objects.get()
    MessageFactory(room=room, by=me, body="chapter one", topic=topic)
    MessageFactory(room=room, by=me, body="something else")

    for query in ("in:announcements", "in:Announcement", "در:اطلاعیه‌ها"):
        assert bodies(me, query) == ["we begin"], query
    for query in ("in:Bridges", "در:پلها"):
        assert sorted(bodies(me, query)) == ["a plan", "chapter one", "something else", "we begin"], query
    for query in ("in:پایان‌نامه", "در:پایاننامه", "در:«پایان نامه»"):
        assert bodies(me, query) == ["chapter one", "a plan"], query
    Topic.objects.update(title="")
    assert bodies(me, "in:topic") == []
    assert bodies(PersonFactory(), "in:announcements") == []


def test_a_search_is_narrowed_by_who_where_when_and_links(room):
    me, other = reader(room), partner(room)
    elsewhere = RoomFactory()
    elsewhere.members.create(person=me, joined_at=NOW)
    third = partner(elsewhere)
    type(third).objects.filter(pk=third.pk).update(name="لیلا احمدی")
    MessageFactory(room=room, by=me, body="my plan", at=NOW - timedelta(days=9))
    MessageFactory(room=room, by=other, body="your plan: http://x.org")
    MessageFactory(room=elsewhere, by=third, body="third plan")
    long_ago = (NOW - timedelta(days=3)).date().isoformat()

    assert bodies(me, "plan") == ["third plan", "your plan: http://x.org", "my plan"]
    assert bodies(me, "from:daniel plan") == bodies(me, 'from:"Daniel Ok"') == ["your plan: http://x.org"]
    assert bodies(me, "from:me") == bodies(me, "از: من") == bodies(me, f"before:{long_ago}") == ["my plan"]
    assert bodies(me, "از:«ليلا احمدي»") == bodies(me, "در:لیلا plan") == ["third plan"]
    assert bodies(me, "has:link") == bodies(me, "دارد:لینک") == ["your plan: http://x.org"]
    assert bodies(me, "before:۱۳۹۰/۱/۱") == bodies(me, "from:nobody") == bodies(me, '"plan my"') == []
    assert (understood("in:x پیش‌از:1405-08-01 10:30").rooms, understood("تا 10:30").words) == (["x"], ["تا", "10:30"])
    for nonsense in ("before:soon", "before:1405-13-41", "has:money"):
        with pytest.raises(ValidationError):
            understood(nonsense)


def test_what_brings_files_is_found_by_their_kind(room):
    me = reader(room)
    for kind in ("picture", "sound", "document", "document"):
        message = MessageFactory(room=room, by=me, body=kind)
        facts = {"uploader": me, "name": kind, "size": 1, "kind": kind, "state": "clean", "created_at": NOW}
        room.attachments.create(message=message, **facts)
    message.attachments.update(deleted_at=NOW)

    assert bodies(me, "has:file") == bodies(me, "دارد:فایل") == ["document", "sound", "picture"]
    assert bodies(me, "has:voice") == bodies(me, "دارد:صدا") == ["sound"]
    assert bodies(me, "has:picture") == bodies(me, "دارد:عکس") == ["picture"]
    assert bodies(me, "has:picture has:voice") == bodies(partner(RoomFactory()), "has:file") == []


def test_edited_words_are_found_and_deleted_ones_never(room):
    me = reader(room)
    message = MessageFactory(room=room, by=me, body="Helo")

    edit_message(message, by=me, body="Hello again", at=NOW)
    found = (bodies(me, "helo"), bodies(me, "hello"))
    delete_message(message, by=me, at=NOW)

    assert found == ([], ["Hello again"])
    assert (bodies(me, "hello"), bodies(me, "from:me")) == ([], [])
    assert Message.objects.get().body_norm == ""


def test_what_was_kept_in_an_older_form_is_found_after_the_migration(room):
    MessageFactory(room=room, body="رئیس")
    old = Message.objects.all()
    old.update(body_norm="رئیس")
    migration = import_module("mentoring.messaging.migrations.0005_one_yeh")

    migration.find_either_yeh(apps, connection.schema_editor())

    assert bodies(reader(room), "رییس") == bodies(reader(room), "رئیس") == ["رئیس"]
    assert old.get().body_norm == searchable("رئیس")


def test_a_call_is_nobodys_words(room):
    place_call(room, by=reader(room), call_id=uuid4(), device="laptop", at=NOW)

    assert bodies(reader(room), "from:me") == []


def test_only_those_in_a_conversation_find_what_was_said_there(room):
    message = MessageFactory(room=room, body="A secret")
    left = PersonFactory()
    room.members.create(person=left, joined_at=NOW, left_at=NOW)

    found = {person: bodies(person, "secret") for person in (reader(room), partner(room), left, PersonFactory())}

    assert list(found.values()) == [[message.body], [message.body], [], []]


def test_the_page_marks_the_words_and_leads_to_the_message(room, sign_in):
    first = MessageFactory(room=room, body="<b> می‌روم به کتابخانه")
    for _n in range(60):
        MessageFactory(room=room, body="later")
    client, url = sign_in(reader(room)), reverse("rooms_search")

    page = client.get(url, {"q": "میروم"}).content.decode()
    there = client.get(f"{room.get_absolute_url()}?before={first.seq + 25}").content.decode()
    wrong = client.get(url, {"q": "before:soon"}).content.decode()

    assert "&lt;b&gt; <mark>می‌روم</mark> به کتابخانه" in page
    assert f'href="/rooms/{room.pk}/?before={first.seq + 25}#m{first.seq}"' in page and f'id="m{first.seq}"' in there
    assert "One message found" in page and "Daniel Okafor" in page
    assert "soon is not a day" in wrong and 'value="before:soon"' in wrong
    assert len(client.get(url, {"q": "later", "page": "3"}).context["found"]) == 20
    assert "No message found" in client.get(url, {"q": "nothing of that"}).content.decode()
    assert Client().get(url).status_code == 302


def test_a_long_text_is_cut_around_the_first_hit():
    pieces = excerpt("word " * 100 + "نکته‌ی مُهمّ " + "word " * 100, ["مهم"])

    assert [piece for piece, hit in pieces if hit] == ["مُهمّ"]
    assert pieces[0] == ("…", False) and pieces[-1][0].endswith("…")
    assert len("".join(piece for piece, _hit in pieces)) < 300


def test_nobody_finds_the_name_of_somebody_who_was_erased(room):
    me, other = reader(room), partner(room)
    MessageFactory(room=room, by=me, body="Ask Daniel Okafor")
    MessageFactory(room=room, by=other, body="I am here")
    assert bodies(me, "daniel okafor") == ["Ask Daniel Okafor"]

    erase(other, at=NOW)

    assert bodies(me, "okafor") == bodies(me, "here") == []
    assert "okafor" not in "".join(Message.objects.values_list("body_norm", flat=True))
