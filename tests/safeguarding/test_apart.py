"""Who is kept apart does not reach the other, whichever way they try."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.urls import reverse

from accounts.models import AuditEvent
from mentoring.matching.models import Request
from mentoring.matching.queries import load_pool
from mentoring.messaging.models import Message, RoomMember
from mentoring.messaging.queries import rooms_where_seen, unread_by_member, where_they_are
from mentoring.messaging.services import (
    Resting,
    begin_file,
    delete_message,
    edit_message,
    pin,
    place_call,
    react,
    schedule_message,
    send_all,
    send_message,
    send_scheduled,
    tell_unread,
)
from mentoring.messaging.services.wanted import Send
from mentoring.planning.services import reinstate, suspend
from mentoring.relationships import services as relationships
from mentoring.relationships.models import Block
from mentoring.relationships.services import Resting as PairRests
from mentoring.relationships.services.relationship import KeptApart, add_mentee, start_relationship
from mentoring.safeguarding.services import NotTheirs, block_person, keep_apart, lift_block, lift_order
from notifications.models import Notification
from notifications.queries import waiting_for_digest
from tests.factories import (
    NOW,
    CoordinationFactory,
    EnrolmentFactory,
    MessageFactory,
    PersonFactory,
    ProgrammeFactory,
    RelationshipFactory,
    RequestFactory,
)

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=1)


def words(room):
    return list(room.messages.order_by("seq").values_list("body", flat=True))


def suspend_mentor(room):
    theirs = room.relationship.members.get(role="mentor").enrolment
    suspend(theirs, reason="A report", by=PersonFactory(), at=NOW)


def block_mentor(room):
    mentor, mentee = (room.relationship.members.get(role=role).person for role in ("mentor", "mentee"))
    block_person(mentor, by=mentee, at=NOW)


@pytest.mark.parametrize("part", [block_mentor, suspend_mentor])
def test_neither_of_a_pair_reaches_the_other_over_any_door_of_a_conversation(room, mentor, mentee, part):
    message = MessageFactory(room=room, by=mentor, body="Before", at=NOW)
    later = schedule_message(room, by=mentor, cid=uuid4(), body="Later", due_at=LATER, at=NOW)
    part(room)

    for person in (mentor, mentee):
        for act in (
            lambda by: place_call(room, by=by, call_id=uuid4(), device="desk", at=LATER),
            lambda by: send_message(room, by=by, cid=uuid4(), body="Hello", at=LATER),
            lambda by: send_message(room, by=by, cid=uuid4(), body=f"@{mentee} hello", reply_to=message, at=LATER),
            lambda by: react(message, by=by, sign="thanks", on=True, at=LATER),
            lambda by: pin(message, by=by, on=True, at=LATER),
            lambda by: begin_file(room, by=by, name="a.txt", size=4, claimed="", digest="", at=LATER),
            lambda by: schedule_message(room, by=by, cid=uuid4(), body="x", due_at=LATER + timedelta(1), at=LATER),
        ):
            with pytest.raises(Resting):
                act(person)
    for act in (
        lambda: edit_message(message, by=mentor, body="After", at=LATER),
        lambda: delete_message(message, by=mentor, at=LATER),
    ):
        with pytest.raises(Resting):
            act()
    assert send_scheduled(later.pk, at=LATER) is None
    later.refresh_from_db()
    assert (later.refused, words(room)) == ("resting", ["Before"])


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no lines of its own")
@pytest.mark.django_db(transaction=True)
def test_a_talk_under_way_stops_at_once(room, mentor, mentee):
    sent = send_all([Send(room.pk, mentor, uuid4(), "Hello")], at=NOW)
    assert connection.vendor == "postgresql"
    block_person(mentor, by=mentee, at=NOW)

    again = send_all([Send(room.pk, mentor, uuid4(), "Hello?")], at=NOW, asked=sent.asked)

    assert [type(outcome) for outcome in again.outcomes] == [Resting]
    assert words(room) == ["Hello"]


def test_what_was_acknowledged_before_stays_acknowledged_when_it_is_sent_again(room, mentor, mentee):
    cid = uuid4()
    said = send_message(room, by=mentor, cid=cid, body="Hello", at=NOW)
    block_person(mentor, by=mentee, at=NOW)

    assert send_message(room, by=mentor, cid=cid, body="Hello", at=LATER) == said


def test_nobody_sees_the_other_here_or_writing_and_nobody_is_told_of_old_words(room, mentor, mentee):
    MessageFactory(room=room, by=mentor, at=NOW)
    block_person(mentor, by=mentee, at=NOW)

    (where,) = where_they_are([(mentor.pk, [room.pk])])
    assert where[room.pk].rests
    assert rooms_where_seen([mentor.pk, mentee.pk]) == {mentor.pk: frozenset(), mentee.pk: frozenset()}
    assert unread_by_member(room, until=LATER) == []


@pytest.mark.parametrize("part", [block_mentor, suspend_mentor])
def test_news_that_waits_is_not_told_any_more(room, mentor, mentee, part, run_jobs, mailoutbox):
    MessageFactory(room=room, by=mentor, at=NOW)
    tell_unread(room, until=LATER, at=NOW)
    assert [news.kind for news in waiting_for_digest(mentee)] == ["messaging.message"]

    part(room)
    run_jobs()

    assert waiting_for_digest(mentee) == []
    assert [mail.subject for mail in mailoutbox if "wrote" in mail.subject] == []


def test_whoever_is_taken_back_goes_on_where_it_was_unless_something_else_keeps_them_apart(room, mentor, mentee):
    theirs, coordinator = room.relationship.members.get(role="mentor").enrolment, PersonFactory()
    suspend_mentor(room)
    block = block_person(mentor, by=mentee, at=NOW)
    lift_block(block, by=mentee, at=NOW)
    with pytest.raises(Resting):
        send_message(room, by=mentee, cid=uuid4(), body="Hello", at=NOW)

    reinstate(theirs, by=coordinator, at=LATER)

    send_message(room, by=mentee, cid=uuid4(), body="Hello", at=LATER)


def test_in_a_circle_the_one_who_wished_it_goes_on_and_the_other_is_still(room, mentor, mentee):
    member = relationships_circle(room)
    block_person(mentee, by=member, at=NOW)

    for person in (mentor, member):
        send_message(room, by=person, cid=uuid4(), body="Hello", at=NOW)
    with pytest.raises(Resting):
        send_message(room, by=mentee, cid=uuid4(), body="Hello", at=NOW)
    assert rooms_where_seen([mentor.pk, member.pk])[member.pk] == frozenset()


def relationships_circle(room):
    """One more person in the conversation."""
    person = EnrolmentFactory(programme=room.relationship.programme).person
    RoomMember.objects.create(room=room, person=person, joined_at=NOW)
    return person


def test_taking_it_back_opens_everything_but_not_what_a_coordinator_ordered(room, mentor, mentee):
    coordinator = CoordinationFactory(programme=room.relationship.programme).person
    block = block_person(mentor, by=mentee, at=NOW)
    order = keep_apart(room.relationship.programme, mentee, mentor, reason="Agreed", by=coordinator, at=NOW)

    with pytest.raises(NotTheirs):
        lift_block(block, by=mentor, at=NOW)
    lift_block(block, by=mentee, at=NOW)
    with pytest.raises(NotTheirs):
        lift_block(order, by=min(mentor, mentee, key=lambda each: each.pk), at=NOW)
    with pytest.raises(Resting):
        send_message(room, by=mentee, cid=uuid4(), body="Hello", at=NOW)
    lift_order(order, by=coordinator, at=NOW)
    send_message(room, by=mentee, cid=uuid4(), body="Hello", at=NOW)

    assert (
        list(AuditEvent.objects.filter(action__contains="lock").values_list("institution_id", flat=True)) == [None] * 2
    )


def test_the_rest_of_the_relationship_rests_too_but_for_its_end(room, mentor, mentee):
    pair = room.relationship
    block_person(mentor, by=mentee, at=NOW)

    assert not mentor.has_perm("relationships.plan", pair)
    with pytest.raises(PairRests):
        relationships.propose_goal(pair, title="Meet me", why="", by=mentor, at=NOW)
    with pytest.raises(PairRests):
        relationships.write_note(pair, body="Read this", scope="shared", by=mentor, at=NOW)
    relationships.write_note(pair, body="For me", scope="private", by=mentee, at=NOW)
    relationships.begin_closing(pair, reason="other", by=mentee, at=NOW)


def test_no_new_way_round_by_a_request_another_run_or_a_circle():
    programme = ProgrammeFactory(format="circle")
    mentor = EnrolmentFactory(programme=programme, mentor=True, free_places=2)
    mentee = EnrolmentFactory(programme=programme, free_places=1)
    request = RequestFactory(programme=programme, mentor=mentor, mentee=mentee, sent_at=NOW)
    other = EnrolmentFactory(programme=programme)
    circle = RelationshipFactory(mentor=mentor, mentee=other)

    block_person(mentor.person, by=mentee.person, at=NOW)

    request.refresh_from_db()
    assert request.status == Request.Status.SUPERSEDED
    assert (mentee.pk, mentor.pk) in {tuple(pair) for pair in load_pool(programme).cohort.forbidden["blocked"].tolist()}
    with pytest.raises(KeptApart):
        start_relationship(programme, mentor=mentor, mentee=mentee, why={}, score=None, by=None, at=NOW)
    with pytest.raises(KeptApart):
        add_mentee(circle, mentee, by=None, at=NOW)


def test_the_coordinators_hear_that_two_people_need_help_and_neither_of_the_two_hears_anything(room, mentor, mentee):
    programme = room.relationship.programme
    coordinators = [CoordinationFactory(programme=programme).person for _two in range(2)]
    CoordinationFactory(programme=programme, person=mentor)  # is one of the two

    for _twice in range(2):
        block_person(mentor, by=mentee, at=NOW)

    told = Notification.objects.filter(kind="safeguarding.apart")
    assert sorted(told.values_list("recipient", flat=True)) == [person.pk for person in coordinators]
    assert all(set(row.params) == {"programme"} for row in told)
    assert not Block.objects.visible_to(mentor).exists()


def test_only_whom_one_has_met_here_can_be_kept_away():
    with pytest.raises(NotTheirs):
        block_person(PersonFactory(), by=EnrolmentFactory().person, at=NOW)

    assert not Block.objects.exists()


def test_the_page_says_neither_who_nor_why_and_undoes_it_for_the_one_who_wished(room, mentor, mentee, sign_in):
    page = sign_in(mentee).get(reverse("safety_person", args=[mentor.pk])).content.decode()
    assert reverse("block_make", args=[mentor.pk]) in page
    before = safety_of(mentor, sign_in)
    sign_in(mentee).post(reverse("block_make", args=[mentor.pk]))

    theirs, mine = (sign_in(person).get(room.get_absolute_url()).content.decode() for person in (mentor, mentee))
    for html in (theirs, mine):
        assert "<div data-rests>" in html
        assert "data-compose" not in html
    assert safety_of(mentor, sign_in) == before
    block = Block.objects.get()
    assert reverse("block_lift", args=[block.pk]) in sign_in(mentee).get(reverse("safety")).content.decode()
    frame = {"t": "m", "cid": str(uuid4()), "r": room.pk, "b": "Hello"}
    answer = sign_in(mentor).post(
        reverse("frame_post"), json.dumps(frame), "application/json", headers={"Idempotency-Key": frame["cid"]}
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "resting")
    assert not Message.objects.exists()


def safety_of(person, sign_in):
    """What the page of one's own safety says."""
    return sign_in(person).get(reverse("safety")).content.decode().split("<main", 1)[1]
