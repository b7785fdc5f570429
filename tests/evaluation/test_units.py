"""An event makes the scores of its relationship and its people new, and they are those of a full recompute."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from core.models import Job
from evaluation.facts import Facts
from evaluation.indicators import ALL, BY_CODE
from evaluation.measure import of_each_person, of_units
from evaluation.models import Alert, UnitScore
from evaluation.services import answer, mark_done, recompute, update_person, update_relationship
from evaluation.services.units import unit_rows
from mentoring.messaging.models import Room
from mentoring.messaging.services import mark_read as read_conversation
from mentoring.messaging.services import open_room, send_message
from mentoring.messaging.tasks import tell
from mentoring.relationships.models import Goal, RelationshipMember, Session
from mentoring.relationships.services import (
    check_in,
    close_goal,
    confirm_goal,
    drop_goal,
    end_relationship,
    log_session,
    propose_goal,
    rate_session,
    record_touch,
    sign_agreement,
)
from mentoring.training.catalogue import module
from mentoring.training.models import ModuleProgress, ProgrammeModule
from mentoring.training.services import answer_lesson, rate_self, start_module
from notifications.models import Notification
from notifications.services import drop_absence, keep_absence, keep_rhythm, mark_read
from tests.evaluation.living import meet, members, pair, talk, wave
from tests.factories import NOW, EnrolmentFactory, PersonFactory, ProgrammeFactory

pytestmark = pytest.mark.django_db
T = NOW + timedelta(hours=2)


@pytest.fixture
def programme():
    made = ProgrammeFactory()
    ProgrammeModule.objects.create(programme=made, module="first-meeting", role="mentee")
    mentor_of_two = EnrolmentFactory(programme=made, mentor=True, decided_at=NOW - timedelta(days=97))
    for days, mentor in ((20, None), (45, mentor_of_two), (90, mentor_of_two)):
        each = pair(made, days=days, mentor=mentor)
        room = open_room(each, at=each.started_at)
        talk(each)
        Room.objects.filter(pk=room.pk).update(last_seq=1000)
        meet(each, 5)
    return made


def say(relationship, person, at):
    send_message(relationship.room, by=person, cid=uuid4(), body="some words", at=at)


def hold(relationship, person, at):
    session = meet(relationship, -(at - NOW) / timedelta(days=1), status=Session.Status.CONFIRMED)
    log_session(
        session,
        absent=None,
        technical_fault=False,
        summary="",
        next_step="",
        goal=None,
        by=person,
        at=at + timedelta(hours=1),
    )


def miss(relationship, person, at):
    session = meet(relationship, -(at - NOW) / timedelta(days=1), status=Session.Status.CONFIRMED)
    log_session(
        session, absent=person, technical_fault=False, summary="", next_step="", goal=None, by=person,
        at=at + timedelta(hours=1),
    )  # fmt: skip


def rate(relationship, person, at):
    rate_session(relationship.sessions.filter(status="held").first(), stars=3, by=person, at=at)


def aim(relationship, person, at):
    goal = relationship.goals.open().first()
    other = next(each for each in relationship.people if each != person)
    if goal is None:
        propose_goal(relationship, title="A goal", why="", by=person, at=at)
    elif goal.status == Goal.Status.PROPOSED:
        confirm_goal(goal, by=other if goal.proposed_by == person else person, at=at)
    else:
        close_goal(goal, attainment=1, helped="", by=person, at=at)


def let_go(relationship, person, at):
    drop_goal(propose_goal(relationship, title="Another", why="", by=person, at=at), by=person, at=at)


def sign(relationship, person, at):
    sign_agreement(relationship.agreement, version=1, by=person, at=at)


def feel(relationship, person, at):
    check_in(relationship, by=person, mood=2, at=at)


def touch(relationship, person, at):
    record_touch(relationship, person=person, reason="call", by=PersonFactory(), at=at)


def learn(relationship, person, at):
    progress = start_module("first-meeting", by=person, at=at)
    screen = next(each for each in module("first-meeting").screens if each.kind == "reflection")
    answer_lesson(progress, screen, {"text": "x"}, at=at)


def judge_oneself(relationship, person, at):
    rate_self(start_module("first-meeting", by=person, at=at), {"first": 3}, moment="before", at=at)


def go_away(relationship, person, at):
    keep_absence(person, from_on=at.date() - timedelta(days=30), until_on=at.date() + timedelta(days=2), at=at)


def read_news(relationship, person, at):
    """Enough of it for a figure, all told nearly three days ago: it counts from the moment when it is three days old."""
    told_at = NOW - timedelta(hours=71, minutes=30)
    Notification.objects.bulk_create(
        Notification(recipient=person, kind="evaluation.opened", key=str(uuid4()), url="", created_at=told_at)
        for _ in range(10)
    )
    mark_read(person, at=at)


HAPPENINGS = (say, hold, miss, rate, aim, let_go, sign, feel, touch, go_away, learn, judge_oneself, read_news)
OF_ONE_PERSON = (learn, judge_oneself, read_news)
events = st.lists(
    st.tuples(st.sampled_from(HAPPENINGS), st.integers(0, 2), st.integers(0, 1), st.integers(0, 50)),
    min_size=1,
    max_size=8,
)


def asked():
    """(unit, id) of every update that was asked for."""
    jobs = Job.objects.filter(name__startswith="evaluation.update_").values_list("name", "payload")
    return {(name.removeprefix("evaluation.update_"), next(iter(ids.values()))) for name, ids in jobs}


def make_new():
    for unit, pk in asked():
        (update_relationship if unit == "relationship" else update_person)(pk, at=T)


def in_full(programme):
    """Every unit's scores as a full recompute comes to them now, by the kind of unit and its id."""
    facts = Facts(programme, T)
    found = of_units(facts, (*ALL, *of_each_person(ALL)))
    rows = [("relationship", *row) for row in unit_rows(facts.pairs.ids, "R", found)]
    rows += [("enrolment", *row) for row in unit_rows(facts.people.ids, "P", found)]
    return {(unit, pk): json.loads(scores) for unit, pk, scores in rows}


def kept(**which):
    rows = UnitScore.objects.filter(**which)
    return {
        ("relationship", row.relationship_id) if row.relationship_id else ("enrolment", row.enrolment_id): row.scores
        for row in rows
    }


def should_be(unit, pk, before, full):
    """The scores of a unit after its updates: those of a full recompute of everything that an event brings, else as before."""
    if unit == "relationship":
        return full
    members = RelationshipMember.objects.filter(enrolment=pk)
    codes = set()
    if asked() & {("relationship", each.relationship_id) for each in members}:
        codes |= {each.code for each in ALL if each.of_person}
    if asked() & {("person", each.person_id) for each in members}:
        codes |= {each.code for each in ALL if each.per == "P"}
    return before | {code: full[code] for code in codes}


@settings(
    max_examples=12,
    phases=[Phase.explicit, Phase.generate],  # looking for a shorter sequence would take minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(events)
def test_after_any_events_the_updated_rows_are_those_of_a_full_recompute(programme, happened):
    with transaction.atomic():
        pairs = list(programme.relationships.order_by("pk"))
        recompute(programme, at=NOW)
        before = kept()
        Job.objects.all().delete()
        for happens, place, side, minute in sorted(happened, key=lambda event: event[3]):
            happens(pairs[place], members(pairs[place])[side], NOW + timedelta(minutes=minute))
        for job in Job.objects.filter(name="messaging.tell"):
            tell(**job.payload)
        make_new()

        new, full = kept(computed_at=T), in_full(programme)
        assert new == {unit: should_be(*unit, before[unit], full[unit]) for unit in new}
        touched = {pairs[place] for happens, place, *_ in happened if happens not in OF_ONE_PERSON}
        assert {("relationship", each.pk) for each in touched} <= set(new)
        assert {("enrolment", member.enrolment_id) for each in touched for member in each.members.all()} <= set(new)
        transaction.set_rollback(True)


def test_many_events_of_five_minutes_are_one_job_due_after_them(programme):
    relationship = programme.relationships.first()
    for minute in (0, 1, 4, 5):
        feel(relationship, members(relationship)[0], NOW + timedelta(minutes=minute))

    due = Job.objects.filter(name="evaluation.update_relationship").order_by("due_at").values_list("due_at", flat=True)
    assert list(due) == [NOW + timedelta(minutes=5, seconds=30), NOW + timedelta(minutes=10, seconds=30)]


def test_an_alert_that_is_acted_on_and_an_end_make_the_relationship_new(programme):
    first, second, _third = programme.relationships.order_by("pk")
    alert = Alert.objects.create(relationship=first, level="review", points=6, raised_at=NOW, needs_look_since=NOW)
    mark_done(alert, by=PersonFactory(), at=NOW)
    end_relationship(second, reason="other", by=members(second)[0], at=NOW)

    assert asked() == {("relationship", first.pk), ("relationship", second.pk)}


def test_what_was_computed_from_newer_facts_stays(programme):
    relationship = programme.relationships.first()
    update_relationship(relationship.pk, at=T)
    update_relationship(relationship.pk, at=NOW)

    assert set(UnitScore.objects.values_list("computed_at", flat=True)) == {T}


def test_an_event_brings_what_members_do_together_and_leaves_what_they_do_alone_whichever_is_written_first(programme):
    mentor = programme.relationships.first().members.get(role="mentor")

    update_relationship(mentor.relationship_id, at=T)
    update_person(mentor.person_id, at=NOW)  # it began earlier and comes later

    (row,) = UnitScore.objects.filter(enrolment=mentor.enrolment)
    assert row.scores == in_full(programme)["enrolment", mentor.enrolment_id]
    assert row.computed_at == T


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL waits for its disk")
def test_scores_inside_a_transaction_of_somebody_else_leave_its_commit_alone(programme):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = on")
        update_relationship(programme.relationships.first().pk, at=T)
        cursor.execute("SHOW synchronous_commit")
        assert cursor.fetchone() == ("on",)


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="elsewhere each kind of fact is a statement of its own")
def test_an_event_takes_the_same_few_statements_however_much_happened_and_however_many_relationships_its_mentor_has(
    programme, django_assert_num_queries
):
    alone, of_two, _other = programme.relationships.order_by("pk")
    for each in (alone, of_two):
        update_relationship(each.pk, at=T)  # its questions are compiled
        with django_assert_num_queries(8):
            update_relationship(each.pk, at=T + timedelta(hours=1))


def test_the_scores_of_a_relationship_that_was_voided_are_gone_after_the_next_full_recompute(programme):
    recompute(programme, at=NOW)
    gone = programme.relationships.first()
    programme.relationships.filter(pk=gone.pk).update(status="voided")

    recompute(programme, at=T)

    assert not UnitScore.objects.filter(relationship=gone).exists()
    assert UnitScore.objects.exclude(relationship=None).count() == 2


def test_a_person_in_two_programmes_is_made_new_in_both_and_learning_counts_in_each(programme):
    relationship = programme.relationships.first()
    person = members(relationship)[1]
    other = pair(ProgrammeFactory(), days=40)
    other.members.filter(role="mentee").update(person=person)
    other.members.get(role="mentee").enrolment.__class__.objects.filter(
        pk=other.members.get(role="mentee").enrolment_id
    ).update(person=person)
    ModuleProgress.objects.create(
        person=person, module="first-meeting", started_at=NOW, touched_at=NOW, finished_at=NOW
    )

    assert update_person(person.pk, at=T) == 2
    assert {code for row in UnitScore.objects.all() for code in row.scores} == {
        code for code, each in BY_CODE.items() if each.per == "P" and each.is_computed
    }


def due(name):
    return list(Job.objects.filter(name=f"evaluation.{name}").order_by("due_at").values_list("due_at", flat=True))


def test_days_away_and_quiet_hours_make_every_open_relationship_of_the_person_new(programme):
    first, second, over = programme.relationships.order_by("pk")
    mentor = members(first)[0]
    for each in (second, over):
        each.members.filter(role="mentor").update(person=mentor)
    programme.relationships.filter(pk=over.pk).update(status="ended", closed_at=NOW)

    for change in (
        lambda: keep_rhythm(mentor, at=NOW, night=True),
        lambda: keep_absence(mentor, from_on=NOW.date(), until_on=NOW.date(), at=NOW),
        lambda: drop_absence(mentor.absences.get(), at=NOW),
    ):
        Job.objects.all().delete()
        change()
        assert asked() == {("relationship", first.pk), ("relationship", second.pk)}


def test_news_makes_its_reader_new_when_it_is_three_days_old_and_not_when_it_was_read_later(programme):
    relationship = programme.relationships.first()
    mentor, mentee = members(relationship)
    for person, days in ((mentor, 1), (mentee, 4)):
        Notification.objects.create(
            recipient=person, kind="evaluation.opened", key=person.email, url="", created_at=NOW - timedelta(days=days)
        )
        mark_read(person, at=NOW)

    assert asked() == {("person", mentor.pk)}
    assert due("update_person") == [NOW + timedelta(days=2, minutes=5, seconds=30)]


def test_reading_a_conversation_reads_its_news_and_makes_the_reader_new(programme):
    relationship = programme.relationships.first()
    mentee = members(relationship)[1]
    room = relationship.room
    Notification.objects.create(
        recipient=mentee, kind="messaging.message", key="unread", url=room.get_absolute_url(), created_at=NOW
    )

    read_conversation(room, by=mentee, seq=room.last_seq, at=NOW)

    assert asked() == {("person", mentee.pk)}


def test_what_is_answered_makes_the_programme_and_its_alerts_new_within_the_hour_and_anything_else_within_six(
    programme,
):
    asking, relationship = wave(programme), programme.relationships.first()
    member = relationship.members.get(role="mentee")
    update_relationship(relationship.pk, at=NOW)
    assert due("recompute_programme") == [NOW.replace(hour=12, second=30)]

    for finish in (False, True, True):
        answer(
            asking, enrolment=member.enrolment, relationship=relationship, values={}, position=1, finish=finish, at=NOW
        )
        assert due("recompute_programme")[0] == NOW.replace(hour=10 if finish else 12, second=30)
    assert len(due("recompute_programme")) == 2
