"""Days on which somebody is away."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from notifications.models import Absence
from notifications.queries import away_among
from notifications.services import keep_absence
from tests.factories import NOW, CoordinationFactory, PersonFactory, RelationshipFactory

pytestmark = pytest.mark.django_db


def test_one_says_when_one_is_away_and_takes_it_back(client):
    person = PersonFactory()
    client.force_login(person)
    sent = {"from_on": "2090-01-02", "until_on": "2090-01-09"}

    client.post(reverse("absence_add"), sent)
    page = client.post(reverse("absence_add"), sent, follow=True).content.decode()

    assert "2 January 2090" in page
    absence = Absence.objects.get()
    client.post(reverse("absence_remove", args=[absence.pk]))
    assert not Absence.objects.exists()


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("2090-01-09", "2090-01-02", "at most a year on"),
        ("2090-01-01", "2092-01-01", "at most a year on"),
        ("2020-01-01", "2020-01-02", "over already"),
    ],
)
def test_days_that_cannot_be_are_refused_beside_the_field(client, first, last, said):
    client.force_login(PersonFactory())

    page = client.post(reverse("absence_add"), {"from_on": first, "until_on": last}).content.decode()

    assert said in page
    assert not Absence.objects.exists()


def test_an_absence_does_not_end_before_it_begins():
    with pytest.raises(IntegrityError), transaction.atomic():
        keep_absence(PersonFactory(), at=NOW, from_on=date(2026, 11, 3), until_on=date(2026, 11, 2))


def test_away_is_who_is_away_on_their_own_day():
    here, there = PersonFactory(), PersonFactory(time_zone="Pacific/Auckland")
    for person in (here, there):
        keep_absence(person, at=NOW, from_on=date(2026, 11, 23), until_on=date(2026, 11, 30))

    evening = NOW + timedelta(hours=4)  # the 22nd here, the 23rd there

    assert away_among([here, there], at=evening) == [(there, date(2026, 11, 30))]


def test_the_partner_and_the_coordinator_see_until_when_and_others_do_not_see_the_page(client):
    relationship = RelationshipFactory()
    mentor, mentee = (relationship.members.get(role=role).person for role in ("mentor", "mentee"))
    coordinator = CoordinationFactory(programme=relationship.programme).person
    today = timezone.localdate()
    keep_absence(mentor, at=NOW, from_on=today - timedelta(days=1), until_on=today + timedelta(days=3))

    for person, seen in ((mentee, True), (coordinator, True), (mentor, False)):
        client.force_login(person)
        assert ("is away until" in client.get(relationship.get_absolute_url()).content.decode()) is seen
    client.force_login(PersonFactory())
    assert client.get(relationship.get_absolute_url()).status_code == 404
