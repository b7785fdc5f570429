"""Ending, and taking it up again."""

from datetime import timedelta

import pytest

from accounts.models import AuditEvent
from mentoring.planning.models import Never
from mentoring.planning.services import NoFreePlace, take_place
from mentoring.relationships.models import Relationship, Session
from mentoring.relationships.services import (
    AlreadyTogether,
    NotPossibleNow,
    answer_exit,
    begin_closing,
    carry_on,
    check_in,
    end_relationship,
    finish_closing,
    reopen_relationship,
    start_relationship,
    void_relationship,
)
from mentoring.relationships.signals import relationship_closed
from tests.factories import NOW, EnrolmentFactory, PersonFactory, RelationshipFactory, SessionFactory

pytestmark = pytest.mark.django_db
Status, Reason = Relationship.Status, Relationship.Reason


def full(**fields):
    """A relationship whose members have no free place left."""
    relationship = RelationshipFactory(**fields)
    for member in relationship.present:
        member.enrolment.capacity = member.enrolment.free_places = 1
        member.enrolment.save()
        take_place(member.enrolment)
    return relationship


def places(relationship):
    return [member.enrolment.free_places for member in Relationship.objects.get(pk=relationship.pk).present]


def answer(relationship, by, **said):
    said = {"satisfaction": 4, "stay_in_touch": 3, "comment": "", "never_again": False} | said
    return answer_exit(relationship, **said, by=by, at=NOW)


@pytest.mark.parametrize(
    ("reason", "days_left", "status"),
    [
        (Reason.TIME_OVER, 0, Status.COMPLETED),
        (Reason.GOALS_REACHED, 60, Status.COMPLETED_EARLY),
        (Reason.GOALS_REACHED, 5, Status.COMPLETED),
        (Reason.NO_CONTACT, 0, Status.ENDED),
    ],
)
def test_the_last_answer_closes_it_and_gives_the_places_back(reason, days_left, status):
    relationship = full(planned_end_on=NOW.date() + timedelta(days=days_left))
    mentor, mentee = relationship.people
    planned = SessionFactory(relationship=relationship)
    heard = []
    relationship_closed.connect(lambda **news: heard.append(news["at"]), weak=False, dispatch_uid="test")

    begin_closing(relationship, reason=reason, by=mentee, at=NOW)
    assert answer(relationship, mentee).status == Status.CONCLUDING
    closed = answer(relationship, mentor)

    relationship_closed.disconnect(dispatch_uid="test")
    planned.refresh_from_db()
    assert (closed.status, closed.closed_at, places(relationship)) == (status, NOW, [1, 1])
    assert (planned.status, heard) == (Session.Status.CANCELLED, [NOW])
    assert AuditEvent.objects.filter(action="match.ended", target_id=str(relationship.pk)).count() == 1
    with pytest.raises(NotPossibleNow):
        answer(relationship, mentor)


def test_a_wind_down_never_hangs_and_one_that_was_taken_back_is_left_alone():
    relationship = full()
    mentor, mentee = relationship.people
    begin_closing(relationship, reason=Reason.NO_TIME, by=mentee, at=NOW)
    carried = carry_on(relationship, by=mentor, at=NOW + timedelta(days=1))
    later = NOW + timedelta(days=14)

    assert carried.status == Status.AWAITING  # nobody had signed
    assert finish_closing(relationship, since=NOW, at=later) is False
    begin_closing(relationship, reason=Reason.NO_TIME, by=mentee, at=NOW + timedelta(days=2))
    assert finish_closing(relationship, since=NOW + timedelta(days=2), at=later) is True
    assert places(relationship) == [1, 1]


def test_never_again_is_between_one_person_and_the_matching():
    relationship = full()
    mentor, mentee = relationship.people
    begin_closing(relationship, reason=Reason.POOR_FIT, by=mentor, at=NOW)

    answer(relationship, mentee, never_again=True)

    assert list(Never.objects.values_list("enrolment__person", "other__person")) == [(mentee.pk, mentor.pk)]


def test_a_coordinator_ends_voids_and_reopens_with_the_reason_in_the_audit_trail():
    relationship, coordinator = full(), PersonFactory()
    end_relationship(relationship, reason=Reason.OTHER, by=coordinator, at=NOW)
    with pytest.raises(NotPossibleNow):
        end_relationship(relationship, reason=Reason.OTHER, by=coordinator, at=NOW)

    opened = reopen_relationship(relationship, reason="Closed by mistake", by=coordinator, at=NOW)
    assert (opened.is_open, opened.closed_at, places(relationship)) == (True, None, [0, 0])
    assert AuditEvent.objects.get(action="match.reopened").reason == "Closed by mistake"
    assert void_relationship(relationship, reason="Double", by=coordinator, at=NOW).status == Status.VOIDED


def test_reopening_needs_the_places_and_no_newer_relationship_of_the_same_two():
    relationship, coordinator = full(), PersonFactory()
    end_relationship(relationship, reason=Reason.OTHER, by=coordinator, at=NOW)
    mentor, mentee = (member.enrolment for member in Relationship.objects.get(pk=relationship.pk).present)
    take_place(mentor)
    with pytest.raises(NoFreePlace):
        reopen_relationship(relationship, reason="x", by=coordinator, at=NOW)

    roomy = EnrolmentFactory(programme=mentor.programme, mentor=True, capacity=3, free_places=3)
    mentee = EnrolmentFactory(programme=mentor.programme, capacity=3, free_places=3)
    first = start_relationship(roomy.programme, mentor=roomy, mentee=mentee, why={}, score=None, by=None, at=NOW)
    end_relationship(first, reason=Reason.OTHER, by=coordinator, at=NOW)
    start_relationship(roomy.programme, mentor=roomy, mentee=mentee, why={}, score=None, by=None, at=NOW)
    with pytest.raises(AlreadyTogether):
        reopen_relationship(first, reason="x", by=coordinator, at=NOW)


def test_one_mood_a_week_by_the_persons_own_clock_and_the_last_tap_counts():
    relationship = RelationshipFactory()
    person = PersonFactory(persian=True)
    sunday_late = NOW.replace(hour=21)  # already Monday in Tehran

    check_in(relationship, by=person, mood=2, at=NOW)
    check_in(relationship, by=person, mood=5, at=NOW)
    check_in(relationship, by=person, mood=3, at=sunday_late)

    kept = list(relationship.check_ins.order_by("week_on").values_list("week_on", "mood"))
    assert [(str(day), mood) for day, mood in kept] == [("2026-11-16", 5), ("2026-11-23", 3)]
