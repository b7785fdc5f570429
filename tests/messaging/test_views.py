from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from mentoring.messaging.models import Message, Room
from mentoring.messaging.queries import room_rows
from mentoring.messaging.services import (
    close_room,
    delete_message,
    edit_message,
    mark_read,
    mark_unread,
    move_pointers,
    send_message,
    tell_unread,
)
from tests.factories import (
    CoordinationFactory,
    EnrolmentFactory,
    MessageFactory,
    PersonFactory,
    RelationshipFactory,
    RoomFactory,
)

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


def test_the_two_open_their_conversation_and_nobody_else_does(room, mentor, mentee, sign_in):
    coordinator = CoordinationFactory(programme=room.relationship.programme).person
    left = PersonFactory()
    room.members.create(person=left, joined_at=room.created_at, left_at=room.created_at)

    for person in (mentor, mentee):
        assert sign_in(person).get(room.get_absolute_url()).status_code == 200
    message = MessageFactory(room=room)
    for person in (coordinator, left, PersonFactory(), CoordinationFactory().person):
        client = sign_in(person)
        for name, method in (("room", "get"), ("room_changes", "get"), ("room_send", "post")):
            there, nowhere = (getattr(client, method)(reverse(name, args=[pk])) for pk in (room.pk, room.pk + 1000))
            assert (there.status_code, nowhere.status_code) == (404, 404)
            assert same_bytes(there, nowhere)
        assert client.get(reverse("message_edit", args=[message.pk])).status_code == 404
    assert Client().get(room.get_absolute_url()).status_code == 302
    assert not Room.objects.visible_to(AnonymousUser()).exists()


def same_bytes(*responses):
    """Apart from the token against forgery, which differs from answer to answer."""
    texts = {r.content.decode().split("csrf")[0] for r in responses}
    return len(texts) == 1


def test_opening_shows_where_the_new_begins_and_counts_as_reading(room, mentor, mentee, sign_in):
    MessageFactory(room=room, by=mentor, body="First <b>words</b>")

    first = sign_in(mentee).get(room.get_absolute_url()).content.decode()
    second = sign_in(mentee).get(room.get_absolute_url()).content.decode()

    assert "First &lt;b&gt;words&lt;/b&gt;" in first
    assert ('id="unread"' in first, 'id="unread"' in second) == (True, False)
    assert not Message.objects.unread_by(mentee).exists()


def test_from_a_message_on_it_is_unread_again_until_one_opens_the_conversation(room, mentor, mentee, sign_in):
    second = [MessageFactory(room=room, by=mentor, body=f"Words {n}") for n in range(3)][1]
    client, there = sign_in(mentee), room.get_absolute_url()
    client.get(there)

    answer = client.post(reverse("message_unread", args=[second.pk]), follow=True)
    row = room_rows(mentee)[0]
    seen_by_mentor = sign_in(mentor).get(there).context["thread"].read_seq
    again, once_more = client.get(there), client.get(there)

    assert answer.redirect_chain == [("/rooms/", 302)] and "Marked as unread" in answer.content.decode()
    assert (row.unread, seen_by_mentor) == (2, 3)
    assert [line.message.pk for line in again.context["thread"].lines if line.first_unread] == [second.pk]
    assert (again.context["thread"].first_unread, once_more.context["thread"].first_unread) == (2, None)
    assert room_rows(mentee)[0].unread == 0


def test_reading_on_elsewhere_ends_what_was_marked_as_unread(room, mentor, mentee):
    message = MessageFactory(room=room, by=mentor)
    mark_read(Room.objects.get(pk=room.pk), by=mentee, seq=1, at=timezone.now())
    mark_unread(message, by=mentee)

    told_again = tell_unread(room, until=timezone.now() + timedelta(days=1), at=timezone.now())
    move_pointers({(room.pk, mentee.pk): 1}, at=timezone.now())  # a late word of the page where it was marked
    still = Message.objects.unread_by(mentee).count()
    MessageFactory(room=room, by=mentor)
    move_pointers({(room.pk, mentee.pk): 2}, at=timezone.now())

    assert (told_again, still, Message.objects.unread_by(mentee).count()) == (0, 1, 0)


def test_a_conversation_leads_to_its_first_unread_message_wherever_it_is(room, mentor, mentee, sign_in):
    client, there = sign_in(mentee), room.get_absolute_url()
    MessageFactory(room=room, by=mentor)
    few = client.get(there).content.decode()
    for _n in range(70):
        MessageFactory(room=room, by=mentor)

    many = client.get(there)
    url = many.context["thread"].first_unread_url
    MessageFactory.create_batch(9, room=room, by=mentor)
    nine = client.get(there)

    assert (url, nine.context["thread"].first_unread_url) == ("?before=27#m2", "#unread")
    assert 'id="m2"' in client.get(there + url).content.decode()
    assert ["data-first" in page for page in (few, many.content.decode(), nine.content.decode())] == [False, True, True]


def test_links_open_elsewhere_and_nothing_else_is_markup(room, mentor, sign_in):
    MessageFactory(room=room, body='see https://example.org/?a=1&b="x" (http://x.org/a_(b)). javascript:alert(1)')

    page = sign_in(mentor).get(room.get_absolute_url()).content.decode()

    assert '<a href="https://example.org/?a=1&amp;b=" rel="nofollow noopener ugc" target="_blank" dir="ltr">' in page
    assert 'href="http://x.org/a_(b)"' in page
    assert 'href="javascript' not in page


def test_one_writes_by_plain_form_and_the_same_form_again_adds_nothing(room, mentor, sign_in):
    client, form = sign_in(mentor), {"cid": str(uuid4()), "body": "Hello\r\nthere"}

    answers = [client.post(reverse("room_send", args=[room.pk]), form) for _n in range(2)]

    assert [answer["Location"] for answer in answers] == [f"/rooms/{room.pk}/#end"] * 2
    assert list(Message.objects.values_list("body", flat=True)) == ["Hello\nthere"]


def test_a_refused_message_stays_in_the_composer_with_the_reason_beside_it(room, mentor, sign_in):
    client, url = sign_in(mentor), reverse("room_send", args=[room.pk])

    long = client.post(url, {"cid": str(uuid4()), "body": "x" * 8001})
    close_room(room.relationship, at=timezone.now())
    closed = client.post(url, {"cid": str(uuid4()), "body": "Too late"})

    assert (long.status_code, closed.status_code) == (422, 409)
    assert "at most 8,000 characters" in long.content.decode()
    assert "x" * 8001 in long.content.decode()


def test_a_reply_quotes_a_message_of_the_same_conversation_only(room, mentor, mentee, sign_in):
    client, url = sign_in(mentee), reverse("room_send", args=[room.pk])
    here, elsewhere = MessageFactory(room=room, by=mentor), MessageFactory()

    page = client.get(f"{room.get_absolute_url()}?reply={here.pk}").content.decode()
    for quoted in (here, elsewhere):
        client.post(url, {"cid": str(uuid4()), "body": "Yes", "reply_to": quoted.pk})

    assert f'name="reply_to" value="{here.pk}"' in page
    assert [message.reply_to for message in Message.objects.filter(body="Yes")] == [here]


def test_changes_are_the_same_sequence_over_plain_http(room, mentor, mentee, sign_in):
    message = send_message(room, by=mentor, cid=uuid4(), body="Hello", at=timezone.now())
    delete_message(message, by=mentor, at=timezone.now())

    answer = sign_in(mentee).get(reverse("room_changes", args=[room.pk]), {"after": "۱"}).json()

    assert (answer["head"], answer["more"], [change["s"] for change in answer["changes"]]) == (2, False, [2])
    assert (answer["changes"][0]["k"], answer["changes"][0]["m"]["gone"]) == ("delete", True)
    assert "Hello" not in str(answer)


def test_history_is_paged_backwards_without_a_hole(room, mentor, mentee, sign_in):
    for _n in range(120):
        MessageFactory(room=room)
    client, url, seen = sign_in(mentee), room.get_absolute_url(), []

    while url:
        thread = client.get(url).context["thread"]
        seen = [line.message.seq for line in thread.lines] + seen
        url = thread.older_before and f"{room.get_absolute_url()}?before={thread.older_before}"

    assert seen == list(range(1, 121))
    assert client.get(f"{room.get_absolute_url()}?before=x").status_code == 200


def test_the_author_edits_and_deletes_and_the_other_may_not(room, mentor, mentee, sign_in):
    message = send_message(room, by=mentor, cid=uuid4(), body="Helo", at=timezone.now())
    edit, delete = reverse("message_edit", args=[message.pk]), reverse("message_delete", args=[message.pk])

    assert sign_in(mentor).get(edit).status_code == 200
    assert sign_in(mentee).post(edit, {"body": "Other"}).status_code == 403
    assert sign_in(mentee).post(delete).status_code == 403
    assert "Write something first" in sign_in(mentor).post(edit, {"body": " "}).content.decode()
    sign_in(mentor).post(edit, {"body": "Hello"})
    assert Message.objects.get().body == "Hello"
    sign_in(mentor).post(delete)
    assert "This message was deleted." in sign_in(mentee).get(room.get_absolute_url()).content.decode()


def test_an_edit_of_words_that_changed_meanwhile_shows_both_and_the_second_try_counts(room, mentor, sign_in):
    message, client = MessageFactory(room=room, body="Helo", at=timezone.now()), sign_in(mentor)
    url = reverse("message_edit", args=[message.pk])
    edit_message(message, by=mentor, body="From my phone", at=timezone.now())

    page = client.post(url, {"body": "From my desk", "rev": 0}).content.decode()
    client.post(url, {"body": "From my desk", "rev": 1})

    assert "changed on another device" in page
    assert "From my phone" in page and "From my desk" in page and 'name="rev" value="1"' in page
    assert Message.objects.get().body == "From my desk"


def test_a_sign_is_put_and_taken_by_plain_form_and_shows_who(room, mentor, mentee, sign_in):
    message = MessageFactory(room=room, by=mentor, at=timezone.now())
    client, url = sign_in(mentee), reverse("message_react", args=[message.pk])

    twice = [client.post(url, {"on": "thanks"})["Location"] for _n in range(2)]
    theirs, ours = (sign_in(person).get(room.get_absolute_url()).content.decode() for person in (mentor, mentee))
    client.post(url, {"off": "thanks"})

    assert twice == [f"{room.get_absolute_url()}#m1"] * 2
    assert f"Thank you: \u2068{mentee.name}\u2069" in theirs
    assert "Thank you: You" in ours and 'name="off" value="thanks"' in ours
    assert not message.reactions.exists()


def test_what_is_pinned_stands_above_and_on_a_page_for_both_and_what_is_kept_only_on_ones_own(
    room, mentor, mentee, sign_in
):
    message = MessageFactory(room=room, by=mentor, body="Dates of the exam", at=timezone.now())
    client = sign_in(mentee)

    client.post(reverse("message_pin", args=[message.pk]), {"on": "1"})
    client.post(reverse("message_save", args=[message.pk]), {"on": "1"})
    theirs = sign_in(mentor)

    for reader in (client, theirs):
        assert "Dates of the exam" in reader.get(reverse("room_pinned", args=[room.pk])).content.decode()
        assert f'data-pins="{message.pk} "' in reader.get(room.get_absolute_url()).content.decode()
    assert "Dates of the exam" in client.get(reverse("rooms_saved")).content.decode()
    assert "No longer keep it" in client.get(room.get_absolute_url()).content.decode()
    assert "Nothing kept yet" in theirs.get(reverse("rooms_saved")).content.decode()


def test_the_list_says_what_is_new_and_whose_room_it_is(room, mentor, mentee, sign_in):
    MessageFactory(room=room, by=mentor, body="سلام!")

    (row,) = room_rows(mentee)
    page = sign_in(mentee).get(reverse("rooms")).content.decode()

    assert (row.room, row.others, row.last.body, row.unread) == (room, [mentor], "سلام!", 1)
    assert "One conversation has something new" in page
    assert "سلام!" in page
    assert "سلام!" not in sign_in(PersonFactory()).get(reverse("rooms")).content.decode()


@pytest.mark.once
def test_pages_ask_the_database_as_often_for_one_row_as_for_three(room, mentor, sign_in, django_assert_max_num_queries):
    client, urls = sign_in(mentor), (reverse("rooms"), room.get_absolute_url())

    def counts():
        found = []
        for url in urls:
            with django_assert_max_num_queries(60) as asked:
                assert client.get(url).status_code == 200
            found.append(len(asked))
        return found

    MessageFactory(room=room, by=mentor)
    counts()  # the first visit also reads, and remembers in which role one works
    one = counts()
    enrolment = room.relationship.members.get(person=mentor).enrolment
    for _n in range(2):
        mentee = EnrolmentFactory(programme=enrolment.programme)
        MessageFactory(room=RoomFactory(relationship=RelationshipFactory(mentor=enrolment, mentee=mentee)), by=mentor)
        first = MessageFactory(room=room, by=mentor)
        MessageFactory(room=room, by=mentor, reply_to=first)
    counts()
    assert counts() == one


def test_a_page_brings_one_menu_for_all_messages_and_without_scripts_that_of_the_one_asked_for(room, mentor, sign_in):
    first, second, third = [MessageFactory(room=room, by=mentor) for _n in range(3)]
    reader, url = sign_in(mentor), room.get_absolute_url()

    page, asked = [reader.get(url, query).content.decode() for query in ({}, {"menu": second.pk})]

    assert page.count('data-does="save"') == 1  # of the empty message
    assert f"?menu={second.pk}#m{second.seq}" in page
    assert [reverse("message_save", args=[m.pk]) in asked for m in (first, second, third)] == [False, True, False]
    assert reader.get(url, {"menu": "nonsense"}).status_code == 200
    earlier, fetched = [reader.get(url, {"before": third.seq} | bare).content.decode() for bare in ({}, {"bare": ""})]
    assert earlier.count('data-does="save"') == 2  # a page of its own has no scripts
    assert fetched.count('data-does="save"') == 0


def test_old_messages_offer_no_edit_and_new_ones_do(room, mentor, sign_in):
    for minutes in (20, 5):
        send_message(room, by=mentor, cid=uuid4(), body="Hi", at=timezone.now() - timedelta(minutes=minutes))

    reader, url = sign_in(mentor), room.get_absolute_url()
    offered = [
        reverse("message_edit", args=[m.pk]) in reader.get(url, {"menu": m.pk}).content.decode()
        for m in Message.objects.order_by("seq")
    ]

    assert offered == [False, True]


def test_a_form_with_a_sign_that_no_database_holds_says_so(room, mentor, sign_in):
    client, words = sign_in(mentor), {"cid": str(uuid4())}

    nul = client.post(reverse("room_send", args=[room.pk]), {**words, "body": "He\0llo"})
    half = client.post(
        reverse("room_send", args=[room.pk]),
        f"cid={words['cid']}&body=Hello%ED%A0%80",
        content_type="application/x-www-form-urlencoded",
    )

    assert nul.status_code == 200 and "Null characters" in nul.content.decode()
    assert half.status_code == 302


def test_what_waits_on_a_device_for_somebody_else_is_not_said_in_the_name_of_who_is_signed_in(sign_in):
    room = RoomFactory()
    us, them = (member.person for member in room.members.order_by("pk"))
    frame = {"t": "m", "cid": str(uuid4()), "r": room.pk, "b": "Mine"}

    def sent(writer):
        headers = {"Idempotency-Key": frame["cid"], "X-Writer": str(writer.pk)}
        answer = sign_in(us).post(reverse("frame_post"), frame, "application/json", headers=headers)
        return answer.status_code, answer.json().get("code")

    assert sent(them) == (401, "signed_out")
    assert sent(us) == (200, None)
