"""Beginning, joining, pausing."""

from datetime import timedelta

import pytest

from accounts.models import AuditEvent
from mentoring.planning.models import Programme
from mentoring.planning.services import NoFreePlace
from mentoring.relationships.models import Relationship
from mentoring.relationships.services import (
    AlreadyTogether,
    NotPossibleNow,
    add_mentee,
    note_contacts,
    pause_relationship,
    propose_goal,
    resume_relationship,
    start_relationship,
)
from mentoring.relationships.signals import relationship_started
from notifications.models import Notification
from tests.factories import NOW, EnrolmentFactory, PersonFactory, ProgrammeFactory, RelationshipFactory

pytestmark = pytest.mark.django_db
TEXTS = {"mentee": {"en": "Offers what you want.", "fa": "همان را دارد که می‌خواهید."}, "mentor": {"en": "Wants it."}}


def begin(mentor, mentee):
    return start_relationship(
        mentor.programme, mentor=mentor, mentee=mentee, why={"texts": TEXTS}, score=80, by=None, at=NOW
    )


def test_a_relationship_begins_with_taken_places_a_draft_agreement_and_one_signal():
    mentor = EnrolmentFactory(mentor=True)
    mentee = EnrolmentFactory(programme=mentor.programme)
    heard = []
    relationship_started.connect(lambda **news: heard.append(news["relationship"]), weak=False, dispatch_uid="t")

    relationship = begin(mentor, mentee)

    relationship_started.disconnect(dispatch_uid="t")
    mentor.refresh_from_db(), mentee.refresh_from_db()
    assert (mentor.free_places, mentee.free_places) == (1, 0)
    assert [m.role for m in relationship.present] == ["mentor", "mentee"]
    assert relationship.agreement.rhythm_days == mentor.programme.rhythm_days
    assert heard == [relationship]
    assert relationship.why_for(mentee.person) == "Offers what you want."
    assert relationship.why_for(mentor.person) == "Wants it."


def test_a_pair_has_one_open_relationship_and_a_refusal_takes_no_place():
    mentor = EnrolmentFactory(mentor=True, capacity=3, free_places=3)
    mentee = EnrolmentFactory(programme=mentor.programme, capacity=2, free_places=2)
    begin(mentor, mentee)

    with pytest.raises(AlreadyTogether):
        begin(mentor, mentee)

    mentor.refresh_from_db()
    assert mentor.free_places == 2


def test_a_circle_takes_one_more_mentee_until_it_is_full_and_a_pair_takes_none():
    programme = ProgrammeFactory(format=Programme.Format.CIRCLE)
    mentor = EnrolmentFactory(programme=programme, mentor=True)
    circle = begin(mentor, EnrolmentFactory(programme=programme))
    newcomer = EnrolmentFactory(programme=programme)

    add_mentee(circle, newcomer, by=None, at=NOW)

    assert len(circle.people) == 3
    assert Notification.objects.filter(kind="relationships.joined").count() == 2
    with pytest.raises(NoFreePlace):
        add_mentee(circle, EnrolmentFactory(programme=programme), by=None, at=NOW)
    pair = RelationshipFactory()
    with pytest.raises(NotPossibleNow):
        add_mentee(pair, EnrolmentFactory(programme=pair.programme), by=None, at=NOW)


def test_contact_keeps_the_first_and_the_latest_time_whatever_order_it_comes_in():
    relationship = RelationshipFactory()
    for days in (3, 1, 2):
        note_contacts([relationship.pk], at=NOW - timedelta(days=days))

    relationship.refresh_from_db()
    assert relationship.last_contact_at == NOW - timedelta(days=1)
    assert relationship.first_contact_at == NOW - timedelta(days=3)


def test_while_paused_nothing_is_planned_and_afterwards_it_goes_on_where_it_was():
    relationship = RelationshipFactory(awaiting=True)
    mentor, coordinator = relationship.people[0], PersonFactory()

    pause_relationship(relationship, by=coordinator, at=NOW)

    with pytest.raises(NotPossibleNow):
        propose_goal(relationship, title="Read", why="", by=mentor, at=NOW)
    with pytest.raises(NotPossibleNow):
        pause_relationship(relationship, by=coordinator, at=NOW)
    resumed = resume_relationship(relationship, by=coordinator, at=NOW)
    assert resumed.status == Relationship.Status.AWAITING
    assert list(AuditEvent.objects.order_by("seq").values_list("action", flat=True)) == [
        "match.paused",
        "match.resumed",
    ]
    assert Notification.objects.filter(kind="relationships.paused").count() == 2
