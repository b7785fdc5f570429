"""Coordinators write to all who take part; readers are hidden from each other and answer privately."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from core.errors import NotAllowed
from mentoring.messaging.models import Room
from mentoring.messaging.queries import PAGE, rooms_where_seen
from mentoring.messaging.services import NotAMember, OnlyReading, announce, open_desk, react, send_message, set_office
from mentoring.planning.models import Enrolment
from mentoring.planning.services.enrolments import withdraw
from mentoring.planning.services.programmes import add_coordinator, remove_coordinator
from tests.factories import NOW, CoordinationFactory, EnrolmentFactory, PersonFactory, ProgrammeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def programme():
    return ProgrammeFactory()


@pytest.fixture
def coordinator(programme):
    return CoordinationFactory(programme=programme).person


@pytest.fixture
def mentor(programme):
    return EnrolmentFactory(programme=programme, mentor=True).person


@pytest.fixture
def mentee(programme):
    return EnrolmentFactory(programme=programme).person


def say(programme, coordinator, to="everyone", at=NOW):
    return announce(programme, to=to, by=coordinator, body="The hall is open", cid=uuid4(), at=at)


def members_of(room):
    return set(room.members.filter(left_at=None).values_list("person", "office"))


def test_an_announcement_reaches_those_whom_it_is_for(programme, coordinator, mentor, mentee):
    EnrolmentFactory(programme=programme, status=Enrolment.Status.APPLIED)

    rooms = {to: say(programme, coordinator, to).room for to in Room.Audience.values}

    office = {(coordinator.pk, True)}
    assert members_of(rooms["everyone"]) == office | {(mentor.pk, False), (mentee.pk, False)}
    assert members_of(rooms["mentors"]) == office | {(mentor.pk, False)}
    assert members_of(rooms["mentees"]) == office | {(mentee.pk, False)}


def test_who_leaves_the_programme_reads_its_announcements_no_more_but_those_of_a_role_that_is_kept(
    programme, coordinator, mentor, mentee
):
    rooms = {to: say(programme, coordinator, to).room for to in Room.Audience.values}
    EnrolmentFactory(programme=programme, person=mentor)  # is mentored, too
    for to in Room.Audience.values:
        say(programme, coordinator, to)

    for person in (mentor, mentee):
        withdraw(Enrolment.objects.filter(person=person, programme=programme).earliest("pk"), by=person, at=NOW)

    assert set(Room.objects.visible_to(mentor)) == {rooms["everyone"], rooms["mentees"]}
    assert not Room.objects.visible_to(mentee).exists()


def test_the_next_one_reaches_newcomers_and_not_those_who_left(programme, coordinator, mentor, mentee):
    room = say(programme, coordinator).room
    Enrolment.objects.filter(person=mentor).update(status=Enrolment.Status.WITHDRAWN)
    newcomer = EnrolmentFactory(programme=programme).person

    second = say(programme, coordinator, at=NOW + timedelta(days=1))

    assert second.room == room
    assert members_of(room) == {(coordinator.pk, True), (mentee.pk, False), (newcomer.pk, False)}
    assert room.members.get(person=newcomer).last_read_seq == 1


def test_the_same_announcement_again_is_one(programme, coordinator, mentee):
    cid = uuid4()
    said = [announce(programme, to="mentees", by=coordinator, body="Once", cid=cid, at=NOW) for _n in range(2)]

    assert said[0] == said[1]
    assert Room.objects.get().last_seq == 1


def test_readers_neither_write_nor_sign_and_only_coordinators_announce(programme, coordinator, mentor):
    message = say(programme, coordinator)

    with pytest.raises(OnlyReading):
        send_message(message.room, by=mentor, cid=uuid4(), body="To all!", at=NOW)
    with pytest.raises(OnlyReading):
        react(message, by=mentor, sign="thanks", on=True, at=NOW)
    with pytest.raises(NotAllowed):
        say(programme, mentor)
    assert send_message(message.room, by=coordinator, cid=uuid4(), body="One more thing", at=NOW).seq == 2


def test_readers_are_hidden_from_each_other(programme, coordinator, mentor, mentee, sign_in):
    room = say(programme, coordinator).room

    page = sign_in(mentee).get(room.get_absolute_url()).content.decode()

    assert mentor.name not in page
    assert coordinator.name in page and "The hall is open" in page and "Answer privately" in page
    assert 'data-does="reply"' not in page
    assert 'data-does="reply"' in sign_in(coordinator).get(room.get_absolute_url()).content.decode()
    assert rooms_where_seen([mentor.pk, mentee.pk]) == {mentor.pk: frozenset(), mentee.pk: frozenset()}


def test_an_answer_is_read_by_the_coordinators_alone(programme, coordinator, mentor, mentee, sign_in):
    news = say(programme, coordinator).room
    client = sign_in(mentee)

    there = client.post(reverse("room_desk", args=[news.pk]))["Location"]
    again = client.post(reverse("room_desk", args=[news.pk]))["Location"]
    desk = Room.objects.get(kind=Room.Kind.DESK)
    client.post(reverse("room_send", args=[desk.pk]), {"cid": str(uuid4()), "body": "I cannot come"})

    assert there == again == f"{desk.get_absolute_url()}#compose"
    assert members_of(desk) == {(mentee.pk, False), (coordinator.pk, True)}
    assert "I cannot come" in sign_in(coordinator).get(desk.get_absolute_url()).content.decode()
    assert sign_in(mentor).get(desk.get_absolute_url()).status_code == 404
    assert client.post(reverse("room_desk", args=[desk.pk])).status_code == 404
    with pytest.raises(NotAMember):
        open_desk(news, by=PersonFactory(), at=NOW)


def test_a_coordinator_announces_by_form_and_sees_what_was_announced(programme, coordinator, mentee, sign_in):
    client, url = sign_in(coordinator), reverse("programme_announcements", args=[programme.slug])

    empty = client.post(url, {"cid": str(uuid4()), "to": "mentees", "body": " "})
    done = client.post(url, {"cid": str(uuid4()), "to": "mentees", "body": "Bring a pen"}, follow=True)

    assert empty.status_code == 200 and not Room.objects.exclude(kind="news").exists()
    assert "Bring a pen" in done.content.decode()
    assert "Bring a pen" in sign_in(mentee).get(reverse("rooms")).content.decode()


def test_an_announcement_that_is_no_longer_on_the_newest_page_is_linked_where_it_stands(
    programme, coordinator, sign_in
):
    message = say(programme, coordinator)
    Room.objects.filter(pk=message.room_id).update(last_seq=PAGE + 1)

    page = sign_in(coordinator).get(reverse("programme_announcements", args=[programme.slug])).content.decode()

    assert f'href="{message.room.get_absolute_url()}?before=' in page


def test_the_office_is_the_coordinators_of_today_in_all_that_is_announced_and_answered(
    programme, coordinator, mentor, mentee
):
    news = say(programme, coordinator).room
    desk = open_desk(news, by=mentee, at=NOW)
    send_message(desk, by=mentee, cid=uuid4(), body="I cannot come", at=NOW)
    newcomer, at = PersonFactory(), NOW + timedelta(days=1)
    add_coordinator(programme, newcomer, by=coordinator, at=at)
    add_coordinator(programme, mentor, by=coordinator, at=at)

    remove_coordinator(programme, coordinator, by=newcomer, at=at)
    remove_coordinator(programme, mentor, by=newcomer, at=at)

    assert not Room.objects.visible_to(coordinator).exists()
    with pytest.raises(NotAMember):
        send_message(news, by=coordinator, cid=uuid4(), body="Still here", at=at)
    assert members_of(news) == {(newcomer.pk, True), (mentor.pk, False), (mentee.pk, False)}
    assert members_of(desk) == {(newcomer.pk, True), (mentee.pk, False)}
    assert desk.members.get(person=newcomer).last_read_seq == 1


def test_how_many_conversations_an_office_has_does_not_matter_to_who_joins_it(
    programme, coordinator, django_assert_num_queries
):
    news = None
    for many in (1, 3):
        for person in [EnrolmentFactory(programme=programme).person for _n in range(many)]:
            news = say(programme, coordinator).room
            open_desk(news, by=person, at=NOW)
        with django_assert_num_queries(11):
            set_office(programme, at=NOW)
