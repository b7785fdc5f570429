"""Two who meet again after their relationship has ended: it is written down, and nothing else begins anew."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.services import erase_person
from mentoring.planning.models import Enrolment
from mentoring.planning.services import suspend
from mentoring.relationships.models import Relationship, RelationshipMember, Session
from mentoring.relationships.queries import next_step, standings
from mentoring.relationships.services import (
    NotPossibleNow,
    Resting,
    TimeNotPossible,
    confirm_log,
    deny_log,
    log_past_session,
    log_session,
    propose_session,
    reopen_relationship,
)
from mentoring.safeguarding.services import block_person
from notifications.models import Notification
from tests.factories import (
    CoordinationFactory,
    EnrolmentFactory,
    PersonFactory,
    RelationshipFactory,
    RoomFactory,
    SessionFactory,
)

pytestmark = pytest.mark.django_db
Status = Relationship.Status
OVER = [Status.COMPLETED, Status.COMPLETED_EARLY, Status.ENDED]
CARD = "Still in touch?"


def ended(now, *, days=10, status=Status.COMPLETED, **fields):
    """A relationship that began two months ago and ended `days` ago."""
    began = now - timedelta(days=60)
    return RelationshipFactory(status=status, started_at=began, closed_at=now - timedelta(days=days), **fields)


def met(relationship, *, by, now, days=1):
    """What `by` writes down of a meeting some days ago."""
    return log_past_session(
        relationship,
        starts_at=now - timedelta(days=days),
        minutes=30,
        place="in_person",
        topic="",
        summary="Over tea",
        next_step="",
        by=by,
        at=now,
    )


def told(person):
    return list(Notification.objects.filter(recipient=person).order_by("pk").values_list("kind", "url"))


def page(client, name, *args):
    return client.get(reverse(name, args=args)).content.decode()


@pytest.mark.parametrize("status", OVER)
def test_a_pair_that_is_over_writes_down_that_it_met_again_and_the_other_confirms(status, now):
    pair = ended(now, status=status)
    mentor, mentee = pair.people

    session = met(pair, by=mentee, now=now)
    confirm_log(session, by=mentor, at=now)

    session.refresh_from_db(), pair.refresh_from_db()
    assert (session.status, session.provenance) == (Session.Status.HELD, Session.Provenance.PARTNER_CONFIRMED)
    assert told(mentor) == [("relationships.session_logged", reverse("session", args=[session.pk]))]
    assert (pair.status, pair.last_contact_at) == (status, now - timedelta(days=1))


def test_a_meeting_that_the_other_does_not_remember_is_taken_back_and_nobody_is_asked_for_new_times(now):
    pair = ended(now)
    mentor, mentee = pair.people
    session = met(pair, by=mentee, now=now)

    deny_log(session, by=mentor, at=now)

    session.refresh_from_db(), pair.refresh_from_db()
    assert (session.status, pair.last_contact_at) == (Session.Status.CANCELLED, None)
    assert told(mentee) == [("relationships.log_denied", reverse("session", args=[session.pk]))]


def test_what_was_before_the_end_stays_as_it_was(now):
    pair = ended(now, days=10)

    with pytest.raises(TimeNotPossible, match="since the end"):
        met(pair, by=pair.people[0], now=now, days=11)
    assert not pair.sessions.exists()


def test_one_that_goes_on_again_takes_what_happened_since_the_match(now):
    pair = ended(now, days=10)
    reopen_relationship(pair, reason="They go on", by=PersonFactory(), at=now)

    assert met(pair, by=pair.people[0], now=now, days=11).relationship == pair


@pytest.mark.parametrize(
    ("status", "sentence"),
    [(Status.VOIDED, "This relationship is over"), (Status.PAUSED, "This relationship is paused")],
)
def test_a_mistake_and_a_pause_let_nobody_write_down_confirm_or_deny(status, sentence, now):
    pair = ended(now, status=status)
    mentor, mentee = pair.people
    logged = SessionFactory(relationship=pair, held=True, provenance="self_logged", logged_by=mentee)

    for act in (
        lambda: met(pair, by=mentee, now=now),
        lambda: confirm_log(logged, by=mentor, at=now),
        lambda: deny_log(logged, by=mentor, at=now),
    ):
        with pytest.raises(NotPossibleNow, match=sentence):
            act()
    assert (pair.sessions.get(), told(mentor), told(mentee)) == (logged, [], [])


def keep_apart(pair, now):
    mentor, mentee = RoomFactory(relationship=pair).relationship.people
    block_person(mentor, by=mentee, at=now)


def suspend_the_mentor(pair, now):
    suspend(pair.members.get(role=Enrolment.Role.MENTOR).enrolment, reason="A report", by=PersonFactory(), at=now)


@pytest.mark.parametrize("part", [keep_apart, suspend_the_mentor])
def test_two_who_are_kept_apart_neither_write_down_nor_confirm_nor_see_the_card(part, now, sign_in):
    pair = ended(now)
    mentor, mentee = pair.people
    logged = met(pair, by=mentee, now=now, days=2)
    assert CARD in page(sign_in(mentee), "relationship", pair.pk)
    part(pair, now)

    with pytest.raises(Resting):
        met(pair, by=mentee, now=now)
    with pytest.raises(Resting):
        confirm_log(logged, by=mentor, at=now)
    for person in (mentor, mentee):
        assert CARD not in page(sign_in(person), "relationship", pair.pk)
        assert reverse("session_past", args=[pair.pk]) not in page(sign_in(person), "sessions", pair.pk)
    assert "took_place" not in page(sign_in(mentor), "session", logged.pk)


def test_nothing_else_begins_after_the_end(now, sign_in):
    pair = ended(now)
    mentor, mentee = pair.people
    session = met(pair, by=mentee, now=now)
    confirm_log(session, by=mentor, at=now)

    with pytest.raises(NotPossibleNow):
        propose_session(
            pair, times=[now + timedelta(days=1)], minutes=30, place="phone", link="", topic="", by=mentor, at=now
        )
    with pytest.raises(NotPossibleNow):
        log_session(session, absent=None, technical_fault=False, summary="", next_step="", goal=None, by=mentor, at=now)
    for name in ("session_propose", "goal_new", "agreement_edit"):
        assert sign_in(mentor).get(reverse(name, args=[pair.pk])).status_code == 403


def test_a_meeting_since_the_end_goes_through_the_pages(sign_in):
    now = timezone.now()
    pair = ended(now)
    mentor, mentee = pair.people
    client, other = sign_in(mentee), sign_in(mentor)
    past = reverse("session_past", args=[pair.pk])

    assert past in page(client, "relationship", pair.pk)
    assert past in page(client, "sessions", pair.pk)
    assert "You met again?" in page(client, "session_past", pair.pk)
    day = timezone.localtime(now - timedelta(days=2), mentee.zone)
    answer = client.post(
        past,
        {"starts_at_0": f"{day:%Y-%m-%d}", "starts_at_1": "10:00", "minutes": "30", "place": "phone", "summary": ""},
    )
    session = pair.sessions.get()
    assert answer.url == session.get_absolute_url()

    assert "logged a meeting" in page(other, "relationship", pair.pk)
    assert "took_place" in page(other, "session", session.pk)
    assert "took_place" not in page(client, "session", session.pk)
    other.post(reverse("session_vouch", args=[session.pk]), {"took_place": "1"})

    session.refresh_from_db()
    assert session.provenance == Session.Provenance.PARTNER_CONFIRMED
    assert "logged a meeting" not in page(other, "relationship", pair.pk)
    assert session.get_absolute_url() in page(other, "sessions", pair.pk)


def test_the_day_to_come_is_no_day_on_which_they_met(sign_in):
    pair = ended(timezone.now())
    tomorrow = timezone.now() + timedelta(days=1)

    answer = sign_in(pair.people[0]).post(
        reverse("session_past", args=[pair.pk]),
        {"starts_at_0": f"{tomorrow:%Y-%m-%d}", "starts_at_1": "10:00", "minutes": "30", "place": "phone"},
    )

    assert "Write it down once you have met." in answer.content.decode()
    assert not pair.sessions.exists()


@pytest.mark.parametrize(
    ("status", "is_shown"), [(status, status in OVER) for status in Status], ids=[status.value for status in Status]
)
def test_the_card_stands_on_the_page_of_what_is_over_and_on_no_other(status, is_shown, now, sign_in):
    pair = ended(now, status=status) if status not in Relationship.OPEN else RelationshipFactory(status=status)

    for person in pair.people:
        assert (CARD in page(sign_in(person), "relationship", pair.pk)) == is_shown
    form = sign_in(pair.people[0]).get(reverse("session_past", args=[pair.pk]))
    assert form.status_code == (200 if is_shown or pair.is_working else 403)


def test_a_coordinator_and_a_stranger_get_what_they_got(now, sign_in):
    pair = ended(now)
    logged = met(pair, by=pair.people[1], now=now)
    coordinator = CoordinationFactory(programme=pair.programme).person

    assert CARD not in page(sign_in(coordinator), "relationship", pair.pk)
    for person in (coordinator, PersonFactory(), CoordinationFactory().person):
        client = sign_in(person)
        assert client.get(reverse("session_past", args=[pair.pk])).status_code == 404
        assert client.post(reverse("session_vouch", args=[logged.pk]), {"took_place": "1"}).status_code == 404
    assert sign_in(PersonFactory()).get(reverse("relationship", args=[pair.pk])).status_code == 404


def test_whoever_had_left_the_circle_before_it_ended_sees_nothing_of_it(now, sign_in):
    circle = ended(now, programme__format="circle")
    mentor, mentee = circle.people
    gone = EnrolmentFactory(programme=circle.programme)
    RelationshipMember.objects.create(
        relationship=circle,
        enrolment=gone,
        person=gone.person,
        role=gone.role,
        joined_at=circle.started_at,
        left_at=now - timedelta(days=20),
    )

    met(circle, by=mentor, now=now)

    assert sign_in(gone.person).get(reverse("session_past", args=[circle.pk])).status_code == 404
    assert ([kind for kind, _url in told(mentee)], told(gone.person)) == (["relationships.session_logged"], [])


def test_nobody_is_asked_about_somebody_who_is_no_longer_there(now, sign_in):
    pair = RelationshipFactory()
    mentor, mentee = pair.people
    erase_person(mentee, by=mentee, at=now)

    assert CARD not in page(sign_in(mentor), "relationship", pair.pk)
    assert sign_in(mentor).get(reverse("session_past", args=[pair.pk])).status_code == 403


def test_after_the_end_the_one_step_is_to_say_that_they_met(now):
    pair = ended(now)
    mentor, mentee = pair.people
    step_of = {
        who: lambda who=who: next_step(pair, standings(who, [pair], now=now)[pair.pk], who) for who in pair.people
    }
    assert step_of[mentor]() is None

    session = met(pair, by=mentee, now=now)

    assert (step_of[mentor]().code, step_of[mentor]().url) == ("vouch", session.get_absolute_url())
    assert step_of[mentee]() is None
