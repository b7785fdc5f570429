"""Topics inside a conversation: opened from a message, answered in, closed and opened again; all of it in one stream."""

from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from core.errors import NotAllowed
from mentoring.messaging.frames import NoRoom, do
from mentoring.messaging.models import Change, Message, Room, Topic
from mentoring.messaging.queries import changes_after, unread_topic
from mentoring.messaging.serializers import change_frame
from mentoring.messaging.services import (
    Conflict,
    InTopic,
    NotAMember,
    NoTitle,
    OnlyReading,
    Send,
    TopicClosed,
    close_topic,
    delete_message,
    open_topic,
    rename_topic,
    reopen_topic,
    say,
    send_all,
)
from tests.factories import NOW, MessageFactory, RoomFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def room():
    return RoomFactory()


@pytest.fixture
def people(room):
    return [member.person for member in room.members.order_by("pk")]


@pytest.fixture
def topic(room, people):
    """Begun with the first message of the room, by the other one."""
    root = MessageFactory(room=room, by=people[0], body="Which journal?")
    return open_topic(root, by=people[1], title=" The  paper ", at=NOW).message.topic


def test_every_change_of_a_topic_takes_the_next_number_once(room, people, topic):
    root, cid = topic.root, uuid4()
    answer = MessageFactory(room=room, by=people[1], body="A small one", topic=topic)
    for _again in range(2):
        close_topic(root, by=people[0], at=NOW, cid=cid)
    with pytest.raises(TopicClosed):
        MessageFactory(room=room, by=people[1], topic=topic)
    with pytest.raises(Conflict):
        reopen_topic(root, by=people[0], at=NOW, cid=cid)
    reopen_topic(root, by=people[1], at=NOW)

    frames = [change_frame(change) for change in changes_after(room.pk, 0)]

    told = {"id": topic.pk, "title": "The paper", "open": True}
    assert [(f["s"], f["k"], f["m"]["s"], f["m"]["th"]) for f in frames] == [
        (1, "message", 1, told), (2, "topic", 1, told), (3, "message", 3, told), (4, "topic", 1, told), (5, "topic", 1, told),
    ]  # fmt: skip
    assert (Room.objects.get(pk=room.pk).last_seq, answer.topic) == (5, topic)


def test_who_opened_a_topic_and_the_office_give_it_another_name_and_the_one_before_is_kept(room, people, topic):
    cid = uuid4()
    for _again in range(2):
        rename_topic(topic.root, by=people[1], title=" The  journal ", at=NOW, cid=cid)
    rename_topic(topic.root, by=people[1], title="The journal", at=NOW)
    with pytest.raises(Conflict):
        rename_topic(topic.root, by=people[1], title="Another", at=NOW, cid=cid)
    with pytest.raises(NoTitle):
        rename_topic(topic.root, by=people[1], title=" ", at=NOW)
    with pytest.raises(NotAllowed):
        rename_topic(topic.root, by=people[0], title="Mine", at=NOW)
    room.members.filter(person=people[0]).update(office=True)
    frame = {"t": "th", "r": room.pk, "m": topic.root_id, "to": "Ours", "cid": str(uuid4())}
    assert change_frame(do(frame, people[0], at=NOW).change)["m"]["th"]["title"] == "Ours"

    kept = [change.data for change in Change.objects.filter(kind="topic").order_by("seq")]
    assert kept == [
        {"opens": True, "title": "The paper"},
        {"title": "The journal", "was": "The paper"},
        {"title": "Ours", "was": "The journal"},
    ]


def test_a_frame_opens_a_topic_closes_it_and_opens_it_again(room, people):
    message = MessageFactory(room=room, by=people[0])
    said = {"t": "th", "r": room.pk, "m": message.pk}
    frames = [said | {"cid": str(uuid4())} | does for does in ({"b": "The paper"}, {"on": False}, {"on": True})]

    seqs = [do(frame, people[1], at=NOW).change.seq for frame in frames + frames[:1]]
    closed = [change.data.get("on") for change in Change.objects.filter(kind="topic").order_by("seq")]
    with pytest.raises(Conflict):
        do(frames[0] | {"b": "Another"}, people[1], at=NOW)
    with pytest.raises(NoRoom):
        do(frames[1], RoomFactory().members.first().person, at=NOW)

    assert (seqs, closed) == ([2, 3, 4, 2], [None, False, True])


def test_the_same_message_in_another_topic_is_a_conflict(room, people, topic):
    send = Send(room.pk, people[0], uuid4(), "Now?", topic=topic.pk)
    first = say(send, at=NOW)

    assert say(send, at=NOW) == first
    with pytest.raises(Conflict):
        say(Send(room.pk, people[0], send.cid, "Now?"), at=NOW)
    # What has become the beginning of a topic since was said outside of it.
    root = topic.root
    assert say(Send(room.pk, people[0], root.cid, root.body), at=NOW) == root
    with pytest.raises(Conflict):
        say(Send(room.pk, people[0], root.cid, root.body, topic=topic.pk), at=NOW)


def test_only_topics_of_the_room_are_answered_in_and_none_begins_in_another(room, people, topic):
    other_room = RoomFactory()
    person = other_room.members.first().person
    answer = MessageFactory(room=room, by=people[0], topic=topic)

    with pytest.raises(NotAMember):
        say(Send(other_room.pk, person, uuid4(), "Let me in", topic=topic.pk), at=NOW)
    with pytest.raises(NotAMember):
        open_topic(topic.root, by=person, title="Mine", at=NOW)
    with pytest.raises(InTopic):
        open_topic(answer, by=people[0], title="Another", at=NOW)
    Room.objects.filter(pk=room.pk).update(kind=Room.Kind.NEWS)
    with pytest.raises(OnlyReading):
        close_topic(topic.root, by=people[0], at=NOW)
    assert not Message.objects.filter(room=other_room).exists() and Topic.objects.count() == 1


def test_a_topic_goes_with_the_only_message_of_it(room, people, topic):
    delete_message(topic.root, by=people[0], at=NOW)

    assert not Topic.objects.exists()
    assert "th" not in change_frame(changes_after(room.pk, 0)[-1])["m"]


def test_an_answer_by_mail_stays_in_the_topic_when_all_that_waits_belongs_to_it(room, people, topic):
    assert unread_topic(room, people[1]) == topic  # its beginning is unread
    MessageFactory(room=room, by=people[0], topic=topic)
    within = unread_topic(room, people[1])
    MessageFactory(room=room, by=people[0])

    assert (within, unread_topic(room, people[1])) == (topic, None)


@pytest.mark.django_db(transaction=True)
def test_while_a_talk_is_under_way_an_answer_in_a_topic_keeps_its_place(room, people, topic):
    at = timezone.now()
    asked = send_all([Send(room.pk, people[0], uuid4(), "Hello")], at=at).asked
    sends = [Send(room.pk, people[0], uuid4(), f"{n}", topic=topic.pk if n == 1 else None) for n in range(3)]

    sent = send_all(sends, at=at, asked=asked)

    assert [(m.seq, m.body, m.topic_id) for m in sent.outcomes] == [(4, "0", None), (5, "1", topic.pk), (6, "2", None)]


def test_by_plain_forms_a_topic_is_opened_read_alone_answered_in_closed_and_opened_again(room, people, sign_in):
    root = MessageFactory(room=room, by=people[0], body="Which journal?", at=timezone.now())
    MessageFactory(room=room, by=people[0], body="And the weather?", at=timezone.now())
    client, page = sign_in(people[1]), room.get_absolute_url()

    client.post(reverse("message_topic", args=[root.pk]), {"title": "The paper"})
    topic = Topic.objects.get()
    alone = client.get(topic.get_absolute_url()).content.decode()
    unread = room.members.get(person=people[1]).last_read_seq
    sent = client.post(f"{reverse('room_send', args=[room.pk])}?topic={topic.pk}", {
        "cid": uuid4(), "body": "A small one", "topic": topic.pk,
    })  # fmt: skip
    whole = client.get(page).content.decode()
    client.post(reverse("topic_turn", args=[topic.pk]), {"off": "1"})
    closed = client.get(topic.get_absolute_url()).content.decode()
    listed = client.get(reverse("room_topics", args=[room.pk])).content.decode()
    client.post(reverse("topic_turn", args=[topic.pk]), {"on": "1"})

    assert "Which journal?" in alone and "And the weather?" not in alone.partition('role="log"')[2]
    assert unread == 0  # the rest was not seen
    assert sent.headers["Location"] == f"{topic.get_absolute_url()}#end"
    assert whole.count(f'<a class="topic" href="?topic={topic.pk}"') == 2 and "And the weather?" in whole
    assert "This topic is closed" in closed and "The paper" in listed
    assert [change.kind for change in Change.objects.order_by("seq")][2:] == ["topic", "message", "topic", "topic"]
    assert Topic.objects.get().closed_at is None and Message.objects.get(body="A small one").topic == topic
