"""Changing and signing the agreement."""

import threading

import pytest
from django.db import connection

from mentoring.relationships.models import Relationship
from mentoring.relationships.services import AgreementChanged, change_agreement, sign_agreement
from mentoring.relationships.services.agreement import FIELDS
from notifications.models import Notification
from tests.factories import NOW, RelationshipFactory

pytestmark = pytest.mark.django_db


def fields(agreement, **changed):
    return {name: getattr(agreement, name) for name in FIELDS} | changed


def test_when_all_have_signed_the_relationship_is_active_and_each_step_is_told_once():
    relationship = RelationshipFactory(awaiting=True)
    mentor, mentee = relationship.people

    assert sign_agreement(relationship.agreement, version=1, by=mentee, at=NOW) is False
    assert sign_agreement(relationship.agreement, version=1, by=mentee, at=NOW) is False
    assert sign_agreement(relationship.agreement, version=1, by=mentor, at=NOW) is True

    relationship.refresh_from_db()
    assert relationship.status == Relationship.Status.ACTIVE
    told = set(Notification.objects.values_list("kind", "recipient"))
    assert told == {
        ("relationships.agreement_to_sign", mentor.pk),
        ("relationships.agreement_signed", mentee.pk),
    }


def test_a_change_makes_a_new_version_that_nobody_has_signed():
    relationship = RelationshipFactory(awaiting=True)
    mentor, mentee = relationship.people
    sign_agreement(relationship.agreement, version=1, by=mentor, at=NOW)

    changed = change_agreement(
        relationship.agreement, fields(relationship.agreement, rhythm_days=14), version=1, by=mentee, at=NOW
    )

    assert (changed.version, changed.rhythm_days) == (2, 14)
    with pytest.raises(AgreementChanged):
        sign_agreement(changed, version=1, by=mentee, at=NOW)
    assert sign_agreement(changed, version=2, by=mentee, at=NOW) is False


def test_saving_without_a_change_keeps_the_signatures_and_the_second_of_two_tabs_is_told():
    relationship = RelationshipFactory(awaiting=True)
    mentor, _mentee = relationship.people
    agreement = relationship.agreement

    same = change_agreement(agreement, fields(agreement), version=1, by=mentor, at=NOW)
    assert same.version == 1
    change_agreement(agreement, fields(agreement, boundaries="None at night."), version=1, by=mentor, at=NOW)
    with pytest.raises(AgreementChanged):
        change_agreement(agreement, fields(agreement, boundaries="Other."), version=1, by=mentor, at=NOW)


def test_a_new_end_date_is_the_planned_end_of_the_relationship():
    relationship = RelationshipFactory()
    day = relationship.planned_end_on.replace(day=1)

    change_agreement(
        relationship.agreement,
        fields(relationship.agreement, ends_on=day),
        version=1,
        by=relationship.people[0],
        at=NOW,
    )

    relationship.refresh_from_db()
    assert relationship.planned_end_on == day


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite lets one writer in at a time and would hide the race"
)
def test_two_who_sign_at_the_same_moment_make_it_active():
    for _round in range(5):
        relationship = RelationshipFactory(awaiting=True)
        together, agreed = threading.Barrier(2), []

        def sign(person, agreement=relationship.agreement, together=together, agreed=agreed):
            together.wait(60)
            agreed.append(sign_agreement(agreement, version=1, by=person, at=NOW))
            connection.close()

        threads = [threading.Thread(target=sign, args=[person]) for person in relationship.people]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        relationship.refresh_from_db()
        assert sorted(agreed) == [False, True]
        assert relationship.status == Relationship.Status.ACTIVE
