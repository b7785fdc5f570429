"""What was done a moment ago is taken back by one press, and stands as it stood before."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from mentoring.messaging.models import RoomMember
from mentoring.relationships.models import Goal
from notifications.models import Absence, Notification
from notifications.services import notify
from tests.factories import NOW, GoalFactory, MessageFactory, PersonFactory, RoomFactory

pytestmark = pytest.mark.django_db
UNDO = re.compile(r'<div class="toast good">.*?<form method="post" action="([^"]+)">(.*?)</form>', re.DOTALL)
FIELD = re.compile(r'name="(\w+)" value="([^"]*)"')


def undo(client, page):
    """Press Undo in the toast of the page; the answer."""
    url, form = UNDO.search(page.content.decode()).groups()
    fields = {name: value for name, value in FIELD.findall(form) if name != "csrfmiddlewaretoken"}
    return client.post(url, fields, follow=True)


def unread(person):
    return set(Notification.objects.visible_to(person).unread().values_list("key", flat=True))


def test_all_that_was_marked_as_read_is_new_again_but_not_what_was_read_before(sign_in):
    person = PersonFactory()
    for key in ("before", "one", "two"):
        notify("support.resolved", to=person, key=key, at=NOW, url="/support/", topic="x")
    Notification.objects.filter(key="before").update(read_at=NOW)
    client = sign_in(person)

    page = client.post(reverse("notifications_read"), follow=True)
    assert unread(person) == set()
    undo(client, page)

    assert unread(person) == {"one", "two"}
    news = Notification.objects.get(key="before")
    client.post(reverse("notification_new", args=[news.pk]))  # the way without a toast: the button of the row
    assert unread(person) == {"before", "one", "two"}


def test_a_conversation_is_told_of_as_before_it_was_muted(sign_in):
    room = RoomFactory()
    member = room.members.order_by("pk").first()
    was = {"muted_until": timezone.now() + timedelta(days=3), "told_in_app": None, "told_by_mail": False}
    RoomMember.objects.filter(pk=member.pk).update(**was)
    client = sign_in(member.person)

    page = client.post(
        reverse("room_ways", args=[room.pk]), {"mute": "good", "in_app": "on", "mail": "on"}, follow=True
    )
    member.refresh_from_db()
    assert member.muted_until > was["muted_until"] and member.told_by_mail is None
    undo(client, page)

    member.refresh_from_db()
    assert {name: getattr(member, name) for name in was} == was


def test_what_was_marked_as_unread_is_read_as_far_as_before(sign_in):
    message = MessageFactory()
    reader = message.room.members.exclude(person=message.sender).get()
    client = sign_in(reader.person)

    page = client.post(reverse("message_unread", args=[message.pk]), follow=True)
    reader.refresh_from_db()
    assert reader.unread_after == message.seq - 1
    undo(client, page)

    reader.refresh_from_db()
    assert reader.unread_after is None


def test_days_away_are_taken_back_and_kept_again(sign_in):
    person = PersonFactory(persian=True)
    client = sign_in(person)
    days = {"from_on": "2090-01-02", "until_on": "2090-01-09"}

    page = client.post(reverse("absence_add"), days, follow=True)
    page = undo(client, page)
    assert not Absence.objects.exists()
    undo(client, page)

    kept = Absence.objects.get(person=person)
    assert {"from_on": str(kept.from_on), "until_on": str(kept.until_on)} == days


@pytest.mark.parametrize("confirmed", [True, False])
def test_a_goal_that_was_let_go_is_taken_up_as_it_was_unless_three_others_took_its_place(sign_in, confirmed):
    goal = GoalFactory() if confirmed else GoalFactory(status="proposed", confirmed_at=None, confirmed_by=None)
    before = (goal.status, None)
    client = sign_in(goal.relationship.members.get(role="mentee").person)

    page = client.post(reverse("goal_drop", args=[goal.pk]), follow=True)
    assert Goal.objects.get().status == "dropped"
    assert page.content.decode().count(reverse("goal_take_up", args=[goal.pk])) == 2  # in the toast, and in the page
    undo(client, page)
    assert Goal.objects.values_list("status", "closed_at").get() == before

    page = client.post(reverse("goal_drop", args=[goal.pk]), follow=True)
    for _n in range(3):
        GoalFactory(relationship=goal.relationship)
    undo(client, page)
    assert Goal.objects.get(pk=goal.pk).status == "dropped"


def test_nobody_takes_back_what_others_did(sign_in):
    goal, room = GoalFactory(status="dropped", closed_at=NOW), RoomFactory()
    client = sign_in(PersonFactory())

    for url in (reverse("goal_take_up", args=[goal.pk]), reverse("room_ways_back", args=[room.pk])):
        assert client.post(url).status_code == 404
