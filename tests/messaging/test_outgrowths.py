"""A message may become a step of a goal or a session, and says so."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from mentoring.messaging.models import Outgrowth
from mentoring.relationships.models import GoalStep, Session
from tests.factories import GoalFactory, MessageFactory, RoomFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def message():
    return MessageFactory(room=RoomFactory(), body="Write the outline", at=timezone.now())


@pytest.fixture
def client(message, sign_in):
    return sign_in(message.sender)


def step_from(client, goal, origin):
    client.post(reverse("step_add", args=[goal.pk]), {"title": "Write the outline", "origin": origin})
    return GoalStep.objects.latest("pk")


def test_the_words_of_a_message_begin_a_step_and_the_message_leads_to_it(message, client):
    goal = GoalFactory(relationship=message.room.relationship, status="active")
    origin = f"message:{message.pk}"

    begun = client.get(reverse("goals", args=[goal.relationship_id]), {"step": "Write the outline", "origin": origin})
    step = step_from(client, goal, origin)

    assert 'value="Write the outline"' in begun.content.decode() and f'value="{origin}"' in begun.content.decode()
    assert (step.source, step.outgrowth.message) == ("message", message)
    assert "became a goal step" in client.get(message.room.get_absolute_url()).content.decode()


def test_a_step_leads_back_to_its_message_for_those_who_may_read_it(message, client):
    goal = GoalFactory(relationship=message.room.relationship, status="active")
    step = step_from(client, goal, f"message:{message.pk}")
    url, link = reverse("goals", args=[goal.relationship_id]), f'<a href="/rooms/{message.room_id}/#m{message.seq}">'

    page = client.get(url).content.decode()
    row = {"HX-Request": "true", "HX-Target": f"goal-{goal.pk}"}
    ticked = client.post(reverse("step_tick", args=[step.pk]), {"done": "1"}, headers=row).content.decode()
    message.room.members.filter(person=message.sender).update(left_at=timezone.now())
    afterwards = client.get(url).content.decode()

    assert link in page and f"from a message of <bdi>{message.sender}</bdi>" in page and link in ticked
    assert link not in afterwards and "From a message" in afterwards


@pytest.mark.parametrize("origin", ["message:x", "message:", "note:1", "message:999999", "elsewhere"])
def test_what_is_no_message_of_theirs_leaves_no_trace(message, client, origin):
    goal = GoalFactory(relationship=message.room.relationship, status="active")
    if origin == "elsewhere":
        origin = f"message:{MessageFactory().pk}"

    assert step_from(client, goal, origin).title == "Write the outline"
    assert not Outgrowth.objects.exists()


def test_a_session_is_proposed_from_a_message_and_the_message_leads_to_it(message, client):
    url, origin = reverse("session_propose", args=[message.room.relationship_id]), f"message:{message.pk}"
    moment = timezone.localtime() + timedelta(days=3)

    begun = client.get(url, {"topic": "The outline", "origin": origin}).content.decode()
    client.post(url, {
        "time_1_0": moment.date().isoformat(), "time_1_1": "10:00", "minutes": "60", "place": "video",
        "link": "", "topic": "The outline", "origin": origin,
    })  # fmt: skip

    assert 'value="The outline"' in begun and f'value="{origin}"' in begun
    assert Session.objects.get().outgrowth.message == message
    assert "from a message of" in client.get(Session.objects.get().get_absolute_url()).content.decode()
    assert "became a session" in client.get(message.room.get_absolute_url()).content.decode()
