"""Who may open and do what, page by page; what each one never sees."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from mentoring.planning.models import Availability
from mentoring.relationships.models import Goal, GoalStep, Note, Relationship, Session, SessionSlot
from mentoring.relationships.services import rate_session
from tests.factories import (
    CoordinationFactory,
    EnrolmentFactory,
    GoalFactory,
    NoteFactory,
    PersonFactory,
    RelationshipFactory,
    SessionFactory,
)

pytestmark = pytest.mark.django_db

PARTS = (
    "sessions",
    "session_propose",
    "session_past",
    "goals",
    "goal_new",
    "notes",
    "agreement",
    "agreement_edit",
    "closing",
)
ABSENT = 999_999


def test_the_days_together_of_a_closed_relationship_have_stopped(sign_in):
    began = timezone.now() - timedelta(days=300)
    closed = RelationshipFactory(status="completed", started_at=began, closed_at=began + timedelta(days=70))

    page = sign_in(closed.people[0]).get(closed.get_absolute_url()).content.decode()

    assert "70 days together" in page


@pytest.fixture
def relationship():
    return RelationshipFactory(started_at=timezone.now() - timedelta(days=20))


@pytest.fixture
def coordinator(relationship):
    return CoordinationFactory(programme=relationship.programme).person


@pytest.fixture
def soon():
    return timezone.now().replace(second=0, microsecond=0) + timedelta(days=2)


def get(client, name, *args):
    return client.get(reverse(name, args=args))


def body(client, name, *args):
    return get(client, name, *args).content.decode()


@pytest.mark.once
@pytest.mark.parametrize("name", ["relationship", *PARTS])
def test_members_open_every_part_and_everybody_else_gets_the_same_404(name, relationship, coordinator, sign_in, client):
    other_coordinator = CoordinationFactory().person
    member = sign_in(relationship.people[0])
    never_was = get(member, name, ABSENT)

    assert get(member, name, relationship.pk).status_code == 200
    for person in (PersonFactory(), other_coordinator):
        answer = get(sign_in(person), name, relationship.pk)
        assert (answer.status_code, never_was.status_code) == (404, 404)
        assert answer.content == get(sign_in(person), name, ABSENT).content
    assert get(sign_in(coordinator), name, relationship.pk).status_code == (200 if name == "relationship" else 404)
    assert get(client, name, relationship.pk).status_code == 302


def test_coordinators_see_counts_but_no_word_of_the_members(relationship, coordinator, sign_in):
    mentor, mentee = relationship.people
    GoalFactory(relationship=relationship, title="SECRET-GOAL")
    session = SessionFactory(relationship=relationship, held=True, summary="SECRET-SUMMARY", topic="SECRET-TOPIC")
    rate_session(session, stars=1, by=mentee, at=timezone.now())
    NoteFactory(relationship=relationship, body="SECRET-PRIVATE")
    NoteFactory(relationship=relationship, body="SECRET-SHARED", scope=Note.Scope.SHARED)
    NoteFactory(relationship=relationship, body="For the programme", scope=Note.Scope.PROGRAMME)

    page = body(sign_in(coordinator), "relationship", relationship.pk)

    assert "SECRET" not in page
    assert "For the programme" in page
    assert "1 active, 0 closed" in page
    for name, pk in (("session", session.pk), ("session_ics", session.pk)):
        assert get(sign_in(coordinator), name, pk).status_code == 404


def test_the_partner_sees_neither_private_notes_nor_ratings(relationship, sign_in):
    mentor, mentee = relationship.people
    NoteFactory(relationship=relationship, body="SECRET-PRIVATE")
    NoteFactory(relationship=relationship, body="Shared by me", scope=Note.Scope.SHARED)
    session = SessionFactory(relationship=relationship, held=True)
    rate_session(session, stars=2, by=mentor, at=timezone.now())

    notes = body(sign_in(mentee), "notes", relationship.pk)
    rated = "Change my rating"

    assert ("SECRET" in notes, "Shared by me" in notes) == (False, True)
    assert rated in body(sign_in(mentor), "session", session.pk)
    assert rated not in body(sign_in(mentee), "session", session.pk)
    assert "Your rating" not in body(sign_in(mentee), "sessions", relationship.pk)


def test_a_note_is_changed_and_deleted_by_its_author_only(relationship, coordinator, sign_in):
    mentor, mentee = relationship.people
    note = NoteFactory(relationship=relationship, scope=Note.Scope.PROGRAMME)
    for person, status in ((mentee, 403), (coordinator, 403), (PersonFactory(), 404)):
        assert sign_in(person).post(reverse("note_delete", args=[note.pk])).status_code == status

    sign_in(mentor).post(reverse("note_edit", args=[note.pk]), {"body": "Better", "scope": "shared"})
    note.refresh_from_db()
    assert (note.body, note.scope, note.edited_at is None) == ("Better", "shared", False)
    sign_in(mentor).post(reverse("note_delete", args=[note.pk]))
    assert not Note.objects.exists()


def test_before_a_session_stands_what_was_agreed_and_which_steps_are_open(relationship, sign_in):
    mentor, _mentee = relationship.people
    SessionFactory(relationship=relationship, held=True, next_step="Read the second chapter")
    goal = GoalFactory(relationship=relationship)
    GoalStep.objects.create(goal=goal, title="Still open")
    GoalStep.objects.create(goal=goal, title="Long done", done_at=timezone.now())
    coming = SessionFactory(relationship=relationship, starts_at=timezone.now() + timedelta(days=1))

    page = body(sign_in(mentor), "session", coming.pk)

    assert ("Read the second chapter" in page, "Still open" in page, "Long done" in page) == (True, True, False)


def moment(name, at):
    return {f"{name}_0": at.strftime("%Y-%m-%d"), f"{name}_1": at.strftime("%H:%M")}


def test_a_session_is_offered_chosen_and_logged_through_the_pages(relationship, sign_in, soon):
    mentor, mentee = relationship.people
    offer = {"minutes": "۴۵", "place": "video", "topic": "Hello", "link": "", **moment("time_1", soon)}
    sign_in(mentee).post(reverse("session_propose", args=[relationship.pk]), offer)
    session = Session.objects.get()
    assert (session.minutes, session.slots.get().starts_at) == (45, soon.astimezone(UTC))
    chosen = {"slot": session.slots.get().pk}

    refused = sign_in(mentee).post(reverse("session_confirm", args=[session.pk]), chosen)
    assert refused.status_code == 403
    sign_in(mentor).post(reverse("session_confirm", args=[session.pk]), chosen)
    session.refresh_from_db()
    assert session.status == Session.Status.CONFIRMED
    Session.objects.update(starts_at=timezone.now() - timedelta(hours=1))
    log = {"outcome": f"no_show:{mentee.pk}", "summary": "", "next_step": "", "goal": ""}
    sign_in(mentor).post(reverse("session_log", args=[session.pk]), log)
    session.refresh_from_db()
    assert (session.status, session.absent) == (Session.Status.NO_SHOW, mentee)


def test_a_time_in_the_past_is_said_beside_the_field_and_what_was_typed_stays(relationship, sign_in):
    past = timezone.now() - timedelta(days=1)
    offer = {"minutes": "45", "place": "video", "topic": "Keep me", **moment("time_1", past)}

    page = (
        sign_in(relationship.people[0]).post(reverse("session_propose", args=[relationship.pk]), offer).content.decode()
    )

    assert "This time has passed" in page
    assert "Keep me" in page
    assert not Session.objects.exists()


@pytest.fixture
def offered(relationship, sign_in, monkeypatch):
    """What a page of 10:20 suggests for the afternoon of that day, and a way to offer some of it at another time."""
    clock = datetime(2026, 11, 23, 10, 20, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: clock)
    for person in relationship.people:
        Availability.objects.create(person=person, weekday=clock.weekday(), starts=12 * 60, ends=15 * 60)
    client = sign_in(relationship.people[0])
    page = body(client, "session_propose", relationship.pk)

    def offer(*times, at):
        monkeypatch.setattr(timezone, "now", lambda: at)
        form = {"minutes": "45", "place": "video", "suggested": times}
        return client.post(reverse("session_propose", args=[relationship.pk]), form)

    return re.findall('name="suggested" value="(2026-11-23[^"]+)"', page), offer


def test_times_that_were_offered_are_taken_though_another_half_hour_has_begun(offered):
    times, offer = offered
    assert [datetime.fromisoformat(time).strftime("%H:%M") for time in times] == ["12:30", "13:30"]

    offer(*times, at=datetime(2026, 11, 23, 10, 50, tzinfo=UTC))

    assert [slot.starts_at.isoformat() for slot in SessionSlot.objects.order_by("starts_at")] == times


def test_a_time_that_was_offered_is_refused_once_it_is_taken_or_past_and_one_that_never_was(relationship, offered):
    (first, second), offer = offered
    SessionFactory(relationship=relationship, starts_at=datetime(2026, 11, 23, 13, 15, tzinfo=UTC))
    later = datetime(2026, 11, 23, 12, 31, tzinfo=UTC)

    for time in (first, second, "2026-11-23T16:00:00+00:00", "2026-12-21T13:30:00+00:00", "soon"):
        assert "no longer free" in offer(time, at=later).content.decode()
    assert not SessionSlot.objects.exists()


def test_a_double_click_offers_one_session(relationship, sign_in, soon):
    offer = {"minutes": "45", "place": "video", "one_time_key": "0b1e8a52-5b1c-4a58-9d5c-5e2f3f0a7c11"}
    client = sign_in(relationship.people[0])
    for _n in range(2):
        client.post(reverse("session_propose", args=[relationship.pk]), {**offer, **moment("time_1", soon)})
    assert Session.objects.count() == 1


def test_both_clocks_are_shown_where_they_differ_and_one_where_they_agree(sign_in):
    mentor = EnrolmentFactory(mentor=True, person__time_zone="Europe/Berlin", person__name="Lena")
    relationship = RelationshipFactory(
        mentor=mentor, mentee=EnrolmentFactory(programme=mentor.programme, person__time_zone="Asia/Tehran")
    )
    session = SessionFactory(relationship=relationship, starts_at=datetime(2027, 1, 11, 12, 0, tzinfo=UTC))
    mentor_page = body(sign_in(relationship.people[0]), "session", session.pk)
    mentee_page = body(sign_in(relationship.people[1]), "session", session.pk)

    assert "13:00</time> your time · 15:30 for" in mentor_page
    assert "15:30</time> your time · 13:00 for <bdi>Lena</bdi>" in mentee_page
    alike = SessionFactory()
    assert "your time" not in body(sign_in(alike.relationship.people[0]), "session", alike.pk)


def test_a_step_is_ticked_in_place_with_htmx_and_by_a_plain_form(relationship, sign_in):
    mentor, mentee = relationship.people
    goal = GoalFactory(relationship=relationship)
    step = GoalStep.objects.create(goal=goal, title="Read")
    tick = reverse("step_tick", args=[step.pk])

    partial = sign_in(mentee).post(
        tick, {"done": "1"}, headers={"HX-Request": "true", "HX-Target": f"section#goal-{goal.pk}"}
    )
    assert partial.content.decode().count(f'id="goal-{goal.pk}"') == 1
    assert "<html" not in partial.content.decode()
    row = sign_in(mentee).post(tick, {"done": "1"}, headers={"HX-Request": "true", "HX-Target": f"li#step-{step.pk}"})
    assert row.content.decode().strip().startswith(f'<li class="row" id="step-{step.pk}"')
    plain = sign_in(mentor).post(tick, {"done": "0", "next": "https://evil.example/"})
    assert plain["Location"] == goal.get_absolute_url()
    step.refresh_from_db()
    assert step.done_at is None
    assert sign_in(PersonFactory()).post(tick, {"done": "1"}).status_code == 404


def test_a_goal_goes_from_proposal_to_closing_through_the_pages(relationship, sign_in):
    mentor, mentee = relationship.people
    sign_in(mentee).post(reverse("goal_new", args=[relationship.pk]), {"title": "Write", "why": ""})
    goal = Goal.objects.get()
    assert "Yes, let us do that" in body(sign_in(mentor), "goals", relationship.pk)
    assert "Yes, let us do that" not in body(sign_in(mentee), "goals", relationship.pk)
    sign_in(mentor).post(reverse("goal_confirm", args=[goal.pk]))
    sign_in(mentee).post(
        reverse("step_add", args=[goal.pk]), {"title": "Read", "owner": mentee.pk, "due_on": "۱۴۰۵/۱۰/۰۱"}
    )
    sign_in(mentee).post(reverse("goal_close", args=[goal.pk]), {"attainment": "1", "helped": "Asking"})
    goal.refresh_from_db()
    assert (goal.attainment, str(goal.steps.get().due_on)) == (1, "2026-12-22")


def test_two_tabs_of_the_agreement_lose_nothing(relationship, sign_in):
    mentor, mentee = relationship.people
    edit = reverse("agreement_edit", args=[relationship.pk])
    typed = {"rhythm_days": "14", "reply_hours": "48", "channels": ["here"], "ends_on": "2027-01-20", "version": "1"}
    sign_in(mentor).post(edit, {**typed, "boundaries": "First"})

    page = sign_in(mentee).post(edit, {**typed, "boundaries": "Second"}).content.decode()

    relationship.agreement.refresh_from_db()
    assert (relationship.agreement.version, relationship.agreement.boundaries) == (2, "First")
    assert "Second" in page
    assert 'name="version" value="2"' in page
    stale = sign_in(mentee).post(reverse("agreement_sign", args=[relationship.pk]), {"version": "1"})
    assert stale.status_code == 409
    sign_in(mentee).post(reverse("agreement_sign", args=[relationship.pk]), {"version": "2"})
    assert relationship.agreement.signatures.get().person == mentee


def test_a_coordinator_acts_on_the_state_and_members_and_strangers_do_not(relationship, coordinator, sign_in):
    stranger = CoordinationFactory().person
    for name in ("pause", "resume", "end", "void", "reopen", "touch"):
        url = reverse(f"relationship_{name}", args=[relationship.pk])
        assert sign_in(relationship.people[0]).post(url).status_code == 403
        assert sign_in(stranger).post(url).status_code == 404
    desk = sign_in(coordinator)
    desk.post(reverse("relationship_touch", args=[relationship.pk]), {"person": "", "reason": "Rang up"})
    desk.post(reverse("relationship_pause", args=[relationship.pk]))
    relationship.refresh_from_db()
    assert (relationship.status, relationship.touches.get().coordinator) == (Relationship.Status.PAUSED, coordinator)
    desk.post(reverse("relationship_end", args=[relationship.pk]), {"reason": "no_contact"})
    desk.post(reverse("relationship_reopen", args=[relationship.pk]), {"reason": ""})
    relationship.refresh_from_db()
    assert relationship.status == Relationship.Status.ENDED


def test_the_closing_asks_each_member_and_the_partner_never_sees_the_answers(relationship, sign_in):
    mentor, mentee = relationship.people
    closing = reverse("closing", args=[relationship.pk])
    sign_in(mentee).post(closing, {"reason": "poor_fit"})
    answers = {"satisfaction": "1", "stay_in_touch": "1", "comment": "SECRET-COMMENT", "never_again": "on"}
    sign_in(mentee).post(closing, answers)

    page = body(sign_in(mentor), "closing", relationship.pk)
    assert "SECRET" not in page
    sign_in(mentor).post(closing, {"satisfaction": "4", "stay_in_touch": "4", "comment": ""})
    relationship.refresh_from_db()
    assert relationship.status == Relationship.Status.ENDED
    assert get(sign_in(mentor), "closing", relationship.pk).status_code == 200


@pytest.mark.once
@pytest.mark.parametrize("language", ["en", "fa"])
def test_every_page_answers_in_every_state(language, sign_in, soon):
    mentor = EnrolmentFactory(mentor=True, capacity=9, free_places=9, person__language=language)
    found = []
    for status in Relationship.Status:
        over = status not in Relationship.OPEN
        one = RelationshipFactory(mentor=mentor, status=status, closed_at=timezone.now() if over else None)
        session = SessionFactory(relationship=one, held=True)
        SessionFactory(relationship=one, status=Session.Status.PROPOSED, starts_at=None, proposed_by=one.people[1])
        SessionFactory(relationship=one, starts_at=soon)
        GoalFactory(relationship=one, status=Goal.Status.PROPOSED, proposed_by=one.people[1])
        found += [
            ("session", session.pk),
            *((name, one.pk) for name in ("relationship", "sessions", "goals", "notes", "closing")),
        ]
        found.append(("agreement", one.pk))
    client = sign_in(mentor.person)
    assert {get(client, name, pk).status_code for name, pk in found} == {200}
    assert {get(client, name).status_code for name in ("people", "my_sessions", "calendar_settings")} == {200}


@pytest.mark.parametrize("name", ["people", "my_sessions"])
def test_lists_of_ones_own_ask_as_much_for_three_as_for_one(name, sign_in, soon):
    mentor = EnrolmentFactory(mentor=True, capacity=9, free_places=9)
    client = sign_in(mentor.person)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert get(client, name).status_code == 200
        return len(captured)

    def add():
        one = RelationshipFactory(mentor=mentor)
        for fields in ({"starts_at": soon}, {"held": True}, {"status": "proposed", "starts_at": None}):
            SessionFactory(relationship=one, **fields)
        GoalFactory(relationship=one)

    add()
    get(client, name)
    one_row = queries()
    add(), add()
    assert queries() == one_row


@pytest.mark.once
@pytest.mark.parametrize("name", ["relationship", "sessions", "goals", "notes"])
def test_pages_of_a_workspace_ask_as_much_for_three_rows_as_for_one(name, relationship, sign_in, soon):
    client = sign_in(relationship.people[0])

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert get(client, name, relationship.pk).status_code == 200
        return len(captured)

    def add():
        for fields in ({"starts_at": soon}, {"held": True}, {"status": "proposed", "starts_at": None}):
            session = SessionFactory(relationship=relationship, **fields)
            SessionSlot.objects.create(session=session, starts_at=soon)
        goal = GoalFactory(relationship=relationship, status=Goal.Status.PROPOSED, proposed_by=relationship.people[1])
        GoalStep.objects.create(goal=goal, title="Read", owner=relationship.people[1])
        NoteFactory(relationship=relationship)

    add()
    get(client, name, relationship.pk)
    one_row = queries()
    add(), add()
    assert queries() == one_row


def test_the_programmes_list_asks_as_much_for_three_as_for_one(relationship, coordinator, sign_in, soon):
    client = sign_in(coordinator)
    SessionFactory(relationship=relationship, starts_at=soon)
    get(client, "relationship_list", relationship.programme.slug)
    with CaptureQueriesContext(connection) as first:
        assert get(client, "relationship_list", relationship.programme.slug).status_code == 200
    for _n in range(2):
        SessionFactory(relationship=RelationshipFactory(programme=relationship.programme), starts_at=soon)
    with CaptureQueriesContext(connection) as then:
        assert get(client, "relationship_list", relationship.programme.slug).status_code == 200
    assert len(then) == len(first)
    assert (
        get(sign_in(CoordinationFactory().person), "relationship_list", relationship.programme.slug).status_code == 404
    )
    assert get(sign_in(relationship.people[0]), "relationship_list", relationship.programme.slug).status_code == 404


def test_one_tap_keeps_the_mood_and_leads_back(relationship, sign_in):
    url = reverse("check_in", args=[relationship.pk])
    answer = sign_in(relationship.people[1]).post(url, {"mood": "4", "next": "/people/"})
    assert (answer["Location"], relationship.check_ins.get().mood) == ("/people/", 4)
    assert sign_in(PersonFactory()).post(url, {"mood": "4"}).status_code == 404
